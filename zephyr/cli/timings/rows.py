"""Which stretches share a row of a timeline: as few rows as there was work at once."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.cli.timings.spans import Span

RESOURCES = ("main", "network", "disk", "build", "link", "wheel")
"""The order of the lanes, from top to bottom; ``wheel`` merely waits for others."""


def lanes(spans: Sequence[Span]) -> dict[str, list[list[Span]]]:
    """Return for each resource its rows, in which no stretch overlaps another."""
    of_resource: dict[str, list[Span]] = {resource: [] for resource in RESOURCES}

    for span in spans:
        of_resource.setdefault(span.resource, []).append(span)

    return {resource: rows(its) for resource, its in of_resource.items() if its}


def rows(spans: Sequence[Span]) -> list[list[Span]]:
    """Return ``spans``, which come in order of their begin, in rows: the uppermost that is free."""
    made: list[list[Span]] = []
    busy: list[tuple[float, int]] = []
    free: list[int] = []

    for span in spans:
        while busy and busy[0][0] <= span.begin:
            heappush(free, heappop(busy)[1])

        if not free:
            heappush(free, len(made))
            made.append([])

        place = heappop(free)
        made[place].append(span)
        heappush(busy, (span.end, place))

    return made
