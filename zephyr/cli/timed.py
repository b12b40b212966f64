"""Joins ``--timings`` to a command: nothing of it is imported unless it is asked for."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from zephyr.cli.output import Output
    from zephyr.graph.events import Listener


@contextmanager
def timed(command: str, file: str | None, output: Output) -> Generator[Callable[[Listener], Listener]]:
    """Give what the command's listener goes through; at the end, also a bad one, say where the time went.

    ``file`` is the option's value: None where it is not given, empty without a file. Raises `UsageError` for
    a file that cannot be written, or whose ending is neither .html nor .json.
    """
    if file is None:
        yield _unchanged
        return

    from zephyr.cli.timings.recorder import Recorder, refuse_other_endings, tell_timings
    from zephyr.memo.trace import forego

    refuse_other_endings(file)
    forego()  # what is told is of this run, and no answer to the next
    recorder = Recorder()

    try:
        yield recorder.beside
    finally:
        tell_timings(recorder.timings(command), file, output)


def _unchanged(listener: Listener) -> Listener:
    return listener
