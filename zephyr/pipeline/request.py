"""What a command was asked to do: frozen values made of argv, settings and requirements files."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.environments.foreign_target import ForeignTarget
from zephyr.environments.selection import Choice
from zephyr.metadata.request import Rules
from zephyr.model.index import Sources
from zephyr.pipeline.cache import CacheLocation
from zephyr_workers.network_options import NetworkOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.pylock import Pylock
    from packaging.utils import NormalizedName

    from zephyr.metadata.requirements_file import RequirementLine
    from zephyr.pipeline.project_environment import ProjectChoice
    from zephyr_cache.link import LinkMode


class UpgradeStrategy(Enum):
    """What an upgrade does with the dependencies of what is asked for."""

    ONLY_IF_NEEDED = "only-if-needed"
    """Those stay that are good enough."""
    EAGER = "eager"
    """They are upgraded too."""


@dataclass(frozen=True, slots=True)
class Installation:
    """How the chosen versions get into the environment."""

    reinstall: bool = False
    """Take the newest versions, and install also what is there already in just these."""
    ignore_installed: bool = False
    """The same, as if nothing were installed: what cannot be removed is written over."""
    link_mode: LinkMode | None = None
    """None for the best that the file systems allow."""
    refuse_collisions: bool = False
    compile_bytecode: bool = False
    dry_run: bool = False

    @property
    def is_anew(self) -> bool:
        """Whether everything is installed, be it there or not."""
        return self.reinstall or self.ignore_installed


@dataclass(frozen=True, slots=True)
class Building:
    """How sources are built."""

    isolation: bool = True
    sandbox: bool = True
    config_settings: Mapping[str, str | list[str]] = field(default_factory=dict[str, "str | list[str]"])
    package_settings: Mapping[NormalizedName, Mapping[str, str | list[str]]] = field(
        default_factory=dict["NormalizedName", "Mapping[str, str | list[str]]"]
    )
    """In place of ``config_settings``, for single projects."""
    constraints: tuple[RequirementLine, ...] = ()
    """They bound build requirements."""
    check_dependencies: bool = False
    """Without isolation: what builds need has to be installed."""
    working_copies: str | None = None
    """Where editable repositories are checked out; None for ``src`` in the environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRequest:
    """What every command that installs was asked: where files come from, and how they get in."""

    sources: Sources = field(default_factory=Sources)
    network: NetworkOptions = field(default_factory=NetworkOptions)
    refresh: bool = False
    cache: CacheLocation = field(default_factory=CacheLocation)
    installation: Installation = field(default_factory=Installation)
    building: Building = field(default_factory=Building)
    mirrors: Mapping[str, str] = field(default_factory=dict[str, str])
    """URL of an index, as a lock has it, to that of the index to get its files from."""


@dataclass(frozen=True, slots=True)
class InstallRequest(SupplyRequest):
    """Everything ``zephyr install`` was asked."""

    requirements: tuple[RequirementLine, ...]
    constraints: tuple[RequirementLine, ...] = ()
    environment: Choice = field(default_factory=Choice)
    rules: Rules = field(default_factory=Rules)
    overrides: tuple[RequirementLine, ...] = ()
    """They stand in for whatever anybody requires of the same names."""
    excludes: frozenset[NormalizedName] = frozenset()
    """Names that nobody gets, whoever requires them."""
    upgrade: bool = False
    """Take the newest versions of what is asked for, whatever is installed."""
    upgrade_strategy: UpgradeStrategy = UpgradeStrategy.ONLY_IF_NEEDED
    upgrade_packages: frozenset[NormalizedName] = frozenset()
    only_dependencies: bool = False
    """Install what the requirements need, and nothing that they name."""
    ignore_requires_python: bool = False
    foreign: ForeignTarget = field(default_factory=ForeignTarget)
    """Another Python to choose files for; such an environment is a folder, or it is a dry run."""
    warn_conflicts: bool = True
    """Tell which other packages no longer fit."""
    python_ranges: Mapping[str, str] = field(default_factory=dict[str, str])
    """By the scripts that state them: PEP 440 specifier sets that the Python must be in."""
    warnings: tuple[str, ...] = ()
    """What was ignored of the files that ask for it all, in words."""


@dataclass(frozen=True, slots=True)
class ProjectEnvironment:
    """The environment of the project in the folder ``root``, made where there is none."""

    root: str
    choice: ProjectChoice


@dataclass(frozen=True, slots=True)
class SyncRequest(SupplyRequest):
    """Everything ``zephyr sync`` was asked, with the lock in hand."""

    document: Pylock
    path: str
    """Where the lock lies, for messages; paths in it start from its folder."""
    environment: Choice | ProjectEnvironment = field(default_factory=Choice)
    extras: frozenset[str] = frozenset()
    groups: frozenset[str] | None = None
    """None for the lock's default groups."""
    only_group: bool = False
    """Install nothing but ``groups`` and what they need."""
    exact: bool = True
    """Remove what the lock has not."""
    project: bool = True
    """Install the project itself, where the lock has it."""
    editable: bool = True
    """Install folders editable where the lock says so; otherwise never."""
    no_binary: frozenset[str] = frozenset()
    """Normalised names whose wheels are not to be used, or `ALL`."""
    no_build: frozenset[str] = frozenset()
    """Normalised names whose sources are not to be built, or `ALL`."""


@dataclass(frozen=True, slots=True)
class UninstallRequest:
    """Everything ``zephyr uninstall`` was asked."""

    names: tuple[str, ...]
    environment: Choice = field(default_factory=Choice)
    cache: CacheLocation = field(default_factory=CacheLocation)
    dry_run: bool = False
