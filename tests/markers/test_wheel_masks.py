from __future__ import annotations

from itertools import product

import pytest
from packaging.version import Version

from zephyr.markers.environments import MarkerEnvironment
from zephyr.markers.grid import Grid
from zephyr.markers.platforms import platform_named
from zephyr.markers.python_ranges import PythonRange
from zephyr.markers.wheel_fit import wheel_rank
from zephyr.markers.wheel_masks import WheelMasks
from zephyr.model.universal import Activation, ActivationKind


def environment(minor: int, platform: str, implementation: str = "cpython") -> MarkerEnvironment:
    range_ = PythonRange(Version(f"3.{minor}.0"), Version(f"3.{minor + 1}.0"))

    return MarkerEnvironment(range_, platform_named(platform)[0], implementation)


PLATFORMS = ("linux-x86_64", "linux-aarch64", "macos-arm64", "windows-x86_64")
EXTRAS = tuple(Activation(ActivationKind.EXTRA, name) for name in ("a", "b"))
GRID = Grid(
    [
        environment(minor, platform, implementation)
        for minor, platform, implementation in product((11, 12), PLATFORMS, ("cpython", "pypy"))
    ],
    [EXTRAS],
)
TAGS = (
    "py3-none-any",
    "py2.py3-none-any",
    "cp312-cp312-manylinux_2_28_x86_64",
    "cp311-abi3-manylinux2014_aarch64.musllinux_1_2_x86_64",
    "cp311.cp312-none-win_amd64",
    "pp311-pypy311_pp73-macosx_11_0_arm64",
    "cp310-cp310-any",
    "nonsense",
)


@pytest.mark.parametrize("tag", TAGS)
def test_a_mask_has_the_cells_that_the_wheel_fits_one_by_one(tag: str) -> None:
    fitting = WheelMasks(GRID).fitting(tag)

    for number in range(len(GRID)):
        assert bool(fitting >> number & 1) == (wheel_rank(tag, GRID.cell(number).environment) is not None)


@pytest.mark.parametrize(
    ("tag", "is_listed"),
    [
        ("pp312-pypy312_pp73-manylinux_2_28_x86_64", True),
        ("graalpy312-graalpy250_312_native-manylinux_2_28_x86_64", True),
        ("cp312-cp312t-musllinux_1_2_x86_64", True),
        ("pp311-pypy311_pp73-manylinux_2_28_x86_64", False),
        ("cp312-cp312-win_amd64", False),
    ],
)
def test_wheels_of_other_implementations_are_listed_for_the_same_minor_and_platform(
    tag: str, is_listed: bool
) -> None:
    assert bool(WheelMasks(Grid([environment(12, "linux-x86_64")])).listed(tag)) is is_listed
