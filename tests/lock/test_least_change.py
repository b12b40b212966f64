from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.lock_documents import document, entry
from zephyr.lock.inputs import LockInputs
from zephyr.lock.least_change import with_kept_files

if TYPE_CHECKING:
    from packaging.pylock import Package, Pylock

OLD, NEW = ["py3-none-any"], ["cp312-cp312-win_amd64", "py3-none-any"]


def lock(*entries: Package, targets: tuple[str, ...] = ()) -> Pylock:
    return document(*entries, tool={"zephyr": LockInputs(targets=targets).as_table()})


def wheels(document: Pylock) -> list[str]:
    return [wheel.filename for package in document.packages for wheel in package.wheels or ()]


def test_a_wheel_that_came_later_changes_nothing() -> None:
    before, after = lock(entry("demo", "1.0", wheels=OLD)), lock(entry("demo", "1.0", wheels=NEW))

    assert with_kept_files(after, before) == before


def test_another_version_brings_its_own_files() -> None:
    before, after = lock(entry("demo", "1.0", wheels=OLD)), lock(entry("demo", "1.1", wheels=NEW))

    assert with_kept_files(after, before) == after


def test_what_is_upgraded_has_the_files_there_are_now() -> None:
    before, after = lock(entry("demo", "1.0", wheels=OLD)), lock(entry("demo", "1.0", wheels=NEW))

    assert with_kept_files(after, before, {"demo"}) == after  # type: ignore[arg-type]


def test_a_version_that_is_for_other_environments_now_needs_other_files() -> None:
    before = lock(entry("demo", "1.0", wheels=OLD, marker="sys_platform == 'linux'"))
    after = lock(entry("demo", "1.0", wheels=NEW))

    assert with_kept_files(after, before) == after


def test_a_lock_for_other_targets_needs_other_files() -> None:
    before = lock(entry("demo", "1.0", wheels=OLD), targets=("linux-x86_64",))
    after = lock(entry("demo", "1.0", wheels=NEW))

    assert with_kept_files(after, before) == after


def test_a_lock_of_another_tool_says_nothing_of_the_environments_that_it_is_for() -> None:
    before, after = document(entry("demo", "1.0", wheels=OLD)), lock(entry("demo", "1.0", wheels=NEW))

    assert with_kept_files(after, before) == after
