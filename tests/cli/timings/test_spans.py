from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.timings import span
from zephyr.cli.timings.rows import rows
from zephyr.cli.timings.spans import covered, package_of, spans_of, working
from zephyr.graph.events import (
    Notice,
    Step,
    TaskCancelled,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskQueued,
    TaskStarted,
)
from zephyr.graph.node import Resource

if TYPE_CHECKING:
    from zephyr.cli.timings.spans import Span

DEMO = (("download", "https://index.example/demo"), "demo-1.0-py3-none-any.whl", Resource.NETWORK)


@st.composite
def drawn_spans(draw: st.DrawFn) -> list[Span]:
    times = draw(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), min_size=1, max_size=30))

    return [
        span("download", f"p{place}", begin, begin + long)
        for place, (begin, long) in enumerate(sorted(times))
    ]


def test_a_task_is_a_stretch_from_its_start_to_its_end() -> None:
    events = [
        TaskQueued(*DEMO, 10.0),
        TaskStarted(*DEMO, 11.0),
        TaskProgressed(*DEMO, 11.5, 700),
        TaskFinished(*DEMO, 12.0),
    ]

    assert spans_of(events, 10.0) == [span("download", DEMO[1], 1.0, 2.0, size=700)]


def test_what_failed_or_was_stopped_says_so() -> None:
    other = (("metadata", "x"), "other", Resource.NETWORK)
    events = [
        TaskStarted(*DEMO, 1.0),
        TaskStarted(*other, 2.0),
        TaskFailed(*DEMO, 3.0, ValueError("no")),
        TaskCancelled(*other, 4.0),
    ]

    assert [one.outcome for one in spans_of(events, 0.0)] == ["failed", "cancelled"]


def test_what_was_never_started_leaves_no_stretch() -> None:
    assert (
        spans_of([TaskQueued(*DEMO, 1.0), TaskCancelled(*DEMO, 2.0), Notice("info", "hello", 3.0)], 0.0) == []
    )


def test_a_step_is_a_stretch_of_the_main_thread_unless_it_names_a_resource() -> None:
    spans = spans_of([Step("plan", "", None, 1.0, 2.0), Step("stage", "demo", Resource.LINK, 1.5, 1.75)], 0.0)

    assert [(one.kind, one.resource, one.begin, one.end) for one in spans] == [
        ("plan", "main", 1.0, 2.0),
        ("stage", "link", 1.5, 1.75),
    ]


def test_the_package_of_a_file_is_its_normalised_name() -> None:
    labels = ["Demo_Pack-1.0-py3-none-any.whl", "demo-pack-1.0.tar.gz", "demo-pack", "from what is cached"]

    assert [package_of(label) for label in labels] == ["demo-pack", "demo-pack", "demo-pack", ""]


def test_a_stretch_that_lasts_as_long_as_others_inside_it_is_no_work_itself() -> None:
    resolve = span("resolve", "", 0, 5, resource="main")
    inside = [span("listing", "a", 1, 2), span("download", "b", 3, 4)]
    plan = span("plan", "", 5, 6, resource="main")

    assert working([resolve, *inside, plan]) == [*inside, plan]


@given(drawn_spans())
def test_covered_time_is_the_length_of_the_union(spans: list[Span]) -> None:
    moments = {moment for one in spans for moment in range(int(one.begin), int(one.end))}

    assert covered(spans) == len(moments)


@given(drawn_spans())
def test_no_two_stretches_of_a_row_overlap_and_there_are_no_more_rows_than_were_needed(
    spans: list[Span],
) -> None:
    made = rows(spans)
    at_once = max(sum(one.begin <= moment < one.end for one in spans) for moment in range(71))

    assert sorted((one for row in made for one in row), key=spans.index) == spans
    assert all(before.end <= after.begin for row in made for before, after in itertools.pairwise(row))
    assert len(made) == at_once
