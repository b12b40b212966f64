"""Who may run: a limit per resource, and the slot that a working node holds.

Slots are handed out in order of need: first to nodes that go on after a wait, then to those that
somebody waits for, then to guesses; within each, first come, first served, or the largest first.
"""

from __future__ import annotations

import enum
import os
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from zephyr.dataclass import dataclass
from zephyr.graph.node import Resource

if TYPE_CHECKING:
    from collections.abc import Mapping


def default_limits() -> dict[Resource, int]:
    """Return the limits of this machine: many requests and wheels, otherwise one task per processor.

    More wheels than requests, so that some can be unpacked while others come.
    """
    processors = os.cpu_count() or 1

    return {
        Resource.NETWORK: 50,
        Resource.WHEEL: 64,
        Resource.DISK: processors,
        Resource.BUILD: processors,
        Resource.LINK: processors,
    }


@dataclass(frozen=True, slots=True)
class Statistics:
    """A graph at one moment: nodes without an outcome yet, and slots in use per resource."""

    unfinished: int
    working: Mapping[Resource, int]


class Need(enum.IntEnum):
    """How soon a slot is needed, the soonest first."""

    RESUMED = 0
    WANTED = 1
    GUESSED = 2


class Limit:
    """At most ``total`` slots at a time; raises ValueError for less than one.

    With ``largest_first`` the size of what waits counts more than how long it has waited: a large task that
    begins last would be all that is left to do.
    """

    def __init__(self, total: int, *, largest_first: bool = False) -> None:
        if total < 1:
            raise ValueError(f"a limit must be at least 1, not {total}")

        self.total = total
        self.in_use = 0
        self._largest_first = largest_first
        self._arrivals = count()
        self._queues: tuple[list[tuple[int, int, Slot]], ...] = tuple([] for _ in Need)
        """Heaps of rank, arrival and slot, one for each need."""

    def take_nowait(self) -> bool:
        """Count one slot if one is free. None is free while somebody queues: `give_back` hands over."""
        if self.in_use >= self.total:
            return False

        self.in_use += 1
        return True

    def queue(self, slot: Slot, need: Need) -> None:
        """Let ``slot`` wait for its turn."""
        rank = -slot.size if self._largest_first else 0
        heappush(self._queues[need], (rank, next(self._arrivals), slot))

    def give_back(self) -> None:
        """Hand one slot to the next that waits, or make it free."""
        for queue in self._queues:
            while queue:
                _, _, slot = heappop(queue)

                if slot.grant():
                    return

        self.in_use -= 1


def limits_of(totals: Mapping[Resource, int]) -> dict[Resource, Limit]:
    """Return a limit for each resource. What is large counts first only for the disk: requests are alike."""
    return {
        resource: Limit(total, largest_first=resource is Resource.DISK) for resource, total in totals.items()
    }


class Slot:
    """The place of one node, of such a ``size``, under a limit: held, waited for, or neither."""

    def __init__(self, limit: Limit, size: int = 0) -> None:
        self._limit = limit
        self.size = size
        self._turn: anyio.Event | None = None
        self.held = False

    async def acquire(self, need: Need) -> None:
        """Wait until the slot is held. Cancelled, it may be held nonetheless: its owner releases it."""
        if self._limit.take_nowait():
            self.held = True
            return

        self._turn = anyio.Event()
        self._limit.queue(self, need)

        try:
            await self._turn.wait()
            await anyio.lowlevel.checkpoint_if_cancelled()
        finally:
            # An entry left in a queue is dead from here on: there is nothing to grant.
            self._turn = None

    def hurry(self) -> None:
        """Move a waiting slot up: somebody asked for what was a guess."""
        if self._turn is not None:
            self._limit.queue(self, Need.WANTED)

    def grant(self) -> bool:
        """Give the slot to its waiting node; False when it waits no longer."""
        if self._turn is None or self.held:
            return False

        self.held = True
        self._turn.set()
        return True

    def release(self) -> None:
        """Give the slot back, if it is held."""
        if self.held:
            self.held = False
            self._limit.give_back()
