"""What dependency groups need by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.lock_documents import document, entry, environment, folder
from zephyr.lock.group_closure import RequirementsUnknown, needed_by_groups
from zephyr.lock.selection import select

if TYPE_CHECKING:
    from packaging.pylock import Pylock

LINT = "'lint' in dependency_groups"


def locked(requirements: dict[str, list[str]], tool: Any = None) -> Pylock:
    """Return a lock of a project that needs base, and groups that need other things."""
    return document(
        entry("base", "1", needs=[{"name": "shared"}, {"name": "own"}]),
        entry("linter", "1", marker=LINT, needs=[{"name": "plugin"}]),
        entry("own", "1"),
        entry("plugin", "1", marker=LINT, needs=[{"name": "shared"}, {"name": "linter"}]),
        entry("shared", "1"),
        folder("local", "./tools/local"),
        dependency_groups=["lint", "other"],
        tool=tool or {"zephyr": {"requirements": {"project": ["base"], "group": requirements}}},
    )


def needed(lock: Pylock, *groups: str) -> list[str]:
    markers = environment()
    selected = select(lock, markers, ["py3-none-any"], "3.12.1", groups=groups)

    return [one.package.name for one in needed_by_groups(lock, selected, groups, markers)]


def test_a_group_needs_what_it_requires_and_what_that_needs() -> None:
    assert needed(locked({"lint": ["linter>=1"]}), "lint") == ["linter", "plugin", "shared"]


def test_several_groups_are_joined() -> None:
    assert needed(locked({"lint": ["linter"], "other": ["own"]}), "lint", "other") == [
        "linter",
        "own",
        "plugin",
        "shared",
    ]


def test_a_requirement_for_another_platform_is_none() -> None:
    assert needed(locked({"lint": ["shared ; sys_platform == 'win32'"]}), "lint") == []


def test_a_folder_without_a_name_is_found_by_its_place() -> None:
    assert needed(locked({"lint": ["./tools/local"]}), "lint") == ["local"]


def test_the_lock_of_another_tool_does_not_say() -> None:
    with pytest.raises(RequirementsUnknown):
        needed(locked({}, tool={"other": {}}), "lint")
