"""A crew of tasks that fetch, each one thing after the other: what is needed before what is a guess."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from anyio.abc import TaskGroup

T = TypeVar("T")

_LARGEST = 50
"""As many as there are requests at a time; a task of its own for each of thousands would cost more."""


class Crew(Generic[T]):
    """Fetches every fact once, however often it is asked for; its tasks are in ``group``."""

    def __init__(self, group: TaskGroup, fetch: Callable[[T], Awaitable[None]]) -> None:
        self._group = group
        self._fetch = fetch
        self._size = 0
        self._needed: deque[T] = deque()
        self._guessed: deque[T] = deque()
        self._known: set[T] = set()
        """All that was ever asked for."""
        self._begun: set[T] = set()
        self._over: set[T] = set()
        self._missing: set[T] = set()
        """What `complete` waits for."""
        self._completed: anyio.Event | None = None

    def guess(self, fact: T) -> None:
        """Have a fact fetched from the next wait of anybody on, when nothing is needed any more."""
        if fact not in self._known:
            self._known.add(fact)
            self._guessed.append(fact)

    async def complete(self, facts: Collection[T]) -> None:
        """Return when all of these were fetched. One caller at a time."""
        self._missing = {fact for fact in facts if fact not in self._over}

        if not self._missing:
            return

        self._completed = anyio.Event()
        self._known |= self._missing
        self._needed += (fact for fact in facts if fact not in self._begun)
        self._enlarge(len(self._needed) + len(self._guessed))
        await self._completed.wait()

    def _enlarge(self, wanted: int) -> None:
        for _ in range(min(wanted, _LARGEST - self._size)):
            self._size += 1
            self._group.start_soon(self._work)

    async def _work(self) -> None:
        while (fact := self._next()) is not None:
            await self._fetch(fact)
            self._note(fact)
            # One of those that this fact has led to is for this task itself.
            self._enlarge(len(self._guessed) - 1)

        self._size -= 1

    def _next(self) -> T | None:
        for queue in (self._needed, self._guessed):
            while queue:
                fact = queue.popleft()

                # What was a guess may have become needed meanwhile.
                if fact not in self._begun:
                    self._begun.add(fact)
                    return fact

        return None

    def _note(self, fact: T) -> None:
        self._over.add(fact)
        self._missing.discard(fact)

        if not self._missing and self._completed is not None:
            self._completed.set()
