"""What groups of options mean, for the commands that take them: the values that requests are made of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr import __version__
from zephyr.cli.format_control import (
    ALL_RELEASES,
    NO_BINARY,
    ONLY_BINARY,
    ONLY_FINAL,
    format_control,
    release_control,
)
from zephyr.errors import UsageError
from zephyr.memo.trace import forego
from zephyr.metadata.request import ALL, PreReleases, ResolutionMode, Rules
from zephyr.metadata.requirements_file import RequirementsFile, read_requirements_file
from zephyr.metadata.requirements_syntax import Option
from zephyr.model.index import Index, IndexStrategy, Sources
from zephyr.pipeline.config_settings import package_settings, parse_settings
from zephyr.pipeline.request import Building, Installation
from zephyr.settings import DEFAULT_INDEX_URL
from zephyr_cache.link import LinkMode
from zephyr_workers.network_options import KeyringProvider, NetworkOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from zephyr.cli.options import (
        BuildingOptions,
        InstallerOptions,
        NetworkOptionsGroup,
        ResolverOptions,
        SourceOptions,
    )
    from zephyr.metadata.requirements_file import Fetch
    from zephyr.project.tool import DeclaredIndex


def sources_of(
    options: SourceOptions, files: RequirementsFile, declared: Iterable[DeclaredIndex] = ()
) -> Sources:
    """Put the indexes in the order in which they are asked: extra ones first, the main one last.

    ``declared`` are those of projects, after those of the command line. The options of files count last
    and in their order, as in pip: ``-i`` replaces all indexes before it, ``--no-index`` those after it too.
    """
    extra = [_named_index(text) for text in options.index or ()]
    extra += [Index(url) for url in options.extra_index_url or ()]
    main = Index(options.index_url or DEFAULT_INDEX_URL)

    for one in declared:
        index = Index(one.url, one.name, one.explicit)

        if not one.default:
            extra.append(index)
        elif options.index_url is None:
            main = index

    for option in files.options:
        if option.name == "index-url":
            extra, main = [], Index(option.value)
        elif option.name == "extra-index-url":
            extra.append(Index(option.value))

    no_index = options.no_index or bool(files.values("no-index"))

    return Sources(
        indexes=() if no_index else (*extra, main),
        find_links=(*(options.find_links or ()), *files.values("find-links")),
        strategy=IndexStrategy(options.index_strategy),
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
        environment_proxies=not options.no_proxy_env,
        keyring=KeyringProvider(options.keyring_provider),
        certificate_bundle=options.cert,
        client_certificate=options.client_cert,
        trusted_hosts=(*(options.trusted_host or ()), *files.values("trusted-host")),
        user_agent=f"zephyr/{__version__}",
    )


def building_of(
    options: BuildingOptions, files: RequirementsFile | None = None, fetch: Fetch | None = None
) -> Building:
    """Return how sources are built, ``files`` being what is installed; reads the build constraints.

    ``fetch`` gets those that are named by address.
    """
    files = files or RequirementsFile()
    constraints = RequirementsFile()

    for path in options.build_constraint or ():
        constraints = constraints.joined(
            read_requirements_file(path, os.environ, constraint=True, fetch=fetch)
        )

    return Building(
        isolation=not options.no_build_isolation,
        sandbox=not options.no_build_sandbox,
        config_settings=parse_settings(options.config_settings or ()),
        package_settings=package_settings(files.requirements),
        constraints=constraints.constraints,
        check_dependencies=options.check_build_dependencies,
        working_copies=os.path.abspath(options.src) if options.src else None,
    )


def installation_of(options: InstallerOptions) -> Installation:
    """Return how what was chosen gets into the environment."""
    return Installation(
        reinstall=options.reinstall,
        link_mode=LinkMode(options.link_mode) if options.link_mode else None,
        refuse_collisions=options.collisions == "error",
        compile_bytecode=options.compile_bytecode,
        dry_run=options.dry_run,
    )


def rules_of(
    options: ResolverOptions,
    building: BuildingOptions,
    files: RequirementsFile,
    *,
    no_require_hashes: bool = False,
) -> Rules:
    """Return how to choose among versions; raises `UsageError` for a date that is none."""
    allows_prereleases = options.pre or bool(files.values("pre"))
    no_binary, only_binary = format_control((*_format_options(building), *files.options))
    all_releases, only_final = release_control((*_release_options(options), *files.options))

    return Rules(
        pre_releases=PreReleases.ALLOW if allows_prereleases else PreReleases(options.prerelease),
        mode=ResolutionMode(options.resolution),
        no_binary=no_binary,
        no_build=only_binary,
        prefer_binary=building.prefer_binary or bool(files.values("prefer-binary")),
        exclude_newer=_instant(options.exclude_newer) if options.exclude_newer else None,
        require_hashes=_requires_hashes(options, files, no_require_hashes=no_require_hashes),
        no_dependencies=options.no_deps,
        all_releases=all_releases,
        only_final=only_final,
    )


def _instant(text: str) -> datetime:
    """Understand a date, an instant, or an age before now; raises `CutOffInvalid`."""
    from datetime import UTC, datetime, timedelta

    from zephyr.project.exclude_newer import parse_cut_off

    stated = parse_cut_off(text, "--exclude-newer")

    if isinstance(stated, timedelta):
        forego()  # it stands for another instant each time
        return datetime.now(UTC) - stated

    return stated


def _format_options(options: BuildingOptions) -> Iterator[Option]:
    """Yield the format control of the command line: what is said of all projects first."""
    given = [
        *(Option(NO_BINARY, value) for value in options.no_binary or ()),
        *(Option(ONLY_BINARY, value) for value in options.only_binary or ()),
        *(Option(ONLY_BINARY, value) for value in options.no_build_package or ()),
        *([Option(ONLY_BINARY, ALL)] if options.no_build else []),
    ]

    yield from sorted(given, key=lambda option: ALL not in option.value)


def _release_options(options: ResolverOptions) -> Iterator[Option]:
    """Yield the release control of the command line: what is said of all projects first."""
    given = [
        *(Option(ALL_RELEASES, value) for value in options.all_releases or ()),
        *(Option(ONLY_FINAL, value) for value in options.only_final or ()),
    ]

    yield from sorted(given, key=lambda option: ALL not in option.value)


def _requires_hashes(options: ResolverOptions, files: RequirementsFile, *, no_require_hashes: bool) -> bool:
    """Tell whether every file must have a hash: one that is given, anywhere, asks for all (as in pip)."""
    required = options.require_hashes or bool(files.values("require-hashes"))
    waived = no_require_hashes or bool(files.values("no-require-hashes"))

    if required and waived:
        raise UsageError(
            "--require-hashes and --no-require-hashes are mutually exclusive",
            hint="Leave one of them out; a requirements file may hold them too.",
            id="conflicting-options",
        )

    return required or (files.has_hashes and not waived)
