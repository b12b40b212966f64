from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from zephyr.lock.inputs import LockInputs
from zephyr.lock.staleness import Difference, InputKind, differences
from zephyr.model.universal import BASE, Activation, ActivationKind

DOCS = Activation(ActivationKind.EXTRA, "docs")
CPU = Activation(ActivationKind.EXTRA, "cpu")
DEV = Activation(ActivationKind.GROUP, "dev")
LOCKED = LockInputs(
    {BASE: ("idna>=3",), DOCS: ("sphinx>=6",)},
    requires_python=">=3.11",
    default_groups=("dev",),
    constraints=("a<1",),
    indexes=("https://a.example/", "https://b.example/"),
    package_indexes={"torch": "https://b.example/"},
    rules={"resolution": "highest", "exclude-newer": "7 days"},
    exclude_newer="2026-01-01T00:00:00Z",
)


def sentences(**changes: Any) -> list[str]:
    return list(map(str, differences(LOCKED, replace(LOCKED, **changes))))


def test_nothing_differs_where_nothing_was_changed() -> None:
    assert sentences() == []


def test_time_that_passes_does_not_make_a_lock_stale() -> None:
    assert sentences(exclude_newer="2026-06-01T00:00:00Z") == []
    assert sentences(exclude_newer=None) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"requirements": {BASE: ("idna>=3", "trio"), DOCS: ("sphinx>=6",)}},
            "the project now requires trio",
        ),
        ({"requirements": {BASE: (), DOCS: ("sphinx>=6",)}}, "the project no longer requires idna>=3"),
        ({"requirements": {DOCS: ("sphinx>=6",)}}, "the project no longer requires idna>=3"),
        (
            {"requirements": {BASE: ("idna>=3",), DOCS: ("sphinx>=7",)}},
            "the extra docs now requires sphinx>=7 and no longer requires sphinx>=6",
        ),
        ({"requirements": {BASE: ("idna>=3",)}}, "the extra docs is gone"),
        ({"requirements": {BASE: ("idna>=3",), DOCS: ("sphinx>=6",), DEV: ()}}, "the group dev is new"),
        ({"requires_python": ">=3.12"}, "requires-python is now >=3.12 instead of >=3.11"),
        ({"requires_python": None}, "requires-python is now not set instead of >=3.11"),
        ({"default_groups": ()}, "the default groups no longer have dev"),
        ({"constraints": ("a<1", "b<1")}, "the constraints now have b<1"),
        ({"overrides": ("x==1",)}, "the overrides now have x==1"),
        ({"excludes": ("x", "y")}, "the excludes now have x, y"),
        ({"targets": ("sys_platform == 'win32'",)}, "the targets now have sys_platform == 'win32'"),
        ({"conflicts": ((CPU, DEV),)}, "the conflicts now have the extra cpu with the group dev"),
        ({"indexes": ("https://b.example/", "https://a.example/")}, "the order of the indexes is another"),
        ({"indexes": ("https://a.example/",)}, "the indexes no longer have https://b.example/"),
        ({"package_indexes": {}}, "torch now comes from any index instead of https://b.example/"),
        (
            {"rules": {"resolution": "lowest", "exclude-newer": "7 days"}},
            "resolution is now lowest instead of highest",
        ),
        ({"rules": {"resolution": "highest"}}, "exclude-newer is now not set instead of 7 days"),
    ],
)
def test_what_is_stale_is_said(changes: dict[str, Any], sentence: str) -> None:
    assert sentences(**changes) == [sentence]


def test_a_difference_is_a_value_before_it_is_a_sentence() -> None:
    [found] = differences(LOCKED, replace(LOCKED, constraints=("b",)))

    assert found == Difference(InputKind.CONSTRAINTS, added=("b",), removed=("a<1",))


def test_the_projects_own_requirements_come_first() -> None:
    found = differences(LockInputs(), LockInputs({DEV: (), DOCS: (), BASE: ("a",)}))

    assert [difference.subject for difference in found] == ["the project", "the extra docs", "the group dev"]
