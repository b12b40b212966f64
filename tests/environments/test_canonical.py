"""However a folder is reached, it has one spelling."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.canonical import canonical_path, stored_spelling

if TYPE_CHECKING:
    from pathlib import Path


class Folding:
    """A file system that takes names for the same whatever their case, and lists them as they were made."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths

    def same_file(self, one: str, other: str) -> bool:
        return one.casefold() == other.casefold()

    def names(self, folder: str) -> list[str]:
        inside = [
            path for path in self.paths if path.casefold().startswith(folder.casefold().rstrip("/") + "/")
        ]

        return [path[len(folder.rstrip("/")) + 1 :].split("/")[0] for path in inside]

    def __call__(self, path: str) -> str:
        return stored_spelling(path, self.same_file, self.names)


def test_links_dots_and_slashes_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "real" / "project").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    expected = os.path.realpath(tmp_path / "real" / "project")

    for spelling in ("real/project", "link/project", "real/project/", "link/../real/./project"):
        assert canonical_path(f"{tmp_path}/{spelling}") == expected


@pytest.mark.parametrize("spelling", ["/Users/Ann/Demo", "/users/ann/demo", "/USERS/Ann/dEMO"])
def test_where_case_does_not_matter_the_listed_one_counts(spelling: str) -> None:
    assert Folding("/Users/Ann/Demo", "/Users/Ann/other")(spelling) == "/Users/Ann/Demo"


def test_two_ways_to_write_one_letter_are_one_name() -> None:
    composed, decomposed = "/Caf\N{LATIN SMALL LETTER E WITH ACUTE}", "/Cafe\N{COMBINING ACUTE ACCENT}"

    assert Folding(decomposed)(composed) == decomposed


def test_where_case_matters_two_cases_are_two_folders(tmp_path: Path) -> None:
    for name in ("demo", "Demo"):
        (tmp_path / name).mkdir()

        assert os.path.basename(canonical_path(str(tmp_path / name))) == name


def test_a_folder_that_cannot_be_asked_keeps_its_spelling(tmp_path: Path) -> None:
    missing = f"{os.path.realpath(tmp_path)}/Missing/Deep"

    assert canonical_path(missing) == missing
