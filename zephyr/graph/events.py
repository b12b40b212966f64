"""What a graph tells while it works: frozen values, in order, on the loop's thread.

Progress display, ``--json``, ``--timings`` and the log are all readers of this one stream. A node
is queued once, then started, progressed any number of times, and ended exactly once: finished,
failed or cancelled (the last two possibly without having started). What is done outside of a graph is told
in one piece when it is over: `zephyr.graph.steps`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Literal, TypeAlias

from zephyr.dataclass import dataclass
from zephyr.graph.node import Resource  # noqa: TC001 - readers may resolve these annotations

Level: TypeAlias = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """Something happened to one node at ``time``, in seconds of a monotonic clock."""

    key: Hashable
    label: str
    resource: Resource
    time: float


@dataclass(frozen=True, slots=True)
class TaskQueued(TaskEvent):
    """The node was met for the first time; ``size`` is its estimate, if it has one."""

    size: int | None = None


@dataclass(frozen=True, slots=True)
class TaskStarted(TaskEvent):
    """The node's dependencies are there, it has its slot, and its action begins."""


@dataclass(frozen=True, slots=True)
class TaskProgressed(TaskEvent):
    """The action did ``done`` of ``total`` (None: unknown) units of its own choosing."""

    done: int
    total: int | None = None


@dataclass(frozen=True, slots=True)
class TaskFinished(TaskEvent):
    """The node has its value."""


@dataclass(frozen=True, slots=True)
class TaskFailed(TaskEvent):
    """The node raised ``error``; while ``speculative``, nobody had asked for it, and nobody may care."""

    error: Exception
    speculative: bool = False


@dataclass(frozen=True, slots=True)
class TaskCancelled(TaskEvent):
    """The node was stopped; if it is asked for again, it is queued again."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth telling that is not a step of a node."""

    level: Level
    text: str
    time: float


@dataclass(frozen=True, slots=True)
class Step:
    """A step that no node makes went on from ``begin`` to ``time``, seconds of the same clock.

    ``kind`` is what kind of step, as the first of a node's key; ``resource`` is None for Zephyr's own thread.
    """

    kind: str
    label: str
    resource: Resource | None
    begin: float
    time: float


Event: TypeAlias = TaskEvent | Notice | Step
Listener: TypeAlias = Callable[[Event], None]
"""Called synchronously for each event; it must be quick and must not raise (raising ends the graph)."""
