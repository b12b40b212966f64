"""Wheel tags by the book, for interpreters that this machine does not have."""

from __future__ import annotations

import pytest

from zephyr.environments.tags import cpython_abis, generic_abi, platforms_of, wheel_tags


@pytest.mark.parametrize(
    ("debug", "free_threaded", "abis"),
    [
        (False, False, ["cp313"]),
        (True, False, ["cp313d", "cp313"]),
        (False, True, ["cp313t"]),
        (True, True, ["cp313td", "cp313t"]),
    ],
)
def test_builds_differ_by_their_abi(debug: bool, free_threaded: bool, abis: list[str]) -> None:
    assert cpython_abis((3, 13), debug=debug, free_threaded=free_threaded) == abis


def test_a_cpython_takes_its_own_then_stable_then_pure_wheels() -> None:
    tags = wheel_tags("cpython", (3, 9), ["cp39"], ["linux_x86_64"])

    assert tags[:4] == (
        "cp39-cp39-linux_x86_64",
        "cp39-abi3-linux_x86_64",
        "cp39-none-linux_x86_64",
        "cp38-abi3-linux_x86_64",
    )
    assert tags[-1] == "py30-none-any"
    assert len(tags) == len(set(tags))


def test_a_free_threaded_cpython_takes_no_wheel_of_the_stable_abi() -> None:
    tags = wheel_tags("cpython", (3, 14), ["cp314t"], ["linux_x86_64"])

    assert tags[0] == "cp314-cp314t-linux_x86_64"
    assert not any("-abi3-" in tag for tag in tags)
    assert "cp314-cp314-linux_x86_64" not in tags


def test_pypy_takes_its_own_then_pure_wheels() -> None:
    abis = generic_abi(".pypy310-pp73-x86_64-linux-gnu.so")
    tags = wheel_tags("pypy", (3, 10), abis, ["linux_x86_64"])

    assert tags[:2] == ("pp310-pypy310_pp73-linux_x86_64", "pp310-none-linux_x86_64")
    assert "pp3-none-any" in tags


@pytest.mark.parametrize(
    ("suffix", "abis"),
    [
        (".graalpy-38-native-x86_64-darwin.dylib", ["graalpy_38_native"]),
        (".pypy39-pp73-darwin.so", ["pypy39_pp73"]),
        (".some-thing.so", ["some_thing"]),
        (".so", []),
        ("", []),
    ],
)
def test_other_implementations_are_known_by_the_suffix_of_their_extensions(
    suffix: str, abis: list[str]
) -> None:
    assert generic_abi(suffix) == abis


def test_platforms_can_be_had_back_in_order() -> None:
    platforms = ["linux_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"]

    assert platforms_of(wheel_tags("cpython", (3, 12), ["cp312"], platforms)) == platforms
