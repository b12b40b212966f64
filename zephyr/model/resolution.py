"""The answer of a resolve: exactly one version and file per project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.artifact import Artifact


@dataclass(frozen=True, slots=True)
class Pin:
    """One chosen distribution."""

    name: NormalizedName
    version: Version
    artifact: Artifact
    index: str | None
    """The index it came from, by name or URL without credentials; None for find-links and direct URLs."""
    metadata: bytes | None
    """The METADATA document that was believed, which install compares with the wheel's own; None where
    nothing was believed beyond name and version: what a lock pins."""
    extras: frozenset[NormalizedName] = frozenset()
    """The extras that were asked of it."""
    requested: bool = False
    """Asked for by the user, not only by another package."""
    direct: bool = False
    """Chosen by a direct reference (PEP 440 ``name @ URL``): direct_url.json is written."""
    dependencies: tuple[NormalizedName, ...] = ()
    """The pins that this one needs here, sorted."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """All pins, sorted by name; installing exactly these satisfies every requirement."""

    pins: tuple[Pin, ...]
    decisions: int = 0
    """How many versions the solver decided on, conflicts included."""
    conflicts: int = 0
    warnings: tuple[str, ...] = ()
    """What the user should know of the choice: unknown extras, yanked or deprecated releases..."""
    passed_over: tuple[str, ...] = ()
    """Those of the warnings that tell of versions which would have been taken, had their files been there."""
