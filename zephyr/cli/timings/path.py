"""The critical path: from the end back to the begin, what was waited for each time."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from zephyr.cli.timings.spans import working
from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from zephyr.cli.timings.spans import Span, Timings

AT_ONCE = 0.0002
"""Seconds between an end and a begin that are taken for one moment."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of the path, and what lay between it and the next; seconds."""

    span: Span
    gap: float
    """From its end to the begin of the next, or to the end of all: what no event tells of."""


def critical_path(timings: Timings) -> list[Leg]:
    """Return the legs in the order of time.

    What a stretch waited for is taken to be what ended last before it began; of several that ended at once it
    is the one of the same package, or else the longest. The events do not tell who asked for whom: it is the
    most likely chain, and its legs and gaps add up to the whole time.
    """
    spans = sorted(working(timings.spans), key=lambda span: span.end)
    ends = [span.end for span in spans]
    legs: list[Leg] = []
    moment, package = timings.total, ""

    while (found := _before(spans, ends, moment, package)) is not None:
        legs.append(Leg(found, max(0.0, moment - found.end)))
        moment, package = found.begin, found.package

    return legs[::-1]


def _before(spans: list[Span], ends: list[float], moment: float, package: str) -> Span | None:
    place = bisect_right(ends, moment + AT_ONCE)
    candidates: list[Span] = []

    while place and (not candidates or ends[place - 1] >= candidates[0].end - AT_ONCE):
        place -= 1

        # One that began no earlier would lead nowhere.
        if spans[place].begin < moment:
            candidates.append(spans[place])

    if not candidates:
        return None

    return max(candidates, key=lambda span: (span.package == package and package != "", span.seconds))
