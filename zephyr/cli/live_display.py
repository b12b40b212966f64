"""The live display on a terminal: what is on its way, drawn with rich."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Column

from zephyr.cli.output import plural, redacted
from zephyr.cli.progress import BUILD, DOWNLOAD, kind_of
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
from zephyr.memo.printing import unheard
from zephyr.memo.trace import forego

if TYPE_CHECKING:
    from collections.abc import Hashable
    from typing import Self

    from rich.progress import TaskID

    from zephyr.graph.events import Event, TaskEvent

SHOWN = frozenset({DOWNLOAD, BUILD})
MOST_SHOWN = 8
LONGEST_NAME = 30


class LiveDisplay:
    """An overall bar, a bar with its speed for each current download, and a line for each build."""

    def __init__(self) -> None:
        line = Column(no_wrap=True)
        self.progress: Progress = Progress(
            TextColumn("{task.description}", markup=False, table_column=line),
            BarColumn(bar_width=16),
            DownloadColumn(table_column=line),
            TransferSpeedColumn(table_column=line),
            console=Console(file=unheard(sys.stderr)),
            transient=True,
        )
        self._overall = self.progress.add_task("Resolving", total=None)
        self._known = 0
        self._sizes: dict[Hashable, int] = {}
        self._done_bytes: dict[Hashable, int] = {}
        self._bars: dict[Hashable, TaskID] = {}

    def __enter__(self) -> Self:
        self.progress.start()

        return self

    def __exit__(self, *exception: object) -> None:
        self.progress.stop()

    def listen(self, event: Event) -> None:
        """Take one event."""
        if isinstance(event, Notice):
            if event.level in {"warning", "info"}:
                forego()  # a memo would not have heard of it
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
