"""Medians, spreads and ratios of few runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Spread:
    """What several runs gave, in the unit of the runs."""

    median: float
    least: float
    most: float
    runs: int

    def times(self, factor: float) -> Spread:
        """Return the same runs in another unit."""
        return Spread(self.median * factor, self.least * factor, self.most * factor, self.runs)

    def beyond(self, start: float) -> Spread:
        """Return the same runs, told from another zero."""
        return Spread(self.median - start, self.least - start, self.most - start, self.runs)


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value; raises ValueError for none."""
    if not values:
        raise ValueError("there is no spread of nothing")

    return Spread(median(values), min(values), max(values), len(values))


def ratio(one: Spread, other: Spread) -> float:
    """Return the median of ``one`` in medians of ``other``; infinite where that is nothing."""
    return one.median / other.median if other.median else math.inf
