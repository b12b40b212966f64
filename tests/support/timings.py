"""Stretches of time for the tests of ``--timings``."""

from __future__ import annotations

from zephyr.cli.timings.spans import Span, Timings


def span(
    kind: str,
    label: str,
    begin: float,
    end: float,
    *,
    resource: str = "network",
    size: int | None = None,
    outcome: str = "finished",
) -> Span:
    """Return a stretch; of the network, unless said otherwise."""
    return Span(kind, label, resource, begin, end, size, outcome)


def an_install() -> Timings:
    """Return what an install of two packages might give."""
    return Timings(
        "zephyr install",
        2.0,
        (
            span("start", "", 0.0, 0.25, resource="main"),
            span("resolve", "", 0.25, 1.0, resource="main"),
            span("listing", "demo", 0.25, 0.5),
            span("metadata", "demo-1.0-py3-none-any.whl", 0.5, 0.75),
            span("listing", "small", 0.75, 1.0),
            span("download", "demo-1.0-py3-none-any.whl", 0.75, 1.25, size=5_000_000),
            span("download", "small-2.0-py3-none-any.whl", 1.0, 1.125, size=1_000),
            span("unpack", "small-2.0-py3-none-any.whl", 1.125, 1.25, resource="disk"),
            span("unpack", "demo-1.0-py3-none-any.whl", 1.25, 1.5, resource="disk"),
            span("stage", "demo-1.0-py3-none-any.whl", 1.5, 1.75, resource="link"),
            span("commit", "", 1.75, 1.875, resource="main"),
        ),
    )
