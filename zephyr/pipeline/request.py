"""What a command was asked to do: frozen values made of argv, settings and requirements files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr.model.index import Sources
from zephyr.pipeline.cache import CacheLocation
from zephyr_workers.network_options import NetworkOptions

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.metadata.requirements_file import RequirementLine


@dataclass(frozen=True, slots=True)
class Target:
    """Which environment is meant, as it was asked for; `zephyr.environments.selection` finds it."""

    python: str | None = None
    system: bool = False
    prefix: str | None = None
    target: str | None = None
    break_system_packages: bool = False


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """Which versions may be chosen, and which of them are preferred."""

    with_dependencies: bool = True
    upgrade: bool = False
    upgrade_packages: frozenset[NormalizedName] = frozenset()
    prerelease: str = "if-necessary"
    """``if-necessary``, ``allow``, ``disallow`` or ``explicit``."""
    resolution: str = "highest"
    """``highest``, ``lowest`` or ``lowest-direct``."""
    only_binary: frozenset[str] = frozenset()
    """Names, or ``:all:``."""
    no_binary: frozenset[str] = frozenset()
    require_hashes: bool = False
    exclude_newer: str | None = None
    """A date or an instant, ISO 8601."""
    python_version: str | None = None
    """Resolve for this Python rather than the environment's (with a dry run only)."""


@dataclass(frozen=True, slots=True)
class Installation:
    """How the chosen versions get into the environment."""

    reinstall: bool = False
    link_mode: str | None = None
    """``clone``, ``hardlink`` or ``copy``; None for the best that the file systems allow."""
    refuse_collisions: bool = False
    compile_bytecode: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """Everything ``zephyr install`` was asked."""

    requirements: tuple[RequirementLine, ...]
    constraints: tuple[RequirementLine, ...] = ()
    target: Target = field(default_factory=Target)
    sources: Sources = field(default_factory=Sources)
    network: NetworkOptions = field(default_factory=NetworkOptions)
    refresh: bool = False
    cache: CacheLocation = field(default_factory=CacheLocation)
    versions: VersionChoice = field(default_factory=VersionChoice)
    installation: Installation = field(default_factory=Installation)


@dataclass(frozen=True, slots=True)
class UninstallRequest:
    """Everything ``zephyr uninstall`` was asked."""

    names: tuple[str, ...]
    target: Target = field(default_factory=Target)
    cache: CacheLocation = field(default_factory=CacheLocation)
    dry_run: bool = False
