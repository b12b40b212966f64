"""The tables that a run prints, as plain text that is Markdown too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_perf.goals import MEBIBYTE, verdicts
from zephyr_perf.statistics import Spread, ratio, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zephyr_perf.figures import Row
    from zephyr_perf.goals import Verdict
    from zephyr_perf.scenario import Scenario

HEADER = ("tool", "wall", "least to most", "runs", "CPU", "memory", "requests", "by Zephyr's")


def walls_of(rows: Iterable[Row]) -> dict[tuple[str, str], Spread]:
    """Return the wall times that may be compared, by scenario and tool: until the last process ended."""
    return {
        (row.scenario, row.tool): spread([one.settled for one in row.samples])
        for row in rows
        if row.samples and row.failure is None
    }


def peaks_of(rows: Iterable[Row]) -> dict[tuple[str, str], float]:
    """Return the memory of the rows that may be compared, in bytes, by scenario and tool."""
    return {(row.scenario, row.tool): row.peak for row in rows if row.peak and row.failure is None}


def report(scenarios: Sequence[Scenario], rows: Sequence[Row]) -> str:
    """Return everything that there is to tell of a run."""
    walls = walls_of(rows)
    names = {row.scenario for row in rows}
    parts = [
        _scenario(one, [row for row in rows if row.scenario == one.name], walls)
        for one in scenarios
        if one.name in names
    ]
    goals = verdicts(names, walls, peaks_of(rows))

    if goals:
        parts.append(goals_table(goals))

    return "\n\n".join(parts)


def _scenario(scenario: Scenario, rows: Sequence[Row], walls: Mapping[tuple[str, str], Spread]) -> str:
    mine = walls.get((scenario.name, "zephyr"))
    lines = [_row(row, mine) for row in rows]
    notes = [
        f"- {row.tool}: {note}"
        for row in rows
        for note in [*row.notes, *([row.failure] if row.failure else [])]
    ]
    text = f"### {scenario.title} ({scenario.name})\n\n{table(HEADER, lines)}"

    return "\n".join([text, "", *notes]) if notes else text


def _row(row: Row, mine: Spread | None) -> tuple[str, ...]:
    if not row.samples or row.failure is not None:
        return (row.tool, "no figures", *[""] * (len(HEADER) - 2))

    wall = spread([one.settled for one in row.samples])
    cpu = spread([one.cpu for one in row.samples])

    return (
        row.tool,
        seconds(wall.median),
        f"{seconds(wall.least)} to {seconds(wall.most)}",
        str(wall.runs),
        seconds(cpu.median),
        f"{row.peak / MEBIBYTE:.0f} MB" if row.peak else "",
        str(row.samples[-1].requests),
        f"{ratio(wall, mine):.2f}" if mine else "",
    )


def goals_table(goals: Sequence[Verdict]) -> str:
    """Return what was to be reached, and whether it is."""
    lines = [
        (one.what, *_found(one), number(one.limit), one.unit, "yes" if one.is_reached else "no")
        for one in goals
    ]
    header = ("goal", "found", "least to most", "runs", "at most", "unit", "reached")
    reached = sum(one.is_reached for one in goals)

    return f"### Goals\n\n{reached} of {len(lines)} are reached.\n\n{table(header, lines)}"


def _found(verdict: Verdict) -> tuple[str, str, str]:
    found = verdict.found

    if found is None:
        return "no figures", "", ""

    return number(found.median), f"{number(found.least)} to {number(found.most)}", str(found.runs)


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a table with even columns, the first flush left and the others right."""
    widths = [max(len(line[column]) for line in (header, *lines)) for column in range(len(header))]

    def shown(cells: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )

        return f"| {' | '.join((first, *others))} |"

    rule = [
        f"{'-' * width}" if column == 0 else f"{'-' * (width - 1)}:" for column, width in enumerate(widths)
    ]

    return "\n".join((shown(header), shown(rule), *map(shown, lines)))


def seconds(value: float) -> str:
    """Return a time with three digits that count."""
    if value < 1:
        return f"{value * 1000:.0f} ms" if value >= 0.1 else f"{value * 1000:.1f} ms"

    return f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def number(value: float) -> str:
    """Return a ratio or an amount with what digits are of use."""
    return f"{value:.3f}" if 0 < value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
