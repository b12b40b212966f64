"""Shows the events of the task graph: a live display on a terminal, plain lines elsewhere.

Both are readers of one stream and print through `Output` or rich; neither is told anything the other
is not.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, cast

from zephyr.cli.output import plural, redacted, shown_size
from zephyr.graph.events import (
    Notice,
    Step,
    TaskCancelled,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskQueued,
    TaskStarted,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable

    from rich.progress import Progress, TaskID

    from zephyr.cli.output import Output
    from zephyr.graph.events import Event, TaskEvent

DOWNLOAD = "download"
BUILD = "build"
LEVELS = {DOWNLOAD: 1, BUILD: 1, "unpack": 2, "listing": 2, "metadata": 2, "wheel": 3}
"""How much ``-v`` it takes to hear of a finished task of each kind; starts are told at ``-vvv``."""

SHOWN = frozenset({DOWNLOAD, BUILD})
MOST_SHOWN = 8
LONGEST_NAME = 30


class Display(Protocol):
    """Something that reads events."""

    def listen(self, event: Event) -> None:
        """Take one event; never raises."""
        ...


@contextmanager
def shown_progress(output: Output, *, live: bool) -> Generator[Display]:
    """Give a display for the time of the block: live where that makes sense, else plain lines."""
    if live and output.is_terminal and output.level == 0:
        display = LiveDisplay()

        with display.progress:
            yield display
    else:
        yield PlainDisplay(output)


class PlainDisplay:
    """One line for each finished step that the level asks for."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._sizes: dict[Hashable, int] = {}

    def listen(self, event: Event) -> None:
        """Take one event."""
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


class LiveDisplay:
    """An overall bar, a bar with its speed for each current download, and a line for each build."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
        from rich.table import Column

        line = Column(no_wrap=True)
        self.progress: Progress = Progress(
            TextColumn("{task.description}", markup=False, table_column=line),
            BarColumn(bar_width=16),
            DownloadColumn(table_column=line),
            TransferSpeedColumn(table_column=line),
            console=Console(stderr=True),
            transient=True,
        )
        self._overall = self.progress.add_task("Resolving", total=None)
        self._known = 0
        self._sizes: dict[Hashable, int] = {}
        self._done_bytes: dict[Hashable, int] = {}
        self._bars: dict[Hashable, TaskID] = {}

    def listen(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, Notice):
            if event.level in {"warning", "info"}:
                self.progress.console.print(redacted(event.text), markup=False, highlight=False)

            return

        if isinstance(event, Step):
            return

        kind = kind_of(event.key)

        if isinstance(event, TaskQueued):
            self._queued(kind, event)
        elif kind in SHOWN:
            self._shown(kind, event)

        self._update_overall()

    def _queued(self, kind: str, event: TaskQueued) -> None:
        if kind == "listing":
            self._known += 1
        elif kind == DOWNLOAD:
            self._sizes[event.key] = event.size or 0

    def _shown(self, kind: str, event: TaskEvent) -> None:
        if isinstance(event, TaskStarted) and len(self._bars) < MOST_SHOWN:
            name, size = redacted(shown_name(event.label)), self._sizes.get(event.key)
            description = f"Building {name}" if kind == BUILD else name
            self._bars[event.key] = self.progress.add_task(description, total=size or None)
        elif isinstance(event, TaskProgressed):
            self._done_bytes[event.key] = event.done

            if event.key in self._bars:
                self.progress.update(self._bars[event.key], completed=event.done, total=event.total)
        elif isinstance(event, TaskFinished | TaskFailed | TaskCancelled):
            self._ended(event)

    def _ended(self, event: TaskFinished | TaskFailed | TaskCancelled) -> None:
        if event.key in self._bars:
            self.progress.remove_task(self._bars.pop(event.key))

        if not isinstance(event, TaskFinished):
            self._sizes.pop(event.key, None)
            self._done_bytes.pop(event.key, None)

    def _update_overall(self) -> None:
        done = sum(self._done_bytes.values())
        total = max(sum(self._sizes.values()), done)
        projects = plural(self._known, "project")
        description = f"Fetching {projects}" if total else f"Resolving ({projects})"
        self.progress.update(self._overall, description=description, completed=done, total=total or None)


def shown_name(filename: str) -> str:
    """Return what a file is of, short enough for a line: ``numpy 2.1.0``."""
    parts = filename.split("-")
    name = " ".join(parts[:2]) if len(parts) > 1 else filename

    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def kind_of(key: Hashable) -> str:
    """Return what kind of task a key is of: the pipeline's keys are tuples that begin with it."""
    kind: object = next(iter(cast("tuple[object, ...]", key)), "task") if isinstance(key, tuple) else "task"

    return str(kind)
