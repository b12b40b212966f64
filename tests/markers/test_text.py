"""Masks as markers that a person can read."""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.markers import Marker

from tests.markers.grids import ACTIVATIONS, environments, extra, grid, grids, group, holds, masks
from zephyr.markers.grid import Grid
from zephyr.markers.text import MarkerWriter
from zephyr.model.universal import BASE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.model.universal import Activation


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("os_name == 'nt'", "sys_platform == 'win32'"),
        ("platform_system != 'Windows'", "sys_platform != 'win32'"),
        ("sys_platform == 'linux' or sys_platform == 'darwin'", "sys_platform != 'win32'"),
        ("platform_machine == 'arm64'", "platform_machine == 'arm64'"),
        ("python_version > '3.11'", "python_version >= '3.12'"),
        ("python_full_version < '3.13' and python_version >= '3.1'", "python_version < '3.13'"),
        ("python_version == '3.12.*'", "python_version == '3.12'"),
        (
            "python_version < '3.12' and os_name == 'nt'",
            "python_version < '3.12' and sys_platform == 'win32'",
        ),
        (
            "python_version in '3.12 3.13' and sys_platform == 'darwin'",
            "python_version >= '3.12' and python_version < '3.14' and sys_platform == 'darwin'",
        ),
        (
            "sys_platform == 'linux' and platform_machine == 'x86_64'",
            "sys_platform == 'linux' and platform_machine == 'x86_64'",
        ),
        (
            "sys_platform == 'win32' or platform_machine == 'aarch64'",
            "platform_machine == 'aarch64' or sys_platform == 'win32'",
        ),
        (
            "python_version < '3.12' or python_version >= '3.14'",
            "python_version < '3.12' or python_version >= '3.14'",
        ),
        (
            "python_version < '3.13' and (sys_platform == 'win32' or platform_machine == 'aarch64')",
            "python_version < '3.13' and (platform_machine == 'aarch64' or sys_platform == 'win32')",
        ),
        (
            "python_version < '3.12' or python_version < '3.13' and sys_platform == 'win32'",
            "python_version < '3.12' or (python_version < '3.13' and sys_platform == 'win32')",
        ),
        (
            "python_version < '3.14' and platform_machine in 'aarch64 ppc64le x86_64 amd64 AMD64'",
            "python_version < '3.14' and platform_machine != 'arm64'",
        ),
    ],
)
def test_the_simplest_form_is_written(given: str, written: str) -> None:
    whole = grid()

    assert MarkerWriter(whole).environment_marker(whole.mask(given)) == written


def test_what_always_holds_needs_no_marker() -> None:
    whole = grid()

    assert MarkerWriter(whole).environment_marker(whole.everything) is None


def test_nowhere_has_no_marker() -> None:
    whole = grid()

    with pytest.raises(ValueError, match="No cell"):
        MarkerWriter(whole).environment_marker(0)

    with pytest.raises(ValueError, match="applies nowhere"):
        MarkerWriter(whole).pin_marker({extra("a"): 0})


CPU, CUDA = extra("cpu"), extra("cuda")


@pytest.mark.parametrize(
    ("masks", "written"),
    [
        ({BASE: "sys_platform == 'linux'"}, "sys_platform == 'linux'"),
        ({extra("x"): "", group("dev"): ""}, "'x' in extras or 'dev' in dependency_groups"),
        (
            {BASE: "sys_platform == 'linux'", group("dev"): ""},
            "sys_platform == 'linux' or 'dev' in dependency_groups",
        ),
        (
            {BASE: "sys_platform == 'linux'", group("dev"): "platform_machine == 'aarch64'"},
            "sys_platform == 'linux'",
        ),
        (
            {extra("x"): "os_name == 'nt'", extra("y"): "os_name == 'nt'", group("dev"): ""},
            "(('x' in extras or 'y' in extras) and sys_platform == 'win32') or 'dev' in dependency_groups",
        ),
        ({CPU: "", CUDA: ""}, "'cpu' in extras or 'cuda' in extras"),
        ({CUDA: "os_name == 'nt'"}, "'cuda' in extras and sys_platform == 'win32'"),
    ],
)
def test_a_pin_is_wanted_by_any_activation_that_is_on(masks: dict[Activation, str], written: str) -> None:
    whole = grid((CPU, CUDA))
    given = {each: whole.mask(marker) if marker else whole.everything for each, marker in masks.items()}

    assert MarkerWriter(whole).pin_marker(given) == written


