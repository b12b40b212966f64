"""What an action may do: ask for other nodes, use a thread, and say how far it is."""

from __future__ import annotations

import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, TypeVarTuple

import anyio
import anyio.to_thread

from zephyr.graph.limits import Need

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from zephyr.graph.events import Level
    from zephyr.graph.node import Node
    from zephyr.graph.run import Run

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class Host(Protocol):
    """What a graph offers to the actions it runs."""

    def start(self, node: Node[Any]) -> None:
        """Run ``node`` in the background, on a guess."""

    async def ask(self, nodes: Sequence[Node[Any]], asker: Run | None) -> list[Any]:
        """Return the nodes' values, in order."""
        ...

    async def perform(self, node: Node[T], need: Need) -> T:
        """Run ``node`` in the caller's own task, and keep nothing."""
        ...

    def known(self, nodes: Sequence[Node[Any]]) -> bool:
        """Whether asking would not wait."""
        ...

    def tell_progress(self, run: Run, done: int, total: int | None) -> None:
        """Emit TaskProgressed."""

    def notice(self, level: Level, text: str) -> None:
        """Emit a Notice."""


class Work:
    """A running action's side of the graph; of no use once the action has ended.

    The action holds a slot of its node's resource while it works. While it waits for other nodes the
    slot is given back, so that even a limit of one cannot deadlock, and taken again before it goes
    on. An action that waits in several tasks of its own has it back when the last wait is over.
    """

    def __init__(self, host: Host, run: Run) -> None:
        self._host = host
        self._run = run
        self._waits = 0
        self._resuming: anyio.Lock | None = None

    @property
    def node(self) -> Node[Any]:
        """The node whose action this is."""
        return self._run.node

    async def get(self, node: Node[T], *, keep_slot: bool = False) -> T:
        """Return the value of ``node``, running it if nobody has; its failure is raised here.

        ``keep_slot`` keeps this action's slot meanwhile, which bounds what waits in the middle of its work.
        It is for nodes of another resource that ask for nothing themselves: others could wait for ever.

        Raises `TaskCycle` if that node waits, through whatever chain, for this one.
        """
        if keep_slot:
            (value,) = await self._host.ask([node], self._run)
            kept: T = value

            return kept

        return (await self.get_all([node]))[0]

    async def get_all(self, nodes: Sequence[Node[T]]) -> list[T]:
        """Return the values of ``nodes``, which run at the same time, in the order given.

        The first failure is raised as soon as it happens; nodes that only this call asked for are
        then cancelled.
        """
        if self._host.known(nodes):
            return await self._host.ask(nodes, self._run)

        async with self._slot_given_back():
            return await self._host.ask(nodes, self._run)

    async def perform(self, node: Node[T]) -> T:
        """Run ``node`` in this task, and keep nothing; see `TaskGraph.perform`."""
        self._run.asked.add(node.key)

        async with self._slot_given_back():
            return await self._host.perform(node, Need.WANTED if self._run.wanted else Need.GUESSED)

    def start(self, node: Node[Any]) -> None:
        """Run ``node`` in the background, on a guess; see `TaskGraph.start`."""
        self._host.start(node)

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell that ``done`` of ``total`` units are done, both counted from the action's beginning."""
        self._host.tell_progress(self._run, done, total)

    def notice(self, level: Level, text: str) -> None:
        """Tell something that is not a step of a node."""
        self._host.notice(level, text)

    async def run_sync(self, function: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        """Call a blocking function in a thread; the node's own slot is its limit.

        On cancellation the thread is waited for, never abandoned: when a graph has ended, nothing
        writes any more, and locks and temporary files are gone. So the function must be short, or
        call ``anyio.from_thread.check_cancelled`` between its steps, which raises there.
        """
        # The default limiter's 40 threads are shared by everything else in the process.
        limiter = anyio.CapacityLimiter(math.inf)

        return await anyio.to_thread.run_sync(function, *arguments, abandon_on_cancel=False, limiter=limiter)

    @asynccontextmanager
    async def _slot_given_back(self) -> AsyncGenerator[None]:
        self._waits += 1
        self._run.slot.release()

        try:
            yield
        finally:
            self._waits -= 1

            if self._waits == 0:
                await self._take_slot_again()

    async def _take_slot_again(self) -> None:
        # Hardly any action waits: the others need no lock.
        self._resuming = self._resuming or anyio.Lock(fast_acquire=True)

        async with self._resuming:
            if not self._run.slot.held:
                await self._run.slot.acquire(Need.RESUMED)
