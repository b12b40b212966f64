"""Turns the words of ``zephyr install``, with the requirements files they name, into a frozen request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.cli.context import NothingAsked, cache_location
from zephyr.cli.input_files import inputs_of, overrides_of
from zephyr.cli.install_rules import refuse_builds_for_others, refuse_contradictions
from zephyr.cli.option_values import (
    building_of,
    installation_of,
    network_of,
    rules_of,
    sources_of,
)
from zephyr.cli.remote_files import fetcher
from zephyr.dataclass import dataclass, replace
from zephyr.metadata.requirements import COMMAND_LINE
from zephyr.metadata.requirements_file import RequirementLine, RequirementsFile
from zephyr.model.names import canonicalize_name
from zephyr.pipeline.request import InstallRequest, UpgradeStrategy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.cli.amendment_options import AmendmentOptions
    from zephyr.cli.input_options import InputOptions
    from zephyr.cli.install_options import ScopeOptions, WarningOptions
    from zephyr.cli.options import (
        BuildingOptions,
        CacheOptions,
        InstallerOptions,
        NetworkOptionsGroup,
        ResolverOptions,
        SourceOptions,
    )
    from zephyr.environments.foreign_target import ForeignTarget
    from zephyr.environments.selection import Choice
    from zephyr.pipeline.request import Installation


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of one ``zephyr install``, in their groups."""

    packages: Sequence[str]
    editables: Sequence[str]
    inputs: InputOptions
    resolver: ResolverOptions
    building: BuildingOptions
    sources: SourceOptions
    network: NetworkOptionsGroup
    installer: InstallerOptions
    amendments: AmendmentOptions
    scope: ScopeOptions
    foreign: ForeignTarget
    warnings: WarningOptions
    environment: Choice
    cache: CacheOptions


def install_request(asked: Asked) -> InstallRequest:
    """Return the request; reads the requirements and constraints files.

    Raises `NothingAsked`, what `zephyr.cli.install_rules` raises for options that contradict each other, and
    `UsageError` for a file that cannot be understood.
    """
    refuse_contradictions(asked)
    resolver, amendments, scope = asked.resolver, asked.amendments, asked.scope
    fetch = fetcher(asked.network, asked.sources)
    inputs = inputs_of(asked.resolver, asked.inputs, fetch)
    files = inputs.files
    requirements = _requirements(asked, files)
    rules = rules_of(resolver, asked.building, files, no_require_hashes=asked.inputs.no_require_hashes)
    refuse_builds_for_others(asked, rules)

    return InstallRequest(
        requirements=requirements,
        constraints=files.constraints,
        environment=asked.environment,
        sources=sources_of(asked.sources, files, inputs.indexes),
        network=network_of(asked.network, asked.sources, files),
        refresh=asked.sources.refresh or bool(scope.refresh_package),
        cache=cache_location(asked.cache),
        rules=rules,
        overrides=overrides_of(amendments.override or (), fetch),
        excludes=frozenset(canonicalize_name(name) for name in amendments.exclude or ()),
        upgrade=resolver.upgrade,
        upgrade_strategy=UpgradeStrategy(scope.upgrade_strategy),
        upgrade_packages=frozenset(canonicalize_name(name) for name in resolver.upgrade_package or ()),
        only_dependencies=amendments.only_deps,
        ignore_requires_python=amendments.ignore_requires_python,
        foreign=asked.foreign,
        warn_conflicts=not asked.warnings.no_warn_conflicts,
        installation=_installation(asked),
        building=building_of(asked.building, files, fetch),
        python_ranges=inputs.python_ranges,
        warnings=files.warnings,
    )


def _requirements(asked: Asked, files: RequirementsFile) -> tuple[RequirementLine, ...]:
    lines = (
        *(RequirementLine(text, COMMAND_LINE) for text in asked.packages if text.strip()),
        *(RequirementLine(text, COMMAND_LINE, editable=True) for text in asked.editables),
        *files.requirements,
    )

    # As with pip an empty text asks for nothing, and is not nothing.
    if not lines and not asked.packages and not _names_a_file(asked):
        raise NothingAsked(
            "You must give at least one requirement to install",
            hint="Name packages, or a requirements file with -r.",
        )

    return lines


def _installation(asked: Asked) -> Installation:
    """Return how it gets in; bytecode of the Python here would be of no use to another."""
    plain = installation_of(asked.installer)

    return replace(
        plain,
        ignore_installed=asked.scope.ignore_installed,
        compile_bytecode=plain.compile_bytecode and not asked.foreign,
    )


def _names_a_file(asked: Asked) -> bool:
    inputs = asked.inputs

    return bool(asked.resolver.requirement or inputs.group or inputs.requirements_from_script)


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
