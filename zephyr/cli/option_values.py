"""What groups of options mean, for the commands that take them: the values that requests are made of."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from zephyr import __version__
from zephyr.cli.options import CollisionPolicy
from zephyr.errors import UsageError
from zephyr.metadata.request import ALL, PreReleases, Rules
from zephyr.metadata.requirements_file import RequirementsFile, read_requirements_file
from zephyr.model.index import Index, Sources
from zephyr.pipeline.request import Building, Installation
from zephyr.settings import DEFAULT_INDEX_URL
from zephyr_workers.network_options import NetworkOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.cli.options import (
        BuildingOptions,
        InstallerOptions,
        NetworkOptionsGroup,
        ResolverOptions,
        SourceOptions,
    )


def files_of(resolver: ResolverOptions) -> RequirementsFile:
    """Read the requirements and constraints files; raises `UsageError` (``requirements-file``)."""
    files = RequirementsFile()

    for path in resolver.requirement or ():
        files = files.joined(read_requirements_file(path, os.environ))

    for path in resolver.constraint or ():
        files = files.joined(read_requirements_file(path, os.environ, constraint=True))

    return files


def sources_of(options: SourceOptions, files: RequirementsFile) -> Sources:
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


def network_of(
    options: NetworkOptionsGroup, sources: SourceOptions, files: RequirementsFile
) -> NetworkOptions:
    """Return how the network is reached, as the options and the requirements files say."""
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


def building_of(options: BuildingOptions) -> Building:
    """Return how sources are built; reads the files of build constraints."""
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


def installation_of(options: InstallerOptions) -> Installation:
    """Return how what was chosen gets into the environment."""
    return Installation(
        reinstall=options.reinstall,
        link_mode=options.link_mode,
        refuse_collisions=options.collisions is CollisionPolicy.ERROR,
        compile_bytecode=options.compile_bytecode,
        dry_run=options.dry_run,
    )


def rules_of(options: ResolverOptions, building: BuildingOptions, files: RequirementsFile) -> Rules:
    """Return how to choose among versions; raises `UsageError` for a date that is none."""
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
