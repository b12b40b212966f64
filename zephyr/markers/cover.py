"""Few simple conditions that together hold in exactly the wanted cells of a grid.

The conditions are prime rectangles: a run of Pythons, times what one or two other axes allow, as large
as the unwanted cells let them grow. Cells for which it does not matter belong to neither. A greedy
cover takes the largest, or those with the most cells for their cost, whichever reads more easily in
the end: it need not be the shortest possible text, but equal questions get equal answers.
"""

from __future__ import annotations

from functools import reduce
from itertools import combinations, groupby, product
from typing import TYPE_CHECKING

from zephyr.markers.axes import Condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from zephyr.markers.axes import Axis, PythonAxis

_OR = 5
"""The cost of one more alternative, on top of what it says."""
_SCALE = 10**6
"""Shares of cells per cost are compared as integers."""


class Covers:
    """Covers by the axes of one grid, which together must tell its cells apart."""

    def __init__(self, python: PythonAxis, axes: Sequence[Axis]) -> None:
        self._python = python
        self._axes = tuple(axes)
        self._conditions: dict[tuple[Axis, ...], tuple[Condition, ...]] = {}

    def cover(self, wanted: int, unwanted: int) -> list[Condition]:
        """Return conditions of which one at least holds in every wanted cell, and none in an unwanted one."""
        axes = self._needed(wanted, unwanted)
        candidates = [
            rectangle
            for condition in self._conditions_on(axes)
            if condition.mask & wanted
            for rectangle in _rectangles(condition, unwanted, self._python)
            if rectangle.mask & wanted
        ]
        missing = wanted & ~_union(candidates)

        while missing:
            corner = _corner(missing & -missing, unwanted, self._python, axes)
            candidates.append(corner)
            missing &= ~corner.mask

        candidates.sort(key=lambda each: (each.cost, each.clauses))
        covers = (_greedy(wanted, candidates, price) for price in (_one_each, _read_alone, _read_together))

        return min(covers, key=_cost)

    def _needed(self, wanted: int, unwanted: int) -> tuple[Axis, ...]:
        """Leave out every axis, the least telling first, without which the others tell enough.

        The first always stays: where the second is needed, the simpler text is a matter of both.
        """
        needed = self._axes

        for axis in reversed(self._axes[1:]):
            fewer = tuple(each for each in needed if each is not axis)

            if _tell_apart(wanted, unwanted, self._python, fewer):
                needed = fewer

        return needed

    def _conditions_on(self, axes: tuple[Axis, ...]) -> tuple[Condition, ...]:
        if axes not in self._conditions:
            self._conditions[axes] = _simplest(axes)

        return self._conditions[axes]


def _tell_apart(wanted: int, unwanted: int, python: PythonAxis, axes: Sequence[Axis]) -> bool:
    mixed = [cells for cells in python.masks if cells & wanted and cells & unwanted]

    for axis in axes:
        parts = (cells & condition.mask for cells in mixed for condition in axis.equal)
        mixed = [cells for cells in parts if cells & wanted and cells & unwanted]

    return not mixed


def _simplest(axes: Sequence[Axis]) -> tuple[Condition, ...]:
    """Return the simplest condition for every set of cells that at most two axes can choose."""
    singles = (condition for axis in axes for condition in axis.conditions)
    pairs = (
        first & second
        for one, other in combinations(axes, 2)
        for first, second in product(one.conditions, other.conditions)
    )
    simplest: dict[int, Condition] = {}

    for condition in (Condition(), *singles, *pairs):
        known = simplest.get(condition.mask)

        if known is None or condition.cost < known.cost:
            simplest[condition.mask] = condition

    return tuple(simplest.values())


def _rectangles(condition: Condition, unwanted: int, python: PythonAxis) -> Iterator[Condition]:
    """Yield ``condition`` with every run of Pythons in which it keeps clear of unwanted cells."""
    blocked = condition.mask & unwanted

    for is_clear, numbers in groupby(range(len(python.masks)), lambda each: not blocked & python.masks[each]):
        if is_clear:
            run = list(numbers)
            yield python.runs[run[0], run[-1]] & condition


def _corner(cell: int, unwanted: int, python: PythonAxis, axes: Sequence[Axis]) -> Condition:
    """Return a condition that holds in ``cell``, from whatever axes it takes."""
    minor = next(mask for mask in python.masks if mask & cell)
    kept = [next(each for each in axis.equal if each.mask & cell) for axis in axes]

    for condition in reversed(tuple(kept)):
        fewer = [each for each in kept if each is not condition]

        if not _all(fewer).mask & minor & unwanted:
            kept = fewer

    return next(each for each in _rectangles(_all(kept), unwanted, python) if each.mask & cell)


def _greedy(
    wanted: int, candidates: Sequence[Condition], price: Callable[[Condition], int]
) -> list[Condition]:
    """Take what covers most missing cells for its price, of equals the first, until none is missing."""
    priced = [(candidate, price(candidate)) for candidate in candidates]
    chosen: list[Condition] = []
    missing = wanted

    while missing:
        uncovered = missing
        best, _ = max(priced, key=lambda pair: _SCALE * (pair[0].mask & uncovered).bit_count() // pair[1])
        chosen.append(best)
        missing &= ~best.mask

    for condition in tuple(chosen):
        fewer = [each for each in chosen if each is not condition]

        if not wanted & ~_union(fewer):
            chosen = fewer

    return chosen


def _one_each(_: Condition) -> int:
    return 1


def _read_alone(condition: Condition) -> int:
    return condition.cost


def _read_together(condition: Condition) -> int:
    """Suppose that all conditions share their bounds of the Python version, as they often do."""
    return sum(clause.cost for clause in condition.clauses if not clause.text.startswith("python")) or 1


def _cost(conditions: Sequence[Condition]) -> int:
    """Return how hard a cover is to read; what all its conditions share is written once."""
    shared = [
        clause for clause in conditions[0].clauses if all(clause in each.clauses for each in conditions)
    ]
    saved = sum(clause.cost for clause in shared) - _OR

    return sum(condition.cost for condition in conditions) - saved * (len(conditions) - 1)


def _all(conditions: Iterable[Condition]) -> Condition:
    return reduce(Condition.__and__, conditions, Condition())


def _union(conditions: Iterable[Condition]) -> int:
    return reduce(int.__or__, (condition.mask for condition in conditions), 0)
