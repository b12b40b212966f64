"""The timings as a page: a timeline that opens in a browser by itself, and the tables below it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from zephyr.cli.timings.path import critical_path
from zephyr.cli.timings.rows import lanes
from zephyr.cli.timings.table import lines, milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr.cli.timings.spans import Span, Timings

TICKS = 10

STYLE = """
:root { color-scheme: light dark; --ink: #24292f; --paper: #fff; --line: #d8dee4; --faint: #57606a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #d0d7de; --paper: #16191d; --line: #343b44; --faint: #8b949e; }
}
body { margin: 1.5rem; font: 14px system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.3rem; } label { color: var(--faint); } input { width: 20rem; vertical-align: middle; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0; }
.time { position: relative; width: calc(100% * var(--zoom, 1)); padding-top: 22px; }
.lane { position: relative; border-top: 1px solid var(--line); padding: 18px 0 4px; }
.lane > b { position: sticky; left: 6px; float: left; margin-top: -17px; font-size: 12px; color: var(--faint);
} .row { position: relative; height: 15px; clear: both; }
.row > i { position: absolute; height: 13px; min-width: 1px; overflow: hidden; white-space: nowrap;
border-radius: 2px;
  font: 10px/13px system-ui, sans-serif; color: #fff; padding-left: 2px; box-sizing: border-box; }
.row > i:hover { outline: 2px solid var(--ink); z-index: 1; }
.tick { position: absolute; top: 0; bottom: 0; border-left: 1px dotted var(--line); font-size: 11px;
padding-left: 3px;
  color: var(--faint); }
.path { box-shadow: inset 0 -3px 0 #d1242f; }
.failed { background: #82071e !important; } .cancelled { opacity: .45; }
"""

COLOURS = {
    "start": "#8c959f",
    "look": "#6e7781",
    "resolve": "#a5784a",
    "listing": "#5e81ac",
    "metadata": "#7ea0c4",
    "download": "#1f6feb",
    "wheel": "#9aa4af",
    "unpack": "#1a7f37",
    "build": "#bc4c00",
    "compile": "#9a6700",
    "stage": "#8250df",
    "plan": "#bf3989",
    "commit": "#d1242f",
    "other": "#57606a",
}
"""Of each kind of stretch; kinds without one are ``other``."""


def page_text(timings: Timings) -> str:
    """Return the document; it needs nothing beside it, and its one script is that of the zoom."""
    title = f"{escape(timings.command)}: {milliseconds(timings.total)}"
    tables = escape("\n".join(lines(timings)))

    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>{STYLE}{"".join(_colours())}</style>
</head>
<body>
<h1>{title}</h1>
<p>Red below a bar: the critical path. <label>Zoom <input type="range" min="1" max="50" value="1" step="0.5"
oninput="document.querySelector('.time').style.setProperty('--zoom', this.value)"></label></p>
<div class="scroll"><div class="time">
{"".join(_ticks(timings.total))}
{"".join(_lanes(timings))}
</div></div>
<pre>{tables}</pre>
</body>
</html>
"""


def _colours() -> Iterator[str]:
    for kind, colour in COLOURS.items():
        yield f".{kind} {{ background: {colour}; }}\n"


def _ticks(total: float) -> Iterator[str]:
    for tick in range(TICKS):
        share = tick / TICKS
        yield f'<div class="tick" style="left:{share:.0%}">{milliseconds(total * share)}</div>\n'


def _lanes(timings: Timings) -> Iterator[str]:
    critical = {leg.span for leg in critical_path(timings)}

    for resource, rows in lanes(timings.spans).items():
        yield f'<div class="lane"><b>{escape(resource)}</b>\n'

        for row in rows:
            bars = [_bar(span, timings.total, is_critical=span in critical) for span in row]
            yield f'<div class="row">{"".join(bars)}</div>\n'

        yield "</div>\n"


def _bar(span: Span, total: float, *, is_critical: bool) -> str:
    kinds = [span.kind if span.kind in COLOURS else "other"]
    kinds += [span.outcome] if span.outcome != "finished" else []
    kinds += ["path"] if is_critical else []
    label = escape(f"{span.kind} {span.label}".rstrip(), quote=True)
    size = f", {span.size} bytes" if span.size and span.kind == "download" else ""
    said = f"{label}: {milliseconds(span.seconds)} at {milliseconds(span.begin)}{size}"
    left, width = 100 * span.begin / total, 100 * span.seconds / total
    shown = escape(span.package or span.kind)

    return (
        f'<i class="{" ".join(kinds)}" style="left:{left:.3f}%;width:{width:.3f}%" title="{said}">{shown}</i>'
    )
