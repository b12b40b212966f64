"""The answer of a universal resolve: what to install on every platform and Python, and when.

An *activation* is something that a project's user can turn on: the project's own dependencies (always
on), one of its extras, one of its dependency groups. A pin says by its marker (PEP 751: PEP 508 with
``extras`` and ``dependency_groups``) for which environments and activations it is meant; for every
environment that is solved for, and every activation, at most one pin of a name applies.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.artifact import Artifact
    from zephyr.model.source_reference import SourceReference


class ActivationKind(Enum):
    """What is turned on."""

    BASE = "base"
    EXTRA = "extra"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Activation:
    """The project's own dependencies, or one extra or group of it, by its normalised name."""

    kind: ActivationKind = ActivationKind.BASE
    name: str = ""

    def __str__(self) -> str:
        if self.kind is ActivationKind.BASE:
            return "the project's dependencies"

        return f"the {self.kind.value} {self.name}"


BASE = Activation()


@dataclass(frozen=True, slots=True)
class PinnedSource:
    """Where a pin comes from that is named by place: a folder, an archive or a repository."""

    reference: SourceReference
    commit_id: str | None = None
    """Of a repository."""
    hashes: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of an archive: what its bytes were found to have."""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class UniversalPin:
    """One version of one project, with the environments that it is for."""

    name: NormalizedName
    version: Version
    marker: str | None
    """None where it always applies."""
    wheels: tuple[Artifact, ...] = ()
    """All that some environment of this pin could use, sorted by file name."""
    sdist: Artifact | None = None
    index: str | None = None
    """URL of the index it came from, without credentials; None for find-links and places."""
    place: Artifact | None = None
    """What a direct reference stands for; ``source`` says how it was asked for."""
    source: PinnedSource | None = None
    """Set instead of ``wheels`` and ``sdist`` for what is named by place."""
    requires_python: str | None = None
    dependencies: tuple[tuple[NormalizedName, Version], ...] = ()
    """The pins that this one needs in some environment, sorted."""


@dataclass(frozen=True, slots=True)
class UniversalResolution:
    """All pins, sorted by name, then version."""

    pins: tuple[UniversalPin, ...]
    environments: tuple[str, ...] = ()
    """Markers of the environments that everything can be installed in; empty where that is all of them."""
    warnings: tuple[str, ...] = ()
    decisions: int = 0
    conflicts: int = 0
