from __future__ import annotations

from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr.model.environment import InstalledDistribution
from zephyr.pipeline.satisfied import first_unsatisfied

MARKERS = {"python_version": "3.12", "sys_platform": "linux"}


def installed(name: str, version: str, *requires: str, url: str | None = None) -> InstalledDistribution:
    direct_url: dict[str, Any] | None = {"url": url} if url else None

    return InstalledDistribution(
        canonicalize_name(name),
        name,
        Version(version),
        "/x",
        f"{name}.dist-info",
        "pip",
        False,
        direct_url,
        requires,
    )


def unsatisfied(
    roots: list[str],
    *distributions: InstalledDistribution,
    constraints: tuple[str, ...] = (),
    deps: bool = True,
) -> str | None:
    found = first_unsatisfied(
        [Requirement(text) for text in roots],
        [Requirement(text) for text in constraints],
        {distribution.name: distribution for distribution in distributions},
        MARKERS,
        with_dependencies=deps,
    )

    return str(found) if found else None


def test_an_installed_version_in_range_is_enough() -> None:
    assert unsatisfied(["a>=1"], installed("a", "1.5")) is None


@pytest.mark.parametrize("requirement", ["a>=2", "b", "a @ https://files.example/a.whl"])
def test_a_version_out_of_range_or_a_missing_package_is_not(requirement: str) -> None:
    assert unsatisfied([requirement], installed("a", "1.5")) == requirement


def test_dependencies_count_unless_they_are_left_out() -> None:
    a = installed("a", "1", "b>=2")

    assert unsatisfied(["a"], a, installed("b", "1")) == "b>=2"
    assert unsatisfied(["a"], a, installed("b", "2")) is None
    assert unsatisfied(["a"], a, deps=False) is None


def test_requirements_of_other_environments_do_not_count() -> None:
    a = installed("a", "1", "b; sys_platform == 'win32'", "c; extra == 'x'")

    assert unsatisfied(["a", "d; python_version < '3'"], a) is None
    assert unsatisfied(["a[x]"], a) == 'c; extra == "x"'


def test_extras_are_asked_of_the_package_that_was_asked_with_them() -> None:
    a = installed("a", "1", "b[y]; extra == 'x'")
    b = installed("b", "1", "c; extra == 'y'")

    assert unsatisfied(["a[x]", "b"], a, b) == 'c; extra == "y"'
    assert unsatisfied(["a[X]"], a, b, installed("c", "1")) is None


def test_constraints_limit_what_is_enough() -> None:
    assert unsatisfied(["a"], installed("a", "2"), constraints=("a<2",)) == "a"
    assert unsatisfied(["a"], installed("a", "2"), constraints=("other<2",)) is None


def test_a_direct_reference_is_met_by_the_same_url() -> None:
    url = "https://files.example/a-1-py3-none-any.whl"

    assert unsatisfied([f"a @ {url}#sha256=00"], installed("a", "1", url=url)) is None


def test_a_local_file_that_was_rebuilt_is_not_enough() -> None:
    url = "file:///dist/a-1-py3-none-any.whl"
    before = InstalledDistribution(
        canonicalize_name("a"),
        "a",
        Version("1"),
        "/x",
        "a.dist-info",
        "zephyr",
        False,
        {"url": url, "archive_info": {"hashes": {"sha256": "aa"}}},
    )
    root = Requirement(f"a @ {url}")

    for digest, expected in (("aa", None), ("bb", root)):
        assert (
            first_unsatisfied([root], [], {before.name: before}, MARKERS, local_digests={url: digest})
            == expected
        )


def test_cycles_end() -> None:
    assert unsatisfied(["a"], installed("a", "1", "b"), installed("b", "1", "a")) is None


def test_metadata_that_cannot_be_understood_is_not_enough() -> None:
    assert unsatisfied(["a"], installed("a", "1", "b >=> 2")) == "a"
