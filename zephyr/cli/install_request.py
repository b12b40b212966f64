"""Turns the words of ``zephyr install``, with the requirements files they name, into a frozen request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from zephyr.cli.context import cache_location
from zephyr.cli.option_values import (
    building_of,
    files_of,
    installation_of,
    network_of,
    rules_of,
    sources_of,
)
from zephyr.errors import UsageError
from zephyr.metadata.requirements import COMMAND_LINE
from zephyr.metadata.requirements_file import RequirementLine, RequirementsFile
from zephyr.pipeline.request import InstallRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.cli.options import (
        BuildingOptions,
        CacheOptions,
        InstallerOptions,
        NetworkOptionsGroup,
        ResolverOptions,
        SourceOptions,
    )
    from zephyr.environments.selection import Choice


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of one ``zephyr install``, in their groups."""

    packages: Sequence[str]
    editables: Sequence[str]
    resolver: ResolverOptions
    building: BuildingOptions
    sources: SourceOptions
    network: NetworkOptionsGroup
    installer: InstallerOptions
    environment: Choice
    cache: CacheOptions


def install_request(asked: Asked) -> InstallRequest:
    """Return the request; reads the requirements and constraints files.

    Raises `UsageError` where nothing is asked for, options contradict each other, or a file cannot be
    understood.
    """
    resolver, installer = asked.resolver, asked.installer
    files = files_of(resolver)
    lines = (
        *(RequirementLine(text, COMMAND_LINE) for text in asked.packages),
        *(RequirementLine(text, COMMAND_LINE, editable=True) for text in asked.editables),
    )

    if not lines and not files.requirements and not resolver.requirement:
        raise UsageError(
            "Nothing to install was named",
            hint="Name packages, or a requirements file with -r.",
            id="nothing-asked",
        )

    if resolver.python_version and not installer.dry_run:
        raise UsageError(
            "--python-version asks for another Python than the environment's, so nothing can be installed",
            hint="Add --dry-run, or name an environment of that Python with --python.",
            id="python-version-needs-dry-run",
        )

    return InstallRequest(
        requirements=(*lines, *files.requirements),
        constraints=files.constraints,
        environment=asked.environment,
        sources=sources_of(asked.sources, files),
        network=network_of(asked.network, asked.sources, files),
        refresh=asked.sources.refresh,
        cache=cache_location(asked.cache),
        rules=rules_of(resolver, asked.building, files),
        upgrade=resolver.upgrade,
        upgrade_packages=frozenset(canonicalize_name(name) for name in resolver.upgrade_package or ()),
        python_version=resolver.python_version,
        installation=installation_of(installer),
        building=building_of(asked.building),
    )


def request_of_sources(
    packages: Sequence[str], sources: SourceOptions, network: NetworkOptionsGroup, cache: CacheOptions
) -> InstallRequest:
    """Return the request for ``packages`` with nothing else chosen (what ``--seed`` installs)."""
    files = RequirementsFile()

    return InstallRequest(
        requirements=tuple(RequirementLine(text, COMMAND_LINE) for text in packages),
        sources=sources_of(sources, files),
        network=network_of(network, sources, files),
        refresh=sources.refresh,
        cache=cache_location(cache),
    )
