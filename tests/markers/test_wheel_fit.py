"""Which wheels fit a marker environment."""

from __future__ import annotations

import pytest
from packaging.tags import compatible_tags, cpython_tags
from packaging.version import Version

from zephyr.markers.environments import MarkerEnvironment
from zephyr.markers.platforms import Platform, platform_named
from zephyr.markers.python_ranges import PythonRange
from zephyr.markers.wheel_fit import wheel_rank


def environment(minor: int, platform: str, implementation: str = "cpython") -> MarkerEnvironment:
    range_ = PythonRange(Version(f"3.{minor}.0"), Version(f"3.{minor + 1}.0"))

    return MarkerEnvironment(range_, platform_named(platform)[0], implementation)


LINUX = environment(12, "linux-x86_64")


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("cp312-cp312-manylinux_2_28_x86_64", "linux-x86_64"),
        ("cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64", "linux-x86_64"),
        ("cp312-cp312-musllinux_1_2_aarch64", "linux-aarch64"),
        ("cp312-cp312-linux_ppc64le", "linux-ppc64le"),
        ("cp312-cp312t-manylinux_2_28_x86_64", "linux-x86_64"),
        ("cp38-abi3-macosx_11_0_arm64", "macos-arm64"),
        ("cp312-cp312-macosx_10_9_universal2", "macos-arm64"),
        ("cp312-cp312-macosx_10_9_universal2", "macos-x86_64"),
        ("cp312-cp312-macosx_10_6_intel", "macos-x86_64"),
        ("cp312-none-win_amd64", "windows-x86_64"),
        ("CP312-CP312-WIN_ARM64", "windows-arm64"),
        ("py3-none-win32", "windows-x86"),
        ("py2.py3-none-any", "linux-riscv64"),
        ("py38-none-any", "windows-x86_64"),
        ("cp310.cp311.cp312-cp310.cp311.cp312-win_amd64", "windows-x86_64"),
    ],
)
def test_a_wheel_for_some_interpreter_of_the_environment_fits(tag: str, label: str) -> None:
    assert wheel_rank(tag, environment(12, label)) is not None


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("cp311-cp311-manylinux_2_28_x86_64", "linux-x86_64"),
        ("cp313-abi3-manylinux_2_28_x86_64", "linux-x86_64"),
        ("cp311-none-any", "linux-x86_64"),
        ("py313-none-any", "linux-x86_64"),
        ("py2-none-any", "linux-x86_64"),
        ("py27-none-any", "linux-x86_64"),
        ("pp312-pypy312_pp73-manylinux_2_28_x86_64", "linux-x86_64"),
        ("cp312-cp312-manylinux_2_28_aarch64", "linux-x86_64"),
        ("cp312-cp312-linux_ppc64le", "linux-ppc64"),
        ("cp312-cp312-macosx_10_6_intel", "macos-arm64"),
        ("cp312-cp312-win32", "windows-x86_64"),
        ("cp312-cp312-win_amd64", "linux-x86_64"),
        ("cp312-cp312d-win_amd64", "windows-x86_64"),
        ("py3-cp312-any", "linux-x86_64"),
        (f"py3{'1' * 5000}-none-any", "linux-x86_64"),
        ("py3-none", "linux-x86_64"),
        ("", "linux-x86_64"),
    ],
)
def test_a_wheel_for_none_of_them_does_not(tag: str, label: str) -> None:
    assert wheel_rank(tag, environment(12, label)) is None


@pytest.mark.parametrize("minor", [3, 7, 12, 15])
def test_the_order_is_that_of_the_tags_of_an_interpreter(minor: int) -> None:
    version, name, platforms = (3, minor), f"cp3{minor}", ["manylinux_2_28_x86_64"]
    tags = [*cpython_tags(version, [name], platforms), *compatible_tags(version, name, platforms)]
    ranks = [wheel_rank(str(tag), environment(minor, "linux-x86_64")) for tag in tags]

    assert None not in ranks
    assert ranks == sorted(ranks, key=lambda rank: rank or 0)
    assert len(set(ranks)) == len(ranks)


def test_a_compressed_set_ranks_as_the_best_of_its_tags() -> None:
    assert wheel_rank("py2.py3-none-any", LINUX) == wheel_rank("py3-none-any", LINUX)
    assert wheel_rank("cp38.cp312-abi3-any.linux_x86_64", LINUX) == wheel_rank(
        "cp312-abi3-linux_x86_64", LINUX
    )


def test_another_implementation_takes_its_own_wheels_and_pure_ones() -> None:
    pypy = environment(10, "linux-x86_64", "pypy")

    assert wheel_rank("pp310-pypy310_pp73-manylinux_2_17_x86_64", pypy) is not None
    assert wheel_rank("pp3-none-any", pypy) is not None
    assert wheel_rank("py3-none-any", pypy) is not None
    assert wheel_rank("pp39-pypy39_pp73-manylinux_2_17_x86_64", pypy) is None
    assert wheel_rank("cp310-cp310-manylinux_2_17_x86_64", pypy) is None
    assert wheel_rank("cp38-abi3-manylinux_2_17_x86_64", pypy) is None


def test_another_system_takes_tags_that_begin_with_its_name() -> None:
    freebsd = MarkerEnvironment(LINUX.python, Platform("freebsd13", "posix", "FreeBSD", "amd64"))

    assert wheel_rank("cp312-cp312-freebsd_13_2_release_amd64", freebsd) == 0
    assert wheel_rank("py3-none-any", freebsd) is not None
    assert wheel_rank("cp312-cp312-linux_x86_64", freebsd) is None
