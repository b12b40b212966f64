"""Decisions: which package is next, and which of its versions.

Packages come in the order of their provider's rank; then those with one version left, those that often
lost out (*affected*), those that often stood in the way (*culprits*), all others; then in the
order in which they were first mentioned. An extra counts as its base.
"""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from zephyr.solver.version_set import NOT_SELECTED, newest, oldest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.solver.facts import Facts
    from zephyr.solver.partial_solution import PartialSolution
    from zephyr.solver.provider import Universe
    from zephyr.solver.version_set import VersionSet

THRESHOLD = 5
"""So many conflicts change a package's place in the order. Fewer would reorder on mere chance."""

ONE_LEFT, AFFECTED, CULPRIT, OTHER = range(4)


def choose_version(universe: Universe, allowed: VersionSet) -> int:
    """Return the place of the version to select, out of those still allowed (bit 0 clear, not empty)."""
    for preference in universe.preferences:
        if allowed & preference:
            allowed &= preference
            break

    return oldest(allowed) if universe.lowest else newest(allowed)


class DecisionQueue:
    """The packages that are required and not decided yet, in the order to decide them.

    Entries are lazy: a package that changes gets a second one, and what is out of date is passed
    over when it comes up.
    """

    def __init__(self, facts: Facts, solution: PartialSolution) -> None:
        self.conflicts: Counter[int] = Counter()
        """How often each package was part of a conflict."""
        self._facts = facts
        self._solution = solution
        self._heap: list[tuple[int, int, int, int]] = []
        self._queued: dict[int, tuple[int, int, int, int]] = {}
        self._standing: dict[int, int] = {}
        self._has_affected = False
        self._affected: Counter[int] = Counter()
        self._culprit: Counter[int] = Counter()

    def push(self, packages: Iterable[int]) -> None:
        """Note that packages may have to be decided, or may have changed their place."""
        queued = self._queued

        for package in packages:
            order = self._order(package)
            present = queued.get(package)

            if present is None or order < present:
                queued[package] = order
                heappush(self._heap, order)

    def pop(self) -> int | None:
        """Take the next package out; None if all that is required is decided."""
        heap = self._heap

        while heap:
            order = heappop(heap)
            package = order[-1]
            if self._queued.get(package) != order:
                continue

            del self._queued[package]
            if self._solution.decided[package] is not None or self._solution.allowed[package] & NOT_SELECTED:
                continue

            if self._order(package) == order:
                return package

            self.push((package,))

        return None

    def blame(self, affected: int, others: Iterable[int]) -> list[int]:
        """Count a conflict in which versions of ``affected`` were ruled out because of ``others``.

        Return the packages that have just become culprits: what was decided after them should be
        decided before. A standing is kept for good, so that two packages cannot take turns.
        """
        base = self._facts.base
        loser = base[affected]
        self.conflicts[loser] += 1
        self._affected[loser] += 1

        if self._affected[loser] >= THRESHOLD:
            self._standing[loser] = AFFECTED
            self._has_affected = True

        fresh: list[int] = []
        for culprit in dict.fromkeys(base[other] for other in others):
            if culprit == loser:
                continue

            self.conflicts[culprit] += 1
            self._culprit[culprit] += 1
            if self._culprit[culprit] >= THRESHOLD and culprit not in self._standing:
                self._standing[culprit] = CULPRIT
                fresh.append(culprit)

        return fresh

    @property
    def has_affected(self) -> bool:
        """Whether any package has often lost out."""
        return self._has_affected

    def is_affected(self, package: int) -> bool:
        """Tell whether a package has often lost out."""
        return self._standing.get(self._facts.base[package]) == AFFECTED

    def _order(self, package: int) -> tuple[int, int, int, int]:
        base = self._facts.base[package]
        left = self._solution.allowed[package]
        standing = ONE_LEFT if not left & (left - 1) else self._standing.get(base, OTHER)
        return (self._facts.rank[package], standing, base, package)
