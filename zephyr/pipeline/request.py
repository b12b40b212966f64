"""What a command was asked to do: frozen values made of argv, settings and requirements files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr.environments.selection import Choice
from zephyr.metadata.request import Rules
from zephyr.model.index import Sources
from zephyr.pipeline.cache import CacheLocation
from zephyr_workers.network_options import NetworkOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.requirements_file import RequirementLine
    from zephyr_cache.link import LinkMode


@dataclass(frozen=True, slots=True)
class Installation:
    """How the chosen versions get into the environment."""

    reinstall: bool = False
    link_mode: LinkMode | None = None
    """None for the best that the file systems allow."""
    refuse_collisions: bool = False
    compile_bytecode: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Building:
    """How sources are built."""

    isolation: bool = True
    sandbox: bool = True
    config_settings: Mapping[str, str | list[str]] = field(default_factory=dict[str, "str | list[str]"])
    constraints: tuple[RequirementLine, ...] = ()
    """They bound build requirements."""


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """Everything ``zephyr install`` was asked."""

    requirements: tuple[RequirementLine, ...]
    constraints: tuple[RequirementLine, ...] = ()
    environment: Choice = field(default_factory=Choice)
    sources: Sources = field(default_factory=Sources)
    network: NetworkOptions = field(default_factory=NetworkOptions)
    refresh: bool = False
    cache: CacheLocation = field(default_factory=CacheLocation)
    rules: Rules = field(default_factory=Rules)
    upgrade: bool = False
    upgrade_packages: frozenset[NormalizedName] = frozenset()
    python_version: str | None = None
    """Resolve for this Python rather than the environment's (with a dry run only)."""
    installation: Installation = field(default_factory=Installation)
    building: Building = field(default_factory=Building)


@dataclass(frozen=True, slots=True)
class UninstallRequest:
    """Everything ``zephyr uninstall`` was asked."""

    names: tuple[str, ...]
    environment: Choice = field(default_factory=Choice)
    cache: CacheLocation = field(default_factory=CacheLocation)
    dry_run: bool = False
