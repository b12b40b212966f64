from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_perf.statistics import Spread, ratio, spread

TIMES = st.lists(st.floats(0.001, 1000), min_size=1, max_size=9)


@given(TIMES)
def test_a_median_lies_within_its_spread(times: list[float]) -> None:
    found = spread(times)

    assert found.least <= found.median <= found.most
    assert found.runs == len(times)


def test_there_is_no_spread_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        spread([])


def test_a_ratio_is_of_medians() -> None:
    assert ratio(spread([1, 2, 9]), spread([4, 4, 4])) == 0.5
    assert ratio(spread([1]), Spread(0, 0, 0, 1)) == math.inf


def test_runs_can_be_told_in_another_unit_and_from_another_zero() -> None:
    runs = spread([2, 4, 8])

    assert runs.times(1 / 2) == spread([1, 2, 4])
    assert runs.beyond(2) == spread([0, 2, 6])
