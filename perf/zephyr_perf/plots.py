"""Plots of a record as SVG: bars for each group of scenarios, lines for how cost grows."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from zephyr_perf.report import seconds, walls_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zephyr_perf.record import Record
    from zephyr_perf.scenario import Scenario
    from zephyr_perf.statistics import Spread

COLOURS = {
    "zephyr": "#0b7a75",
    "uv": "#b4469c",
    "pip": "#3b6ea8",
    "poetry": "#8a8d91",
    "pdm": "#c28a2c",
    "python": "#c9ccd1",
}
FONT = "font-family='system-ui, sans-serif' font-size='12'"
WIDTH, BAR, LEFT, ROOM = 760, 15, 70, 90
SIDE, GAP, TOP = 170, 60, 30
STYLE = "<style>text{fill:#24292f}@media (prefers-color-scheme: dark){text{fill:#d0d7de}}</style>"


def plots(scenarios: Sequence[Scenario], record: Record) -> dict[str, str]:
    """Return file names and their SVG, one for each group of which there are figures."""
    walls = walls_of(record.rows)
    groups = dict.fromkeys(one.group for one in scenarios if one.size is None)
    drawn = {
        f"{group}.svg": bars([one for one in scenarios if one.group == group], walls)
        for group in groups
        if any(one.group == group and (one.name, "zephyr") in walls for one in scenarios)
    }
    sized = [one for one in scenarios if one.size is not None and (one.name, "zephyr") in walls]

    return {**drawn, "growth.svg": growth(sized, walls)} if sized else drawn


def bars(scenarios: Iterable[Scenario], walls: Mapping[tuple[str, str], Spread]) -> str:
    """Return bars, the scenarios below each other; each has a scale of its own, up to its slowest tool."""
    parts: list[str] = []
    top = 10

    for scenario in scenarios:
        found = [
            (tool, walls[scenario.name, tool]) for tool in scenario.tools if (scenario.name, tool) in walls
        ]

        if not found:
            continue

        parts.append(f"<text x='8' y='{top + 14}' font-weight='600'>{escape(scenario.title)}</text>")
        top += 22
        most = max(one.most for _, one in found)

        for tool, spread in found:
            parts.append(_bar(top, tool, spread, most))
            top += BAR + 4

        top += 12

    return _svg(WIDTH, top, parts)


def _bar(top: int, tool: str, spread: Spread, most: float) -> str:
    room = WIDTH - LEFT - ROOM
    width = max(1.0, room * spread.median / most)
    least, end = (LEFT + room * value / most for value in (spread.least, spread.most))
    middle, colour = top + BAR / 2, COLOURS.get(tool, "#999")

    return (
        f"<text x='{LEFT - 8}' y='{top + 12}' text-anchor='end'>{escape(tool)}</text>"
        f"<rect x='{LEFT}' y='{top}' width='{width:.1f}' height='{BAR}' rx='2' fill='{colour}'/>"
        f"<path d='M{least:.1f} {middle}H{end:.1f}' stroke='#6e7781' stroke-width='1.5'/>"
        f"<text x='{max(end, LEFT + width) + 6:.1f}' y='{top + 12}'>{seconds(spread.median)}</text>"
    )


def growth(scenarios: Sequence[Scenario], walls: Mapping[tuple[str, str], Spread]) -> str:
    """Return one panel for each step: time against number of packages, both on scales of powers of ten."""
    groups = list(dict.fromkeys(one.group for one in scenarios))
    names = {one.name for one in scenarios}
    values = [spread.median for (name, _), spread in walls.items() if name in names]
    scale = Scale(
        [math.log10(one.size) for one in scenarios if one.size],
        (math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))),
    )
    parts: list[str] = []

    for panel, group in enumerate(groups):
        left = GAP + panel * (SIDE + GAP)
        parts += _panel(left, [one for one in scenarios if one.group == group], walls, scale)

    parts += _legend(dict.fromkeys(tool for one in scenarios for tool in one.tools), TOP + SIDE + 36)

    return _svg(GAP + len(groups) * (SIDE + GAP), TOP + SIDE + 50, parts)


class Scale:
    """Where sizes and times are in a panel, counted from its upper left corner."""

    def __init__(self, sizes: Sequence[float], powers: tuple[int, int]) -> None:
        """``sizes`` are logarithms; ``powers`` those of ten between which all times lie."""
        self._least = min(sizes)
        self._sizes = (max(sizes) - min(sizes)) or 1
        self.powers = powers

    def across(self, size: float) -> float:
        """Return how far from the left a number of packages is."""
        return SIDE * (math.log10(size) - self._least) / self._sizes

    def down(self, value: float) -> float:
        """Return how far from the top a time is."""
        low, high = self.powers

        return SIDE * (high - math.log10(value)) / ((high - low) or 1)


def _panel(
    left: int, scenarios: Sequence[Scenario], walls: Mapping[tuple[str, str], Spread], scale: Scale
) -> Iterable[str]:
    low, high = scale.powers
    step = scenarios[0].group.removeprefix("growth-")

    yield f"<text x='{left}' y='20' font-weight='600'>{escape(step)}</text>"
    yield f"<rect x='{left}' y='{TOP}' width='{SIDE}' height='{SIDE}' fill='none' stroke='#8c959f'/>"

    for power in range(low, high + 1):
        value = 10.0**power
        word = f"{value:g} s" if power >= 0 else f"{value * 1000:g} ms"
        yield f"<text x='{left - 4}' y='{TOP + scale.down(value) + 4:.0f}' text-anchor='end'>{word}</text>"

    for one in scenarios:
        x = left + scale.across(one.size or 1)
        yield f"<text x='{x:.0f}' y='{TOP + SIDE + 16}' text-anchor='middle'>{one.size}</text>"

    for tool in scenarios[0].tools:
        found = [
            (one.size or 1, walls[one.name, tool].median) for one in scenarios if (one.name, tool) in walls
        ]
        yield _line([(left + scale.across(size), TOP + scale.down(value)) for size, value in found], tool)


def _line(points: Sequence[tuple[float, float]], tool: str) -> str:
    colour = COLOURS.get(tool, "#999")
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{colour}'/>" for x, y in points)

    return f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>{dots}"


def _legend(tools: Iterable[str], y: int) -> list[str]:
    return [
        f"<rect x='{50 + 90 * place}' y='{y}' width='10' height='10' fill='{COLOURS.get(tool, '#999')}'/>"
        f"<text x='{64 + 90 * place}' y='{y + 10}'>{escape(tool)}</text>"
        for place, tool in enumerate(tools)
    ]


def _svg(width: int, height: int, parts: Iterable[str]) -> str:
    size = f"viewBox='0 0 {width} {height}' width='{width}' height='{height}'"
    head = f"<svg xmlns='http://www.w3.org/2000/svg' {size} {FONT}>"

    return "\n".join((head, STYLE, *parts, "</svg>", ""))
