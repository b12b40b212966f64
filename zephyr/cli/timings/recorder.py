"""Keeps the events of a command, and says at its end where the time went."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zephyr.cli.timings.spans import MAIN, START, Span, Timings, spans_of
from zephyr.errors import UsageError
from zephyr.memo.trace import forego

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from zephyr.cli.output import Output
    from zephyr.graph.events import Event, Listener

ENDINGS = (".html", ".json")
"""Of a page that is a timeline in a browser, and of a trace for Perfetto."""


@contextmanager
def recorded(command: str, path: str, output: Output) -> Generator[Callable[[Listener], Listener]]:
    """Give what the command's listener goes through; at the end, also a bad one, say where the time went.

    ``path`` is the file to write, empty for none. Raises `UsageError` for one that cannot be written, or
    whose ending is none of `ENDINGS`.
    """
    refuse_other_endings(path)
    forego()  # what is told is of this run, and no answer to the next
    recorder = Recorder()

    try:
        yield recorder.beside
    finally:
        tell_timings(recorder.timings(command), path, output)


class Recorder:
    """A reader of events that keeps them all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, used: float | None = None) -> None:
        """Begin; ``used`` is how many seconds the process has worked: about as long as it has been there."""
        self._clock = clock
        self._used = time.process_time() if used is None else used
        self._begin = clock() - self._used
        self._events: list[Event] = []

    def beside(self, listener: Listener) -> Listener:
        """Return a listener that tells both."""

        def listen(event: Event) -> None:
            self._events.append(event)
            listener(event)

        return listen

    def timings(self, command: str) -> Timings:
        """Return what is known up to now."""
        start = Span(START, "", MAIN, 0.0, self._used)

        return Timings(command, self._clock() - self._begin, (start, *spans_of(self._events, self._begin)))


def refuse_other_endings(path: str) -> None:
    """Raise `UsageError` for a file that is neither a page nor a trace, or cannot be written."""
    if path and not path.endswith(ENDINGS):
        raise UsageError(
            f"--timings {path}: the file's name says what it becomes",
            hint="End it in .html for a timeline in a browser, or in .json for a trace that Perfetto opens.",
            id="timings-file",
        )

    folder = os.path.dirname(os.path.abspath(path))

    if path and (os.path.isdir(path) or not os.access(folder, os.W_OK)):
        raise UsageError(f"The timings cannot be written to {path}", id="timings-file")


def tell_timings(timings: Timings, path: str, output: Output) -> None:
    """Say the tables, and write the file if one is named."""
    from zephyr.cli.timings.table import lines

    for line in lines(timings):
        output.say(line)

    if not path:
        return

    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(_document(timings, path))
    except OSError as error:
        output.warn(f"The timings could not be written to {path}: {error.strerror}")
    else:
        output.say(f"The timeline is in {path}")


def _document(timings: Timings, path: str) -> str:
    if path.endswith(".json"):
        from zephyr.cli.timings.trace import trace_text

        return trace_text(timings)

    from zephyr.cli.timings.page import page_text

    return page_text(timings)
