"""The timings as a trace: JSON of the Trace Event Format, which Perfetto and browsers' own tools open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from zephyr.cli.timings.path import critical_path
from zephyr.cli.timings.rows import lanes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from zephyr.cli.timings.spans import Span, Timings

PROCESS = 1
PATH = 0
"""The thread that shows the critical path; the others are the rows of the resources."""


def trace_text(timings: Timings) -> str:
    """Return the document; its times are microseconds since the process began."""
    return json.dumps({"displayTimeUnit": "ms", "traceEvents": list(_events(timings))}, separators=(",", ":"))


def _events(timings: Timings) -> Iterator[Mapping[str, Any]]:
    yield _name("process_name", PATH, timings.command)
    yield _name("thread_name", PATH, "critical path")

    for leg in critical_path(timings):
        yield _complete(leg.span, PATH)

    thread = PATH

    for resource, rows in lanes(timings.spans).items():
        for place, row in enumerate(rows, start=1):
            thread += 1
            yield _name("thread_name", thread, f"{resource} {place}" if len(rows) > 1 else resource)

            for span in row:
                yield _complete(span, thread)


def _name(kind: str, thread: int, name: str) -> Mapping[str, Any]:
    return {"ph": "M", "pid": PROCESS, "tid": thread, "name": kind, "args": {"name": name}}


def _complete(span: Span, thread: int) -> Mapping[str, Any]:
    said = {"label": span.label, "outcome": span.outcome, "size": span.size}

    return {
        "ph": "X",
        "pid": PROCESS,
        "tid": thread,
        "name": f"{span.kind} {span.label}".rstrip(),
        "cat": span.kind,
        "ts": round(span.begin * 1_000_000),
        "dur": round(span.seconds * 1_000_000),
        "args": {name: value for name, value in said.items() if value},
    }
