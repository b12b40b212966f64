"""What is asked of a resolve: requirements, constraints, and the rules of choice."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import datetime

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.metadata.requirements import RootRequirement
    from zephyr.metadata.target import Target
    from zephyr.model.interpreter import Interpreter


class PreReleases(Enum):
    """Which pre-releases may be chosen (PEP 440, handling of pre-releases)."""

    IF_NECESSARY = "if-necessary"
    """Where no stable version that is still allowed is left."""
    ALLOW = "allow"
    """Like any other version (``--pre``)."""
    DISALLOW = "disallow"
    EXPLICIT = "explicit"
    """Like ``if-necessary`` for the names that a requirement of the user gives a pre-release
    of, like ``disallow`` for the others."""


class ResolutionMode(Enum):
    """Which end of the allowed versions is taken."""

    HIGHEST = "highest"
    LOWEST = "lowest"
    LOWEST_DIRECT = "lowest-direct"
    """The lowest for what the user requires, the highest for the rest."""


ALL = ":all:"


@dataclass(frozen=True, slots=True)
class Rules:
    """How to choose among the versions that satisfy."""

    pre_releases: PreReleases = PreReleases.IF_NECESSARY
    mode: ResolutionMode = ResolutionMode.HIGHEST
    no_binary: frozenset[str] = frozenset()
    """Normalised names whose wheels are not to be used, or `ALL`."""
    exclude_newer: datetime | None = None
    """Files uploaded at this time or later do not exist; aware."""
    require_hashes: bool = False
    """Every project must have hashes in the requirements or constraints."""
    no_dependencies: bool = False
    no_build: frozenset[str] = frozenset()
    """Normalised names whose source archives are not to be built, or `ALL`."""
    prefer_binary: bool = False
    """An older version with a usable wheel comes before a newer one that has to be built."""
    all_releases: frozenset[str] = frozenset()
    """Normalised names whose pre-releases are like any other version, or `ALL`."""
    only_final: frozenset[str] = frozenset()
    """Normalised names whose pre-releases are none, or `ALL`."""
    steps: int = 1_000_000
    """Decisions and conflicts after which the solver gives up."""

    def pre_releases_of(self, name: NormalizedName) -> PreReleases:
        """Return which pre-releases of a project may be chosen."""
        if _covers(self.all_releases, self.only_final, name):
            return PreReleases.ALLOW

        if _covers(self.only_final, self.all_releases, name):
            return PreReleases.DISALLOW

        return self.pre_releases

    def forbids_wheels(self, name: NormalizedName) -> bool:
        """Tell whether no wheel of a project is to be used."""
        return _covers(self.no_binary, self.no_build, name)

    def forbids_builds(self, name: NormalizedName) -> bool:
        """Tell whether no source archive of a project is to be built."""
        return _covers(self.no_build, self.no_binary, name)


def _covers(names: frozenset[str], others: frozenset[str], name: NormalizedName) -> bool:
    """Tell whether ``names`` has a project; what the others say of it by name comes before `ALL`."""
    return name in names or (ALL in names and name not in others)


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """One resolve for one environment, or for what stands for several."""

    requirements: tuple[RootRequirement, ...]
    interpreter: Interpreter
    constraints: tuple[RootRequirement, ...] = ()
    """They bound what is chosen, and make nothing be chosen."""
    rules: Rules = field(default_factory=Rules)
    preferred: Mapping[NormalizedName, Version] = field(default_factory=dict["NormalizedName", "Version"])
    """Versions to keep where nothing speaks against it, not those to upgrade."""
    overrides: tuple[RootRequirement, ...] = ()
    """They stand in for whatever anybody, the user included, requires of the same names."""
    excludes: Container[NormalizedName] = frozenset["NormalizedName"]()
    """Names that nobody gets, whoever requires them."""
    target: Target | None = None
    """What is resolved for, where that is not the interpreter itself."""
    trusts_listings: bool = False
    """Take a wheel without its METADATA where that could only repeat the listing: when no dependencies and
    no extras are wanted, and the listing says for which Python the wheel is."""
