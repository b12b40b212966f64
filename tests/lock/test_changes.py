from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.lock_documents import document, entry, folder, repository
from zephyr.lock.changes import lock_changes

if TYPE_CHECKING:
    from packaging.pylock import Pylock


def sentences(before: Pylock | None, after: Pylock) -> list[str]:
    return list(map(str, lock_changes(before, after)))


def test_packages_are_added_updated_and_removed() -> None:
    before = document(entry("idna", "3.9"), entry("same", "1"), entry("old", "2.0"))
    after = document(entry("idna", "3.10"), entry("same", "1"), entry("new", "1.0"))

    assert sentences(before, after) == [
        "Updated idna v3.9 -> v3.10",
        "Added new v1.0",
        "Removed old v2.0",
    ]


def test_everything_in_a_first_lock_is_added() -> None:
    assert sentences(None, document(entry("idna", "3.10"))) == ["Added idna v3.10"]


def test_several_versions_are_listed_from_the_oldest() -> None:
    before = document(entry("numpy", "10.0"), entry("numpy", "9.0"))

    assert sentences(before, document(entry("numpy", "10.0"))) == ["Updated numpy v9.0, v10.0 -> v10.0"]


def test_other_markers_and_other_files_are_no_change_of_a_version() -> None:
    before = document(entry("a", "1", marker="os_name == 'nt'"))

    assert sentences(before, document(entry("a", "1", wheels=()))) == []


def test_another_commit_of_one_version_is_an_update() -> None:
    before, after = repository("tool", "1.0", "a" * 40), repository("tool", "1.0", "b" * 40)

    assert sentences(document(before), document(after)) == ["Updated tool v1.0 (aaaaaaaa) -> v1.0 (bbbbbbbb)"]


def test_a_folder_is_told_by_its_path() -> None:
    before, after = document(entry("lib", "1.0")), document(folder("lib", "../lib"))

    assert sentences(before, after) == ["Updated lib v1.0 -> (../lib)"]
