from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.timings import an_install, span
from zephyr.cli.timings.path import critical_path
from zephyr.cli.timings.spans import Timings


def test_the_path_goes_through_what_ended_last_before_each_begin() -> None:
    legs = critical_path(an_install())

    assert [(leg.span.kind, leg.span.package) for leg in legs] == [
        ("start", ""),
        ("listing", "demo"),
        ("metadata", "demo"),
        ("download", "demo"),
        ("unpack", "demo"),
        ("stage", "demo"),
        ("commit", ""),
    ]


def test_of_two_that_ended_at_once_the_one_of_the_same_package_was_waited_for() -> None:
    spans = (
        span("download", "other-1.0-py3-none-any.whl", 0.0, 1.0),
        span("download", "demo-1.0-py3-none-any.whl", 0.5, 1.0),
        span("unpack", "demo-1.0-py3-none-any.whl", 1.0, 2.0),
    )

    assert [leg.span.package for leg in critical_path(Timings("", 2.0, spans))] == ["demo", "demo"]


def test_what_nothing_tells_of_is_a_gap() -> None:
    (leg,) = critical_path(Timings("", 3.0, (span("listing", "demo", 0.0, 1.0),)))

    assert leg.gap == 2.0


def test_without_any_stretch_there_is_no_path() -> None:
    assert critical_path(Timings("", 1.0, ())) == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), min_size=1, max_size=25),
    st.integers(0, 10),
)
def test_legs_and_gaps_never_overlap_and_add_up_to_the_time_since_the_first(
    times: list[tuple[int, int]], rest: int
) -> None:
    spans = tuple(
        span("download", f"p{place}", begin, begin + long)
        for place, (begin, long) in enumerate(sorted(times))
    )
    total = max(one.end for one in spans) + rest
    legs = critical_path(Timings("", total, spans))

    if legs:
        said = sum(leg.span.seconds + leg.gap for leg in legs)
        assert said == pytest.approx(total - legs[0].span.begin)
        assert all(one.span.end <= other.span.begin for one, other in itertools.pairwise(legs))
