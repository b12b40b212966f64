"""Stretches of time, made of events: what was worked on, from when to when, and on what resource."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from zephyr.cli.progress import kind_of
from zephyr.dataclass import dataclass
from zephyr.graph.events import (
    Step,
    TaskCancelled,
    TaskEvent,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskStarted,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from zephyr.graph.events import Event

MAIN = "main"
"""Stands for a resource where the work is done in Zephyr's own thread."""

START = "start"
"""The kind of the stretch before any event can be told: the interpreter's start and Zephyr's modules."""

ARCHIVES = (".whl", ".tar.gz", ".zip")


@dataclass(frozen=True, slots=True)
class Span:
    """One stretch; times are seconds since the process began."""

    kind: str
    """The kind of task: ``download``, ``unpack`` …"""
    label: str
    """What was worked on: the name of a file or of a project, or nothing."""
    resource: str
    begin: float
    end: float
    size: int | None = None
    """How much was done, in the task's own unit: of downloads, bytes."""
    outcome: str = "finished"
    """Or ``failed``, or ``cancelled``."""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.begin

    @property
    def package(self) -> str:
        """The normalised name of the package that it was about; empty where it was about none or all."""
        return package_of(self.label)


@dataclass(frozen=True, slots=True)
class Timings:
    """All that is known of one command."""

    command: str
    total: float
    """Seconds from the process's begin to the end of the work."""
    spans: tuple[Span, ...]
    """In the order in which they began."""


def spans_of(events: Iterable[Event], begin: float) -> list[Span]:
    """Return the stretches that ``events`` tell of, in the order in which they began.

    ``begin`` is when the process began, by the clock of the events. What was never started leaves none.
    """
    started: dict[Hashable, TaskStarted] = {}
    done: dict[Hashable, int] = {}
    spans: list[Span] = []

    for event in events:
        if isinstance(event, Step):
            resource = event.resource.value if event.resource is not None else MAIN
            spans.append(Span(event.kind, event.label, resource, event.begin - begin, event.time - begin))
        elif isinstance(event, TaskStarted):
            started[event.key] = event
        elif isinstance(event, TaskProgressed):
            done[event.key] = event.done
        elif isinstance(event, TaskFinished | TaskFailed | TaskCancelled):
            start = started.pop(event.key, None)

            if start is not None:
                spans.append(_span(start, event, done.pop(event.key, None), begin))

    return sorted(spans, key=lambda span: (span.begin, -span.end))


def _span(start: TaskStarted, end: TaskEvent, size: int | None, begin: float) -> Span:
    if isinstance(end, TaskFailed):
        outcome = "failed"
    else:
        outcome = "cancelled" if isinstance(end, TaskCancelled) else "finished"

    return Span(
        kind_of(start.key),
        start.label,
        start.resource.value,
        start.time - begin,
        end.time - begin,
        size,
        outcome,
    )


def package_of(label: str) -> str:
    """Return the normalised name of the package that a file's or project's name is of."""
    if not label.endswith(ARCHIVES):
        return label if " " not in label else ""

    # A wheel's own name has no dash; that of a source archive may have some.
    name = label.partition("-")[0] if label.endswith(".whl") else label.rpartition("-")[0]

    return name.replace("_", "-").replace(".", "-").lower()


def covered(spans: Iterable[Span]) -> float:
    """Return for how many seconds one of ``spans`` or more went on; they come in order of their begin."""
    total = 0.0
    end = 0.0

    for span in spans:
        total += max(0.0, span.end - max(span.begin, end))
        end = max(end, span.end)

    return total


def working(spans: Sequence[Span]) -> list[Span]:
    """Return the stretches of work itself, without those that merely last as long as others inside them.

    A resolution lasts as long as its downloads; what it adds to them is what lies between. Steps of Zephyr's
    own thread and of ``wheel`` tasks are such if a whole stretch of another kind lies inside.
    """
    begins = [span.begin for span in spans]

    def encloses(place: int) -> bool:
        span = spans[place]
        last = bisect_left(begins, span.end)

        return any(
            other.end <= span.end and other.kind != span.kind for other in spans[place + 1 : last]
        ) and span.resource in {MAIN, "wheel"}

    return [span for place, span in enumerate(spans) if not encloses(place)]
