"""Tests of the distances between environments."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet

from zephyr.markers.grid import Grid
from zephyr.markers.platforms import DEFAULT_PLATFORMS
from zephyr.markers.python_ranges import python_ranges
from zephyr.markers.targets import default_environments
from zephyr.metadata.universal.distances import Distances

GRID = Grid(default_environments(python_ranges(SpecifierSet(">=3.11,<3.14"), frozenset())))
LINUX, OTHER = DEFAULT_PLATFORMS[0], DEFAULT_PLATFORMS[1]


def cell(minor: int, platform: object = LINUX) -> int:
    """Return the mask of one environment."""
    return GRID.mask_where(lambda one: one.python.lower.minor == minor and one.platform == platform)


def nearest(to: int, *masks: int) -> int | None:
    """Return the number of the mask that is nearest to an environment."""
    return Distances(GRID).nearest(masks, GRID.cell(to.bit_length() - 1).environment)


def test_the_same_environment_is_nearest_of_all() -> None:
    assert nearest(cell(12), cell(11), cell(12), cell(13)) == 1


def test_another_platform_is_nearer_than_another_python() -> None:
    assert nearest(cell(12), cell(11), cell(12, OTHER)) == 1


def test_of_two_pythons_as_far_away_the_one_on_the_same_platform_is_nearer() -> None:
    assert nearest(cell(12), cell(11, OTHER), cell(13)) == 1


def test_of_masks_as_near_the_first_is_taken() -> None:
    assert nearest(cell(12), cell(13), cell(11)) == 0


def test_the_nearest_cell_of_a_mask_counts() -> None:
    assert nearest(cell(11), cell(12), cell(13) | cell(11)) == 1


def test_empty_masks_are_near_to_nothing() -> None:
    assert nearest(cell(11), 0, 0) is None
