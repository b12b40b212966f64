"""Runs what a command asks for while its events are shown, and timed if ``--timings`` asks for that."""

from __future__ import annotations

import os

from zephyr.cli.progress import shown_progress

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from zephyr.cli.options import OutputOptions, TimingOptions
    from zephyr.cli.output import Output
    from zephyr.graph.events import Listener

    Outcome = TypeVar("Outcome")


def watched(
    command: str,
    run: Callable[[Mapping[str, str], Listener], Outcome],
    options: OutputOptions,
    timing: TimingOptions,
    output: Output,
) -> Outcome:
    """Return what ``run`` returns; at its end, also a bad one, say where the time went, if that is asked for.

    Raises whatever ``run`` raises; before anything is done, `UsageError` for a file of timings that cannot be
    written, or whose ending is neither .html nor .json.
    """
    if timing.timings is None:
        with shown_progress(output, live=options.shows_progress) as display:
            return run(os.environ, display.listen)

    # Nothing of it is imported for those who do not ask.
    from zephyr.cli.timings.recorder import recorded

    with (
        recorded(command, timing.timings, output) as beside,
        shown_progress(output, live=options.shows_progress) as display,
    ):
        return run(os.environ, beside(display.listen))
