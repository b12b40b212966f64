"""One execution of a node: its outcome, who waits for it, and what it waits for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import anyio

from zephyr.dataclass import dataclass
from zephyr.graph.errors import NodeCancelled, TaskCycle
from zephyr.graph.limits import Limit, Slot

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable
    from types import TracebackType

    from zephyr.graph.node import Node


@dataclass(frozen=True, slots=True)
class Value:
    """The action returned."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """The action raised. The traceback is kept apart: each raise of the same error would grow it."""

    error: Exception
    traceback: TracebackType | None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The action was stopped, or never began."""


Outcome: TypeAlias = Value | Failure | Cancelled


class Run:
    """The one execution of a node, from its queueing to its outcome.

    ``wanted``: somebody outside waits or waited for it, directly or through other nodes. ``started``:
    it goes on without askers. A run that is started and not wanted is speculative.
    """

    __slots__ = ("_scope", "asked", "askers", "node", "outcome", "slot", "started", "waiting", "wanted")

    def __init__(self, node: Node[Any], limit: Limit) -> None:
        self.node = node
        self._scope: anyio.CancelScope | None = None
        self.slot = Slot(limit, node.size or 0)
        self.outcome: Outcome | None = None
        self.started = False
        self.wanted = False
        self.askers: set[Wait] = set()
        """Waits of others that this run is part of."""
        self.waiting: set[Wait] = set()
        """Waits that this run's action is in."""
        self.asked: set[Hashable] = set()
        """Keys of everything that this run ever waited for."""

    @property
    def scope(self) -> anyio.CancelScope:
        """What stops the task of this run; one that is performed by its asker has none."""
        if self._scope is None:
            self._scope = anyio.CancelScope()

        return self._scope

    @property
    def speculative(self) -> bool:
        """Whether it only runs on a guess."""
        return self.started and not self.wanted

    @property
    def abandoned(self) -> bool:
        """Whether it runs for nobody."""
        return self.outcome is None and not self.started and not self.askers

    def result(self) -> Any:  # noqa: ANN401 - the node knows its type
        """Return the value or raise what the run ended with.

        Raises anyio.WouldBlock while there is no outcome.
        """
        match self.outcome:
            case Value(value):
                return value
            case Failure(error, traceback):
                raise error.with_traceback(traceback)
            case Cancelled():
                raise NodeCancelled(self.node)
            case None:
                raise anyio.WouldBlock

    def want(self) -> None:
        """Mark this run, and all that it waits for, as wanted."""
        pending = [self]

        while pending:
            run = pending.pop()

            if run.wanted:
                continue

            run.wanted = True
            run.slot.hurry()
            pending += [target for wait in run.waiting for target in wait.runs]


class Wait:
    """One asker waiting for several runs: over when all have values or one ended without."""

    __slots__ = ("_missing", "_over", "asker", "ended_without", "runs")

    def __init__(self, runs: Collection[Run], asker: Run | None) -> None:
        self.runs = runs
        self.asker = asker
        self.ended_without: Run | None = None
        self._missing = len(runs)
        self._over = anyio.Event()

    def __enter__(self) -> Wait:
        """Join the runs; raises `TaskCycle` when one of them waits for the asker."""
        if self.asker is not None:
            _refuse_cycle(self.asker, self.runs)
            self.asker.waiting.add(self)
            self.asker.asked.update(run.node.key for run in self.runs)

        for run in self.runs:
            run.askers.add(self)

            if self.asker is None or self.asker.wanted:
                run.want()

        return self

    def __exit__(self, *_: object) -> None:
        for run in self.runs:
            run.askers.discard(self)

        if self.asker is not None:
            self.asker.waiting.discard(self)

    async def until_over(self) -> None:
        """Wait for the values, or for the first run that ends without one."""
        await self._over.wait()

    def notify(self, run: Run) -> None:
        """Take note that ``run`` has an outcome."""
        self._missing -= 1

        if not isinstance(run.outcome, Value) and self.ended_without is None:
            self.ended_without = run

        if self._missing == 0 or self.ended_without is not None:
            self._over.set()


def _refuse_cycle(asker: Run, targets: Collection[Run]) -> None:
    """Raise `TaskCycle` if a target is, or waits (through others) for, the asker."""
    reached_from: dict[Run, Run] = {}
    pending: list[Run] = []

    for target in targets:
        reached_from[target] = asker
        pending.append(target)

    while pending:
        run = pending.pop()

        if run is asker:
            raise TaskCycle(_chain(asker, reached_from))

        for wait in run.waiting:
            for target in wait.runs:
                if target.outcome is None and target not in reached_from:
                    reached_from[target] = run
                    pending.append(target)


def _chain(asker: Run, reached_from: dict[Run, Run]) -> tuple[Node[Any], ...]:
    nodes = [asker.node]
    run = reached_from[asker]

    while run is not asker:
        nodes.append(run.node)
        run = reached_from[run]

    nodes.append(asker.node)

    return tuple(reversed(nodes))
