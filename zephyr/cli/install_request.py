"""Turns the words of ``zephyr install``, with the requirements files they name, into a frozen request."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from zephyr import __version__
from zephyr.cli.context import cache_location
from zephyr.cli.options import CollisionPolicy
from zephyr.errors import UsageError
from zephyr.metadata.request import ALL, PreReleases, Rules
from zephyr.metadata.requirements import COMMAND_LINE
from zephyr.metadata.requirements_file import RequirementLine, RequirementsFile, read_requirements_file
from zephyr.model.index import Index, Sources
from zephyr.pipeline.request import Building, Installation, InstallRequest
from zephyr.settings import DEFAULT_INDEX_URL
from zephyr_workers.network_options import NetworkOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    files = _files(resolver)
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
        sources=_sources(asked.sources, files),
        network=_network(asked.network, asked.sources, files),
        refresh=asked.sources.refresh,
        cache=cache_location(asked.cache),
        rules=_rules(resolver, asked.building, files),
        upgrade=resolver.upgrade,
        upgrade_packages=frozenset(canonicalize_name(name) for name in resolver.upgrade_package or ()),
        python_version=resolver.python_version,
        installation=Installation(
            reinstall=installer.reinstall,
            link_mode=installer.link_mode,
            refuse_collisions=installer.collisions is CollisionPolicy.ERROR,
            compile_bytecode=installer.compile_bytecode,
            dry_run=installer.dry_run,
        ),
        building=_building(asked.building),
    )


def request_of_sources(
    packages: Sequence[str], sources: SourceOptions, network: NetworkOptionsGroup, cache: CacheOptions
) -> InstallRequest:
    """Return the request for ``packages`` with nothing else chosen (what ``--seed`` installs)."""
    files = RequirementsFile()

    return InstallRequest(
        requirements=tuple(RequirementLine(text, COMMAND_LINE) for text in packages),
        sources=_sources(sources, files),
        network=_network(network, sources, files),
        refresh=sources.refresh,
        cache=cache_location(cache),
    )


def _files(resolver: ResolverOptions) -> RequirementsFile:
    files = RequirementsFile()

    for path in resolver.requirement or ():
        files = files.joined(read_requirements_file(path, os.environ))

    for path in resolver.constraint or ():
        files = files.joined(read_requirements_file(path, os.environ, constraint=True))

    return files


def _sources(options: SourceOptions, files: RequirementsFile) -> Sources:
    """Put the indexes in the order in which they are asked: extra ones first, the main one last."""
    extra = [_named_index(text) for text in options.index or ()]
    extra += [
        Index(url) for url in (*(options.extra_index_url or ()), *files.options.get("extra-index-url", ()))
    ]
    (*_, main) = (DEFAULT_INDEX_URL, *files.options.get("index-url", ()))
    main = options.index_url or main
    no_index = options.no_index or "no-index" in files.options

    return Sources(
        indexes=() if no_index else (*extra, Index(main)),
        find_links=(*(options.find_links or ()), *files.options.get("find-links", ())),
        strategy=options.index_strategy,
    )


def _named_index(text: str) -> Index:
    """Understand ``NAME=URL``; a bare URL may hold an equals sign too."""
    name, equals, url = text.partition("=")

    if equals and name and all(character.isalnum() or character in "-_." for character in name):
        return Index(url, name)

    return Index(text)


def _network(options: NetworkOptionsGroup, sources: SourceOptions, files: RequirementsFile) -> NetworkOptions:
    return NetworkOptions(
        timeout=options.timeout,
        retries=options.retries,
        offline=sources.offline,
        proxy=options.proxy,
        certificate_bundle=options.cert,
        client_certificate=options.client_cert,
        trusted_hosts=(*(options.trusted_host or ()), *files.options.get("trusted-host", ())),
        user_agent=f"zephyr/{__version__}",
    )


def _building(options: BuildingOptions) -> Building:
    constraints = RequirementsFile()

    for path in options.build_constraint or ():
        constraints = constraints.joined(read_requirements_file(path, os.environ, constraint=True))

    return Building(
        isolation=not options.no_build_isolation,
        sandbox=not options.no_build_sandbox,
        config_settings=_config_settings(options.config_settings or ()),
        constraints=constraints.constraints,
    )


def _config_settings(values: Iterable[str]) -> dict[str, str | list[str]]:
    """Understand ``KEY=VALUE``; a key given several times has a list of values, as in pip and build."""
    settings: dict[str, str | list[str]] = {}

    for text in values:
        key, equals, value = text.partition("=")

        if not equals or not key:
            raise UsageError(
                f"--config-settings is {text!r}, KEY=VALUE was expected", id="config-settings-invalid"
            )

        before = settings.get(key)

        if before is None:
            settings[key] = value
        else:
            settings[key] = [*before, value] if isinstance(before, list) else [before, value]

    return settings


def _rules(options: ResolverOptions, building: BuildingOptions, files: RequirementsFile) -> Rules:
    allows_prereleases = options.pre or "pre" in files.options
    has_hashes = any(line.hashes for line in files.requirements)

    return Rules(
        pre_releases=PreReleases.ALLOW if allows_prereleases else options.prerelease,
        mode=options.resolution,
        no_binary=_format_control((*(building.no_binary or ()), *files.options.get("no-binary", ()))),
        no_build=_format_control(
            (
                *(building.only_binary or ()),
                *files.options.get("only-binary", ()),
                *(building.no_build_package or ()),
                *((ALL,) if building.no_build else ()),
            )
        ),
        prefer_binary=building.prefer_binary or "prefer-binary" in files.options,
        exclude_newer=_instant(options.exclude_newer) if options.exclude_newer else None,
        # As pip: one hash anywhere turns the checking on for everything.
        require_hashes=options.require_hashes or has_hashes or "require-hashes" in files.options,
        no_dependencies=options.no_deps,
    )


def _instant(text: str) -> datetime:
    """Understand a date (its first moment, UTC) or an instant, ISO 8601."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"--exclude-newer is {text!r}, a date was expected",
            hint="Write it as 2026-11-20 or 2026-11-20T12:00:00Z.",
            id="date-invalid",
        ) from error

    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _format_control(values: Iterable[str]) -> frozenset[str]:
    """Understand pip's format control: names joined by commas, ``:all:``, and ``:none:`` to begin anew."""
    names: set[str] = set()

    for value in values:
        for name in value.split(","):
            if name == ":none:":
                names.clear()
            elif name.strip():
                names.add(name if name == ":all:" else canonicalize_name(name.strip()))

    return frozenset(names)