def test_what_the_project_itself_always_needs_has_no_marker() -> None:
    whole = grid((CPU, CUDA))

    assert MarkerWriter(whole).pin_marker({BASE: whole.everything, CPU: 1}) is None


def test_a_choice_between_conflicting_activations_is_said_by_their_names() -> None:
    whole = grid((CPU, CUDA))
    writer = MarkerWriter(whole)
    cpu, cuda = whole.admits(CPU), whole.admits(CUDA)

    assert writer.pin_marker({BASE: cuda}) == "'cuda' in extras"
    assert writer.pin_marker({BASE: whole.everything & ~cuda}) == "'cuda' not in extras"
    assert writer.pin_marker({BASE: whole.everything & ~cpu & ~cuda}) == (
        "'cpu' not in extras and 'cuda' not in extras"
    )
    assert writer.pin_marker({group("dev"): whole.everything & ~cuda}) == (
        "'dev' in dependency_groups and 'cuda' not in extras"
    )


def test_a_cut_within_a_minor_is_written_with_its_patch_level() -> None:
    whole = Grid(environments(">=3.11", cuts=["3.12.4"]))

    assert MarkerWriter(whole).environment_marker(whole.mask("python_full_version < '3.12.4'")) == (
        "python_full_version < '3.12.4'"
    )
    assert MarkerWriter(whole).environment_marker(whole.mask("python_full_version == '3.12.4'")) == (
        "python_full_version >= '3.12.4' and python_version < '3.13'"
    )


def test_a_pre_release_of_python_belongs_to_its_minor() -> None:
    whole = grid()
    writer = MarkerWriter(whole)
    old, new = (
        writer.environment_marker(whole.mask(f"python_version {each} '3.15'")) for each in ("<", ">=")
    )
    preview = {**whole.environments[0].markers, "python_full_version": "3.15.0rc1"}

    assert old is not None
    assert new is not None
    assert not Marker(old).evaluate(preview)
    assert Marker(new).evaluate(preview)


@given(grids(), st.data())
@settings(max_examples=50, deadline=None)
def test_a_marker_holds_in_exactly_its_cells(whole: Grid, data: st.DataObject) -> None:
    mask = data.draw(masks(whole))
    marker = MarkerWriter(whole).environment_marker(mask) if mask else None

    for number in range(len(whole)) if mask else ():
        cell = whole.cell(number)

        assert holds(marker, cell.environment, cell.active) == bool(mask >> number & 1), marker


@given(grids(), st.data())
@settings(max_examples=50, deadline=None)
def test_a_pin_applies_where_an_activation_that_is_on_wants_it(whole: Grid, data: st.DataObject) -> None:
    wanting = data.draw(st.lists(st.sampled_from(ACTIVATIONS), min_size=1, max_size=4, unique=True))
    given = {activation: data.draw(masks(whole)) for activation in wanting}

    if not any(mask & whole.admits(activation) for activation, mask in given.items()):
        return

    marker = MarkerWriter(whole).pin_marker(given)
    free = [each for each in wanting if each != BASE and not any(each in set_ for set_ in whole.conflicts)]

    for number in range(len(whole)):
        cell = whole.cell(number)

        for active in _subsets(free):
            on = {BASE, *cell.active, *active}
            wanted = any(given.get(each, 0) >> number & 1 for each in on)

            assert holds(marker, cell.environment, on) == wanted, (marker, active)


@given(grids(), st.data())
@settings(max_examples=50, deadline=None)
def test_the_same_cells_get_the_same_marker_from_another_writer(whole: Grid, data: st.DataObject) -> None:
    mask = data.draw(masks(whole)) or 1
    other = Grid(whole.environments, whole.conflicts)
    writer = MarkerWriter(whole)

    assert writer.environment_marker(mask) == MarkerWriter(other).environment_marker(mask)
    assert writer.environment_marker(mask) == writer.environment_marker(mask)


def _subsets(activations: Iterable[Activation]) -> Iterable[tuple[Activation, ...]]:
    pool = tuple(activations)

    return chain.from_iterable(combinations(pool, count) for count in range(len(pool) + 1))
