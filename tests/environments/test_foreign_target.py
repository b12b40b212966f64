"""Other platforms, as pip describes and expands them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.errors import InvalidPythonRequest
from zephyr.environments.foreign_target import ForeignTarget, dotted_version, expanded, foreign

if TYPE_CHECKING:
    from zephyr.model.interpreter import Interpreter


@pytest.mark.parametrize(
    ("given", "dotted"), [("3", "3"), ("37", "3.7"), ("310", "3.10"), ("3.7", "3.7"), ("3.7.3", "3.7.3")]
)
def test_versions_without_dots(given: str, dotted: str) -> None:
    assert dotted_version(given) == dotted


@pytest.mark.parametrize("given", ["", "three", "3.1.2.3", "3.x", "-3"])
def test_what_is_no_version(given: str) -> None:
    with pytest.raises(InvalidPythonRequest):
        dotted_version(given)


@pytest.mark.parametrize(
    ("platform", "first", "last"),
    [
        ("win_amd64", "win_amd64", "win_amd64"),
        ("manylinux2014_x86_64", "manylinux2014_x86_64", "manylinux1_x86_64"),
        ("manylinux2014_aarch64", "manylinux2014_aarch64", "manylinux2014_aarch64"),
        ("manylinux_2_28_x86_64", "manylinux_2_28_x86_64", "manylinux_2_28_x86_64"),
        ("macosx_12_0_arm64", "macosx_12_0_arm64", "macosx_10_4_universal2"),
    ],
)
def test_what_a_platform_loads(platform: str, first: str, last: str) -> None:
    found = list(expanded([platform]))

    assert (found[0], found[-1]) == (first, last)


def test_nothing_given_is_the_python_here(base: Interpreter) -> None:
    assert foreign(base, ForeignTarget()) is base


def test_tags_follow_what_is_given(base: Interpreter) -> None:
    target = ForeignTarget(("win_amd64",), "39", "cp", ("cp39",))
    found = foreign(base, target)

    assert found.tags[:2] == ("cp39-cp39-win_amd64", "cp39-abi3-win_amd64")
    assert "py3-none-any" in found.tags
    assert found.markers["python_version"] == "3.9"
    assert found.markers["sys_platform"] == base.markers["sys_platform"]


def test_wheels_of_no_implementation(base: Interpreter) -> None:
    found = foreign(replace(base), ForeignTarget(implementation="py", python_version="3.9"))

    assert not [tag for tag in found.tags if tag.startswith("cp")]
    assert "py3-none-any" in found.tags


def test_it_is_shown_as_pip_shows_it() -> None:
    assert ForeignTarget(("a",), "312").shown == "platforms=['a'] version_info='3.12'"
    assert not ForeignTarget()
