from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_perf.statistics import Spread, growth, ratio, spread

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


def test_growth_is_what_the_larger_costs_in_terms_of_the_smaller() -> None:
    assert growth(spread([2]), spread([10])) == 5
