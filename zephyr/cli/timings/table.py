"""The timings as lines of text: by phase, by package, and the critical path."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from zephyr.cli.output import plural, shown_size
from zephyr.cli.timings.path import critical_path
from zephyr.cli.timings.spans import covered, working

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zephyr.cli.timings.path import Leg
    from zephyr.cli.timings.spans import Span, Timings

MOST_PACKAGES = 10
SHORT = 0.01
"""The part of the whole time below which a leg of the critical path is not shown by itself."""

STAGES = {
    "listing": "index",
    "metadata": "index",
    "download": "download",
    "unpack": "unpack",
    "build": "build",
    "compile": "build",
    "stage": "link",
}
"""Kind of stretch to the column of a package's row."""

COLUMNS = tuple(dict.fromkeys(STAGES.values()))


def lines(timings: Timings) -> list[str]:
    """Return the three tables."""
    return [
        f"Timings of {timings.command}: {milliseconds(timings.total)}",
        "",
        *columns(("phase", "elapsed", "work", "tasks", "longest"), phases(timings)),
        "",
        *_packages(timings),
        "Critical path",
        *columns(("", "at", "took"), path_rows(critical_path(timings), timings.total)),
    ]


def phases(timings: Timings) -> list[tuple[str, ...]]:
    """Return a row for each kind: how long one or more went on, the sum, how many there were, the longest."""
    of_kind: dict[str, list[Span]] = defaultdict(list)

    for span in timings.spans:
        of_kind[span.kind].append(span)

    return [
        (
            kind,
            milliseconds(covered(spans)),
            milliseconds(sum(span.seconds for span in spans)),
            str(len(spans)),
            _longest(spans),
        )
        for kind, spans in of_kind.items()
    ]


def _longest(spans: Sequence[Span]) -> str:
    longest = max(spans, key=lambda span: span.seconds)

    return f"{longest.label} {milliseconds(longest.seconds)}" if len(spans) > 1 else longest.label


def _packages(timings: Timings) -> list[str]:
    rows = packages(timings)

    if not rows:
        return []

    more = len({span.package for span in timings.spans if span.kind in STAGES}) - len(rows)
    rest = [f"and {plural(more, 'package')} more"] if more else []

    return [*columns(("package", *COLUMNS, "size", "sum"), rows), *rest, ""]


def packages(timings: Timings) -> list[tuple[str, ...]]:
    """Return a row for each of the slowest packages: the time of each stage, bytes downloaded, the sum."""
    spans: dict[str, list[Span]] = defaultdict(list)

    for span in working(timings.spans):
        if span.kind in STAGES and span.package:
            spans[span.package].append(span)

    costliest = sorted(spans.items(), key=lambda item: -sum(span.seconds for span in item[1]))

    return [_package(name, its) for name, its in costliest[:MOST_PACKAGES]]


def _package(name: str, spans: Iterable[Span]) -> tuple[str, ...]:
    seconds: dict[str, float] = dict.fromkeys(COLUMNS, 0.0)
    size = 0

    for span in spans:
        seconds[STAGES[span.kind]] += span.seconds
        size += (span.size or 0) if span.kind == "download" else 0

    return (
        name,
        *(milliseconds(seconds[column]) if seconds[column] else "" for column in COLUMNS),
        shown_size(size) if size else "",
        milliseconds(sum(seconds.values())),
    )


def path_rows(legs: Sequence[Leg], total: float) -> list[tuple[str, ...]]:
    """Return the legs and gaps that matter, in the order of time, and the sum of all others."""
    rows: list[tuple[str, ...]] = []
    short: list[float] = []

    for leg in legs:
        said = (
            (f"{leg.span.kind} {leg.span.label}".rstrip(), leg.span.begin, leg.span.seconds),
            ("between", leg.span.end, leg.gap),
        )

        for what, begin, seconds in said:
            if seconds >= total * SHORT:
                rows.append((what, milliseconds(begin), milliseconds(seconds)))
            elif seconds > 0:
                short.append(seconds)

    if short:
        rows.append((f"{len(short)} shorter", "", milliseconds(sum(short))))

    return rows


def columns(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return aligned lines: words flush left, which are the first column and ``longest``, figures right."""
    table = [tuple(header), *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(header))]
    words = {0, *(place for place, name in enumerate(header) if name == "longest")}

    def cell(text: str, place: int) -> str:
        return text.ljust(widths[place]) if place in words else text.rjust(widths[place])

    return ["  ".join(cell(text, place) for place, text in enumerate(row)).rstrip() for row in table]


def milliseconds(seconds: float) -> str:
    """Return a time in the unit in which it is read best."""
    if seconds >= 10:
        return f"{seconds:.1f} s"

    if seconds >= 1:
        return f"{seconds:.2f} s"

    return f"{seconds * 1000:.0f} ms" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"
