from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zephyr.solver.version_set import (
    any_version,
    everything,
    is_positive,
    newest,
    oldest,
    places,
    runs,
    single,
)

SETS = st.integers(1, 2**40).map(lambda number: number << 1)
"""Version sets that hold a version."""


def test_everything_holds_all_versions_and_not_selected() -> None:
    assert everything(3) == 0b1111
    assert everything(0) == 0b1


def test_any_version_leaves_out_not_selected() -> None:
    assert any_version(3) == 0b1110
    assert any_version(0) == 0


def test_a_term_is_positive_where_it_demands_a_selection() -> None:
    assert is_positive(single(0))
    assert not is_positive(everything(3))


@given(SETS)
def test_newest_and_oldest_are_the_ends_of_the_places(versions: int) -> None:
    listed = list(places(versions))
    assert (listed[0], listed[-1]) == (oldest(versions), newest(versions))


@given(SETS)
def test_places_and_not_selected_make_up_the_set(versions: int) -> None:
    assert sum(single(place) for place in places(versions | 1)) == versions


@given(SETS)
def test_runs_are_unbroken_apart_and_cover_the_set(versions: int) -> None:
    covered = list(runs(versions))
    assert [place for first, last in covered for place in range(first, last + 1)] == list(places(versions))
    assert all(end + 1 < start for (_, end), (start, _) in pairwise(covered))


def test_the_empty_set_has_no_runs() -> None:
    assert list(runs(1)) == []
