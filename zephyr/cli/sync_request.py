"""Turns the words of ``zephyr sync``, or a lock named to ``zephyr install``, into a frozen request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.cli.activation import activations_of
from zephyr.cli.context import cache_location
from zephyr.cli.option_groups import Given
from zephyr.cli.option_values import building_of, installation_of, network_of, rules_of, sources_of
from zephyr.cli.options import ResolverOptions
from zephyr.cli.remote_files import fetcher
from zephyr.dataclass import dataclass, field, replace
from zephyr.environments.selection import Choice
from zephyr.errors import UsageError
from zephyr.metadata.requirements_file import RequirementsFile
from zephyr.pipeline.request import ProjectEnvironment, SyncRequest
from zephyr.project.tool import ZephyrTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.cli.lock_options import ActivationOptions, SyncOptions
    from zephyr.cli.options import (
        BuildingOptions,
        CacheOptions,
        InstallerOptions,
        NetworkOptionsGroup,
        SourceOptions,
    )
    from zephyr.cli.sync_lock import SyncTarget, UsableLock

_MIRROR = re.compile(r"(.+?)=((?:https?|file)://.+)")


@dataclass(frozen=True, slots=True)
class SyncWords:
    """The words of one ``zephyr sync``, in their groups."""

    sync: SyncOptions
    activation: ActivationOptions
    building: BuildingOptions
    sources: SourceOptions
    installer: InstallerOptions
    cache: CacheOptions
    network: NetworkOptionsGroup
    given: Given = field(default_factory=Given)
    """What the command line and ``ZEPHYR_*`` say."""


def sync_request(words: SyncWords, lock: UsableLock) -> SyncRequest:
    """Return the request to make an environment equal to ``lock``.

    Raises `UsageError` for options that contradict each other, and `UnknownGroup`.
    """
    sync = words.sync
    tool = lock.project.tool if lock.project is not None else ZephyrTable()
    files = RequirementsFile()
    on = activations_of(words.activation, lock.document)
    rules = rules_of(ResolverOptions(), words.building, files)
    installation = installation_of(words.installer)

    return SyncRequest(
        document=lock.document,
        path=lock.target.path,
        environment=_environment(lock.target, sync, tool),
        extras=on.extras,
        groups=on.groups,
        only_group=on.only_groups,
        exact=not sync.inexact,
        project=not sync.no_install_project,
        editable=not sync.no_editable,
        no_binary=rules.no_binary | tool.no_binary,
        no_build=rules.no_build | tool.no_build | tool.only_binary,
        sources=sources_of(words.sources, files),
        network=network_of(words.network, words.sources, files),
        refresh=words.sources.refresh,
        cache=cache_location(words.cache),
        installation=replace(installation, dry_run=installation.dry_run or sync.check),
        building=building_of(words.building, fetch=fetcher(words.network, words.sources)),
        mirrors={**tool.mirrors, **mirrors_of(sync.mirror or ())},
    )


def _environment(target: SyncTarget, sync: SyncOptions, tool: ZephyrTable) -> Choice | ProjectEnvironment:
    if target.root is None:
        return Choice(python=sync.python)

    from zephyr.pipeline.project_environment import ProjectChoice

    choice = ProjectChoice(sync.python, sync.active, tool.environment_location)

    return ProjectEnvironment(target.root, choice)


def mirrors_of(texts: Iterable[str]) -> dict[str, str]:
    """Understand ``INDEX=URL``, each; raise `UsageError` (``mirror-invalid``) for anything else."""
    mirrors: dict[str, str] = {}

    for text in texts:
        found = _MIRROR.fullmatch(text)

        if found is None:
            raise UsageError(
                "--mirror is not of the form INDEX=URL",
                hint="Write the index as the lock has it: --mirror https://index.example/simple=https://mirror",
                id="mirror-invalid",
            )

        mirrors[found[1]] = found[2]

    return mirrors
