"""What ``download`` and ``wheel`` share: the words of an install, of which only files are wanted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.cli.context import NothingAsked, choice_of
from zephyr.cli.foreign_options import foreign_target_of
from zephyr.cli.install_lock import lock_among
from zephyr.cli.install_options import WarningOptions
from zephyr.cli.install_request import Asked, install_request
from zephyr.cli.install_rules import refuse_builds_for_others
from zephyr.cli.options import InstallerOptions
from zephyr.cli.progress import shown_progress
from zephyr.dataclass import replace
from zephyr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.cli.gather_options import GatherOptions
    from zephyr.cli.output import Output
    from zephyr.pipeline.gather import GatherOutcome

LOOK_ONLY = InstallerOptions(dry_run=True)
"""Nothing is installed."""


def asked_of(options: GatherOptions, packages: Sequence[str], editables: Sequence[str] = ()) -> Asked:
    """Return what a command asks for, as an install would."""
    return Asked(
        packages,
        editables,
        inputs=options,
        resolver=options,
        building=options,
        sources=options,
        network=options,
        installer=LOOK_ONLY,
        amendments=options,
        scope=options,
        foreign=foreign_target_of(options, options.python_version),
        warnings=WarningOptions(),
        environment=choice_of(options),
        cache=options,
    )


def gather(
    asked: Asked, verb: str, folder: str, output: Output, *, wheels: bool, live: bool
) -> GatherOutcome:
    """Gather the files, telling of each as pip does; ``verb`` is the command for messages.

    Raises what `install_request` and `run_gather` raise, and `UsageError` for a lock.
    """
    from zephyr.pipeline.gather import Gathering, run_gather

    if path := lock_among(asked):
        raise UsageError(
            f"{path} is a lock, and the files of a lock cannot be gathered with {verb}",
            hint="Name what it was made from, or install it.",
            id="lock-not-gathered",
        )

    try:
        request = install_request(asked)
    except NothingAsked as error:
        raise NothingAsked(f"You must give at least one requirement to {verb}", hint=error.hint) from None

    refuse_builds_for_others(replace(asked, installer=InstallerOptions()), request.rules)
    gathering = Gathering(os.path.abspath(folder), wheels)

    with shown_progress(output, live=live) as display:
        outcome = run_gather(request, gathering, os.environ, display.listen)

    for warning in outcome.warnings:
        output.warn(warning)

    for file in outcome.files:
        said = "Saved" if file.is_new else "File was already downloaded"
        output.result(f"{said} {_shown(file.path)}")

    for url in outcome.folders:
        output.result(f"Not copying link to destination directory since it is a directory: {url}")

    return outcome


def _shown(path: str) -> str:
    """Return a path as pip shows it: from here, where that is shorter."""
    relative = os.path.join(".", os.path.relpath(path))

    return relative if len(relative) < len(path) else path
