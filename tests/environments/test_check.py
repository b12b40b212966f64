"""Check tells what is missing or does not fit, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr.environments.check import ProblemKind, check
from zephyr.model.environment import InstalledDistribution

if TYPE_CHECKING:
    from zephyr.model.interpreter import Interpreter


def installed(
    name: str, version: str = "1", *requires: str, python: str | None = None
) -> InstalledDistribution:
    return InstalledDistribution(
        canonicalize_name(name), name, Version(version), "", "", None, False, None, requires, python
    )


def messages(interpreter: Interpreter, *distributions: InstalledDistribution) -> list[str]:
    return [problem.message for problem in check(distributions, interpreter)]


def test_what_fits_is_no_problem(base: Interpreter) -> None:
    assert not messages(
        base, installed("App", "1", "dep_x>=2,<3", "Plain"), installed("dep-x", "2.1"), installed("plain")
    )


def test_a_missing_requirement_is_told(base: Interpreter) -> None:
    assert messages(base, installed("App", "1", "dep>=2")) == ["app 1 requires dep, which is not installed."]


def test_a_version_outside_the_range_is_told(base: Interpreter) -> None:
    assert messages(base, installed("App", "1", "dep>=2"), installed("dep", "1.5")) == [
        "app 1 has requirement dep>=2, but you have dep 1.5."
    ]


def test_an_installed_prerelease_fits_a_range_that_holds_it(base: Interpreter) -> None:
    assert not messages(base, installed("App", "1", "dep>=2"), installed("dep", "3.0rc1"))


def test_markers_of_this_interpreter_decide(base: Interpreter) -> None:
    app = installed("App", "1", 'old; python_version < "3.9"', 'windows; sys_platform == "win32"')
    older = replace(base, markers={**base.markers, "python_version": "3.8", "sys_platform": "linux"})

    assert messages(older, app) == ["app 1 requires old, which is not installed."]


@pytest.mark.parametrize("marker", ['extra == "x"', 'extra == "x" and python_version > "3"'])
def test_requirements_of_extras_are_not_looked_at(base: Interpreter, marker: str) -> None:
    assert not messages(base, installed("App", "1", f"dep; {marker}"))


def test_another_python_than_required_is_told(base: Interpreter) -> None:
    interpreter = replace(base, version="3.12.1")

    assert messages(interpreter, installed("App", "1", python=">=3.13")) == [
        "app 1 requires Python >=3.13, but this is 3.12.1."
    ]
    assert not messages(
        interpreter, installed("App", "1", python=">=3.8"), installed("Odd", "1", python="what")
    )


def test_a_line_that_cannot_be_understood_is_told(base: Interpreter) -> None:
    (problem,) = check([installed("App", "1", "dep >>> 2")], base)

    assert problem.kind is ProblemKind.INVALID_REQUIREMENT
    assert "dep >>> 2" in problem.message


def test_a_marker_that_compares_the_incomparable_does_not_hold(base: Interpreter) -> None:
    assert not messages(base, installed("App", "1", 'dep; sys_platform ~= "what"'))


def test_a_wheel_for_another_platform_is_told(base: Interpreter) -> None:
    foreign, fitting = installed("Foreign"), installed("fitting")
    tags = {foreign.name: frozenset({"cp38-cp38-win_arm64"}), fitting.name: frozenset({"py2.py3-none-any"})}

    assert [problem.message for problem in check([foreign, fitting, installed("untold")], base, tags)] == [
        "Foreign 1 is not supported on this platform"
    ]


def test_problems_are_told_by_kind(base: Interpreter) -> None:
    found = messages(base, installed("a", "1", "z>=2", "gone"), installed("b", "1", "gone"), installed("z"))

    assert found == [
        "a 1 requires gone, which is not installed.",
        "b 1 requires gone, which is not installed.",
        "a 1 has requirement z>=2, but you have z 1.",
    ]
