"""Runs each keyed node once, under limits, inside one structured block."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import anyio
import anyio.lowlevel

from zephyr.graph.errors import GraphClosed, extend_path, unwrapped
from zephyr.graph.events import (
    Event,
    Listener,
    Notice,
    TaskCancelled,
    TaskEvent,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskQueued,
    TaskStarted,
)
from zephyr.graph.limits import Need, Statistics, default_limits, limits_of
from zephyr.graph.run import Cancelled, Failure, Outcome, Run, Value, Wait
from zephyr.graph.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from types import TracebackType

    from anyio.abc import TaskGroup

    from zephyr.graph.events import Level
    from zephyr.graph.node import Node, Resource

T = TypeVar("T")


class TaskGraph:
    """An ``async with`` block in which nodes run.

    ``limits`` replaces `default_limits` for the resources it names. ``listener`` gets every event.
    ``clock`` gives their times, in seconds.

    Leaving the block waits for everything started (`cancel_speculative` first, if it is not wanted);
    leaving it on an exception, or being cancelled, cancels everything and waits for it to stop.
    The block raises what its body raised, never a group around it. Not for use from threads.
    """

    def __init__(
        self,
        limits: Mapping[Resource, int] | None = None,
        listener: Listener | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits_of({**default_limits(), **(limits or {})})
        self._listener = listener
        self._clock = clock
        self._runs: dict[Hashable, Run] = {}
        self._performed: dict[Hashable, anyio.Event | None] = {}
        """What is being performed; an event where somebody waits for its end."""
        self._ending: dict[Hashable, list[Run]] = {}
        self._tasks: TaskGroup | None = None

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()

        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        tasks = self._open()

        try:
            if isinstance(error, Exception):
                # A task group that is told of its body's error wraps it; ours is raised as it is.
                tasks.cancel_scope.cancel()
                await tasks.__aexit__(None, None, None)
                return False

            return await tasks.__aexit__(kind, error, trace)
        except BaseExceptionGroup as group:
            alone = unwrapped(group)

            raise alone from alone.__cause__
        finally:
            self._tasks = None

    async def get(self, node: Node[T]) -> T:
        """Return the value of ``node``, running it if nobody has; its failure is raised here.

        For callers outside the graph: an action asks with ``work.get``, which gives its slot back. A
        value that is there already is returned without a checkpoint. When the last of its askers is
        cancelled, a node that was not started is cancelled. Raises `NodeCancelled` if the node
        is cancelled by somebody else while it is waited for.
        """
        return (await self.get_all([node]))[0]

    async def get_all(self, nodes: Sequence[Node[T]]) -> list[T]:
        """Return the values of ``nodes``, which run at the same time, in the order given.

        The first failure is raised as soon as it happens; nodes that only this call asked for are
        then cancelled.
        """
        return await self.ask(nodes, None)

    async def perform(self, node: Node[T], need: Need = Need.WANTED) -> T:
        """Run ``node`` in the caller's own task, and keep nothing: for many small ones, each wanted once.

        Limits and events are those of every node, but it has no dependencies, and its action asks for
        nothing. Whoever wants to perform the same meanwhile waits until this is over, and then does it.
        """
        while node.key in self._performed:
            ended = self._performed[node.key] = self._performed[node.key] or anyio.Event()
            await ended.wait()

        run = Run(node, self._limits[node.resource])
        self._performed[node.key] = None
        self._tell(TaskQueued, run, node.size)

        try:
            run.outcome = await self._acted(run, need)
        finally:
            over = self._performed.pop(node.key)
            self._tell_end(run)

            if over is not None:
                over.set()

        value: T = run.result()

        return value

    def get_nowait(self, node: Node[T]) -> T:
        """Return the value of ``node`` or raise its failure; raises anyio.WouldBlock if it has neither."""
        run = self._runs.get(node.key)

        if run is None:
            raise anyio.WouldBlock

        value: T = run.result()

        return value

    def start(self, node: Node[Any]) -> None:
        """Run ``node`` in the background, on a guess.

        Its failure is kept until somebody asks and disturbs nobody else. It has slots only when
        nothing wanted needs them, and stops being speculative when somebody asks for it.
        """
        self._run_of(node).started = True

    def cancel(self, node: Node[Any]) -> None:
        """Stop ``node`` if it has no outcome yet; those who wait for it get `NodeCancelled`."""
        run = self._runs.get(node.key)

        if run is not None and run.outcome is None:
            self._drop(run)

    def forget(self, node: Node[Any]) -> None:
        """Let go of the outcome of ``node``, for its memory; who asks again runs it again."""
        run = self._runs.get(node.key)

        if run is not None and run.outcome is not None:
            del self._runs[node.key]

    def cancel_speculative(self) -> int:
        """Stop every started node that nobody asked for; return how many there were."""
        speculative = [run for run in self._runs.values() if run.outcome is None and run.speculative]

        for run in speculative:
            self._drop(run)

        return len(speculative)

    def statistics(self) -> Statistics:
        """Return how much is going on."""
        unfinished = sum(run.outcome is None for run in self._runs.values())
        ending = sum(len(runs) for runs in self._ending.values())
        working = {resource: limit.in_use for resource, limit in self._limits.items()}

        return Statistics(unfinished + ending, working)

    def notice(self, level: Level, text: str) -> None:
        """Tell the listener something that is not a step of a node."""
        self._emit(Notice(level, text, self._clock()))

    # The port that actions use (`zephyr.graph.work.Host`)

    def known(self, nodes: Sequence[Node[Any]]) -> bool:
        """Whether asking for ``nodes`` would not wait."""
        runs = [self._runs.get(node.key) for node in nodes]

        return all(run is not None and run.outcome is not None for run in runs)

    async def ask(self, nodes: Sequence[Node[Any]], asker: Run | None) -> list[Any]:
        """Return the values of ``nodes`` to ``asker`` (None: somebody outside)."""
        for node in nodes:
            run = self._runs.get(node.key)

            if run is not None and isinstance(run.outcome, Failure):
                run.result()

        runs = [self._run_of(node) for node in nodes]
        pending = dict.fromkeys(run for run in runs if run.outcome is None)

        if pending:
            await self._wait(list(pending), asker)

        return [run.result() for run in runs]

    def tell_progress(self, run: Run, done: int, total: int | None) -> None:
        """Emit TaskProgressed for ``run``."""
        self._tell(TaskProgressed, run, done, total)

    # Runs

    def _run_of(self, node: Node[Any]) -> Run:
        run = self._runs.get(node.key)

        if run is None:
            tasks = self._open()
            run = self._runs[node.key] = Run(node, self._limits[node.resource])
            self._tell(TaskQueued, run, node.size)
            tasks.start_soon(self._execute, run, name=node.label)

        return run

    async def _wait(self, runs: list[Run], asker: Run | None) -> None:
        wait = Wait(runs, asker)

        try:
            with wait:
                await wait.until_over()
        finally:
            for run in runs:
                if run.abandoned:
                    self._drop(run)

        if wait.ended_without is not None:
            wait.ended_without.result()

    async def _execute(self, run: Run) -> None:
        try:
            with run.scope:
                run.outcome = await self._outcome(run)
        finally:
            # Without an outcome the run, or the whole graph, was cancelled.
            self._settle(run)

    async def _outcome(self, run: Run) -> Outcome:
        try:
            # A run with this key that was cancelled may still be cleaning up.
            while ending := [other for other in self._ending.get(run.node.key, ()) if other is not run]:
                with Wait(ending[:1], run) as wait:
                    await wait.until_over()

            if run.node.dependencies:
                await self.ask(run.node.dependencies, run)

            await anyio.lowlevel.checkpoint_if_cancelled()
        except Exception as error:  # noqa: BLE001 - kept, and raised to everybody who asks
            return _failure(error, run)

        return await self._acted(run, Need.WANTED if run.wanted else Need.GUESSED)

    async def _acted(self, run: Run, need: Need) -> Outcome:
        """Return what the action of ``run`` comes to, once it has its slot."""
        try:
            await run.slot.acquire(need)
            self._tell(TaskStarted, run)

            return Value(await run.node.action(Work(self, run)))
        except Exception as error:  # noqa: BLE001 - kept, and raised to everybody who asks
            return _failure(error, run)
        finally:
            run.slot.release()

    def _settle(self, run: Run) -> None:
        """Make the outcome known; a run that was told to stop and did not succeed was cancelled."""
        key = run.node.key
        ending = self._ending.get(key, [])

        if run in ending:
            ending.remove(run)

            if not ending:
                del self._ending[key]

        if run.outcome is None or (isinstance(run.outcome, Failure) and run.scope.cancel_called):
            run.outcome = Cancelled()

            if self._runs.get(key) is run:
                del self._runs[key]

        for wait in list(run.askers):
            wait.notify(run)

        self._tell_end(run)

    def _drop(self, run: Run) -> None:
        """Cancel ``run`` and forget its key: who asks from now on gets a new run, after this one's end."""
        if self._runs.get(run.node.key) is run:
            del self._runs[run.node.key]
            self._ending.setdefault(run.node.key, []).append(run)

        run.scope.cancel()

    def _open(self) -> TaskGroup:
        if self._tasks is None:
            raise GraphClosed("the task graph is used outside its block")

        return self._tasks

    def _tell_end(self, run: Run) -> None:
        """Tell how ``run`` ended; without an outcome it was cancelled."""
        match run.outcome:
            case Value():
                self._tell(TaskFinished, run)
            case Failure(error):
                self._tell(TaskFailed, run, error, run.speculative)
            case _:
                self._tell(TaskCancelled, run)

    def _tell(self, kind: type[TaskEvent], run: Run, *details: object) -> None:
        if self._listener is not None:
            node = run.node
            self._listener(kind(node.key, node.label, node.resource, self._clock(), *details))

    def _emit(self, event: Event) -> None:
        if self._listener is not None:
            self._listener(event)


def _failure(caught: Exception, run: Run) -> Failure:
    error = cast("Exception", unwrapped(caught))
    extend_path(error, run.node, run.asked)

    return Failure(error, error.__traceback__)
