"""Shows the events of the task graph: a live display on a terminal, plain lines elsewhere.

Both are readers of one stream and print through `Output` or rich; neither is told anything the other
is not.
"""

from __future__ import annotations

from zephyr.cli.output import shown_size

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Protocol, Self

    from zephyr.cli.output import Output
    from zephyr.graph.events import Event, Notice

    class Display(Protocol):
        """Something that reads events, for the time of a block."""

        def __enter__(self) -> Self:
            """Begin to show."""
            ...

        def __exit__(self, *exception: object) -> None:
            """Show no more."""
            ...

        def listen(self, event: Event) -> None:
            """Take one event; never raises."""
            ...


DOWNLOAD = "download"
BUILD = "build"
LEVELS = {DOWNLOAD: 1, BUILD: 1, "unpack": 2, "listing": 2, "metadata": 2, "wheel": 3}
"""How much ``-v`` it takes to hear of a finished task of each kind; starts are told at ``-vvv``."""


def shown_progress(output: Output, *, live: bool) -> Display:
    """Return a display: live where that makes sense, else plain lines."""
    if live and output.is_terminal and output.level == 0:
        from zephyr.cli.live_display import LiveDisplay

        return LiveDisplay()

    return PlainDisplay(output)


class PlainDisplay:
    """One line for each finished step that the level asks for."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._sizes: dict[Hashable, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        return

    def listen(self, event: Event) -> None:
        """Take one event."""
        # Commands that have nothing to tell of do without the task graph.
        from zephyr.graph.events import Notice, Step, TaskFailed, TaskFinished, TaskProgressed, TaskStarted

        if isinstance(event, Notice):
            self._notice(event)
            return

        if isinstance(event, Step):
            return

        kind = kind_of(event.key)
        level = LEVELS.get(kind, 2)

        if isinstance(event, TaskProgressed):
            self._sizes[event.key] = event.done
        elif isinstance(event, TaskStarted):
            self._output.say(f"{kind}: {event.label}: started", level=3)
        elif isinstance(event, TaskFinished):
            size = self._sizes.pop(event.key, None)
            amount = f" ({shown_size(size)})" if size and kind == DOWNLOAD else ""
            self._output.say(f"{kind}: {event.label}{amount}", level=level)
        elif isinstance(event, TaskFailed):
            self._output.say(
                f"{kind}: {event.label}: failed: {event.error}", level=2 if event.speculative else 1
            )

    def _notice(self, notice: Notice) -> None:
        if notice.level == "warning":
            self._output.warn(notice.text)
        else:
            self._output.say(notice.text, level=1 if notice.level == "debug" else 0)


def kind_of(key: Hashable) -> str:
    """Return what kind of task a key is of: the pipeline's keys are tuples that begin with it."""
    return str(key[0]) if isinstance(key, tuple) and key else "task"  # pyright: ignore[reportUnknownArgumentType]
