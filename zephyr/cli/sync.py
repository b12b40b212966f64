"""``zephyr sync``."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

from zephyr.cli.context import output_of
from zephyr.cli.lock_options import ActivationOptions, SyncOptions
from zephyr.cli.option_groups import Given, argument, command
from zephyr.cli.options import (
    BuildingOptions,
    CacheOptions,
    InstallerOptions,
    NetworkOptionsGroup,
    OutputOptions,
    SourceOptions,
    TimingOptions,
)
from zephyr.cli.outcome import tell_outcome
from zephyr.cli.report import refuse_unwritable
from zephyr.cli.sync_lock import ensure_fresh_lock, sync_target
from zephyr.cli.sync_request import SyncWords, sync_request
from zephyr.cli.watched import watched
from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from zephyr.pipeline.outcome import InstallOutcome


class EnvironmentDiffers(ZephyrError):
    """Raised by ``--check`` where an environment is not what its lock says."""

    id = "environment-differs"


@command
def sync(
    given: Given,
    sync: SyncOptions,
    activation: ActivationOptions,
    building: BuildingOptions,
    sources: SourceOptions,
    installer: InstallerOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    timing: TimingOptions,
    file: Annotated[str | None, argument(help="The lock file; by default the project's pylock.toml.")] = None,
) -> None:
    """Make the environment equal to the lock.

    What is missing is added, what differs replaced and what is too much removed, all or nothing.
    """
    from zephyr.pipeline.sync import run_sync

    say = output_of(output)

    if installer.report is not None:
        refuse_unwritable(installer.report)

    words = SyncWords(sync, activation, building, sources, installer, cache, network, given)
    target = sync_target(file, os.getcwd())
    lock = ensure_fresh_lock(target, words, say, live=output.shows_progress)

    for warning in lock.warnings:
        say.warn(warning)

    request = sync_request(words, lock)

    outcome = watched("zephyr sync", partial(run_sync, request), output, timing, say)
    tell_outcome(outcome, installer, say)

    if sync.check and outcome.changes:
        raise _differs(outcome, target.shown)


def _differs(outcome: InstallOutcome, lock: str) -> EnvironmentDiffers:
    return EnvironmentDiffers(
        f"{outcome.environment} is not what {lock} says", hint="Run zephyr sync without --check."
    )
