"""What ``[tool.zephyr]`` can say, as values; `zephyr.project.tool_reading` reads them.

Only commands on a project (lock, sync, tree, export) may use the table. A ``pyproject.toml`` comes with
whatever folder a user happens to stand in: were ``zephyr install requests`` to follow it, an unpacked
download could send that install to an index of its own. The settings of the user (`zephyr.settings`)
are for every command, and this is no layer of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.universal import Activation
    from zephyr.project.source_table import Source

EVERYTHING = ":all:"
"""In a list of names: every package."""

PreReleasePolicy: TypeAlias = Literal["if-necessary", "allow", "disallow", "explicit"]
Resolution: TypeAlias = Literal["highest", "lowest", "lowest-direct"]
Location: TypeAlias = Literal["central", "project"]


@dataclass(frozen=True, slots=True)
class DeclaredIndex:
    """One ``[[tool.zephyr.index]]``."""

    url: str
    """May hold credentials: never to be shown."""
    name: str | None = None
    explicit: bool = False
    """Asked only for the packages whose source names it."""
    default: bool = False
    """Asked last, in place of the index that is asked by default."""


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """One entry of ``targets``: a range of Pythons and a platform, or else a marker."""

    python: str | None = None
    """A PEP 440 specifier set; None for every Python of the project."""
    platform: str | None = None
    """``linux-x86_64``; None for every default platform."""
    marker: str | None = None
    """Alone, when it is set."""


@dataclass(frozen=True, slots=True)
class ZephyrTable:
    """The table; what it does not say is empty or None, so that the command line and defaults decide."""

    indexes: tuple[DeclaredIndex, ...] = ()
    """In the order in which they are asked."""
    sources: Mapping[NormalizedName, tuple[Source, ...]] = field(
        default_factory=dict["NormalizedName", "tuple[Source, ...]"]
    )
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    """Requirements that replace every other on the same name."""
    excludes: tuple[NormalizedName, ...] = ()
    """Names that are left out wherever they are required."""
    targets: tuple[TargetEntry, ...] = ()
    conflicts: tuple[tuple[Activation, ...], ...] = ()
    """Sets of extras and groups of which no two are turned on together."""
    pre_releases: PreReleasePolicy | None = None
    exclude_newer: str | None = None
    """As stated; `zephyr.project.exclude_newer.cut_off` makes an instant of it."""
    resolution: Resolution | None = None
    default_groups: tuple[NormalizedName, ...] | Literal["all"] | None = None
    environment_location: Location | None = None
    mirrors: Mapping[str, str] = field(default_factory=dict[str, str])
    """URL of an index, as the lock has it, to the URL that is asked instead."""
    no_build: frozenset[str] = frozenset()
    """Normalised names, or `EVERYTHING`; likewise the next two."""
    no_binary: frozenset[str] = frozenset()
    only_binary: frozenset[str] = frozenset()
    package: bool | None = None
    """False: the project itself is never installed."""
