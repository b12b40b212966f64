"""Markers as integers over a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker

from tests.markers.grids import environments, extra, grid, grids, group
from zephyr.model.universal import BASE

if TYPE_CHECKING:
    from zephyr.markers.grid import Grid

A, B, C, D = extra("a"), extra("b"), group("c"), extra("d")


def test_without_conflicts_there_is_one_cell_for_every_environment() -> None:
    whole = grid()

    assert [whole.cell(number).environment for number in range(len(whole))] == list(whole.environments)
    assert not any(whole.cell(number).active for number in range(len(whole)))
    assert whole.everything.bit_count() == len(whole) == len(environments())


def test_of_conflicting_activations_none_is_on_or_one() -> None:
    whole = grid((A, B, C))
    choices = {whole.cell(number).active for number in range(len(whole))}

    assert choices == {frozenset[object](), frozenset({A}), frozenset({B}), frozenset({C})}
    assert len(whole) == 4 * len(whole.environments)


def test_what_is_in_two_sets_is_on_in_both_or_in_none() -> None:
    whole = grid((A, B), (B, D))
    choices = {whole.cell(number).active for number in range(len(whole))}

    assert choices == {
        frozenset[object](),
        frozenset({A}),
        frozenset({B}),
        frozenset({D}),
        frozenset({A, D}),
    }


def test_an_activation_in_conflict_may_be_on_where_it_is_chosen_and_others_anywhere() -> None:
    whole = grid((A, B))
    chosen = whole.admits(A)

    assert [bool(chosen >> number & 1) for number in range(len(whole))] == [
        A in whole.cell(number).active for number in range(len(whole))
    ]
    assert whole.admits(BASE) == whole.admits(D) == whole.everything


def test_a_predicate_chooses_environments_whatever_is_on() -> None:
    whole = grid((A, B))

    assert whole.mask_where(lambda each: each.platform.os_name == "nt") == whole.mask("os_name == 'nt'")


def test_extras_are_set_one_at_a_time() -> None:
    whole = grid()
    marker = "extra == 'Foo_Bar' and os_name == 'nt' or extra != 'foo-bar' and os_name == 'posix'"

    assert whole.mask(marker, "foo-bar") == whole.mask("os_name == 'nt'")
    assert whole.mask(marker, "other") == whole.mask(marker) == whole.mask("os_name == 'posix'")


def test_of_the_level_of_an_operating_system_nothing_is_known() -> None:
    assert grid().mask("platform_release >= '20'") == 0


@pytest.mark.parametrize(
    "marker", ["python_version >", "os_name ~= 'nt'", "'x' in extras", "'a' == 'b'", "nonsense == 'x'"]
)
def test_a_senseless_marker_is_a_value_error_each_time(marker: str) -> None:
    whole = grid()

    for _ in range(2):
        with pytest.raises(ValueError, match=r".+"):
            whole.mask(marker)


COMPARISONS = st.sampled_from(
    [
        "sys_platform == 'win32'",
        "sys_platform in 'linux darwin'",
        "'linux' in sys_platform",
        "platform_machine != 'aarch64'",
        "'3.11' <= python_version",
        "python_full_version < '3.10.7'",
        "python_version ~= '3.10'",
        "implementation_name == 'pypy'",
        "extra == 'x'",
        "os.name == 'nt'",
        "sys_platform == os_name",
    ]
)
MARKERS = st.recursive(
    COMPARISONS,
    lambda inner: st.tuples(inner, st.sampled_from(["and", "or"]), inner).flatmap(
        lambda parts: st.sampled_from([" ".join(parts), f"({' '.join(parts)})"])
    ),
    max_leaves=6,
)


@given(grids(), MARKERS, st.sampled_from(["", "x"]))
@settings(max_examples=100, deadline=None)
def test_a_marker_is_true_in_the_cells_of_its_mask(whole: Grid, marker: str, name: str) -> None:
    mask = whole.mask(marker, name)

    for number in range(len(whole)):
        markers = {**whole.cell(number).environment.markers, "extra": name}
        assert Marker(marker).evaluate(markers) == bool(mask >> number & 1)
