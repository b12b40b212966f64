"""Names of entries: what passes is a plain relative path on every system."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zephyr_workers.paths import check_path, check_tree
from zephyr_workers.wheel_errors import InvalidWheel

PARTS = [
    *(
        "a",
        "b.py",
        "..",
        ".",
        "/",
        "//",
        "\\",
        ":",
        " ",
        ". ",
        "nul",
        "COM1",
        "con.txt",
        "C:",
        "\0",
        "\n",
        "é",
        "a\u0301",
    ),
    *(".hidden", "...", "-", "~", "@", "\u202e", "aux", "x" * 300),
]


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join) | st.text(max_size=30))
def test_an_accepted_path_means_the_same_everywhere(name: str) -> None:
    try:
        check_path(name)
    except InvalidWheel:
        return

    plain = name.removesuffix("/")
    parts = tuple(plain.split("/"))

    assert PurePosixPath(plain).parts == PureWindowsPath(plain).parts == parts
    assert ".." not in parts
    assert not PureWindowsPath(plain).drive
    assert not any(unicodedata.category(character)[0] == "C" for character in plain)
    assert len(plain.splitlines()) == 1
    assert not any(part.endswith((".", " ")) for part in parts)
    assert all(len(part.encode()) <= 255 for part in parts)


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "a/b.py",
        ".a/.b",
        "a b/c",
        "constant.py",
        "auxiliary/x",
        "com10.txt",
        "nul1",
        "a.nul",
        "console",
        "%2e%2e/a",
    ],
)
def test_ordinary_names_pass(name: str) -> None:
    check_path(name)


def test_near_duplicates_are_named_once() -> None:
    warnings = check_tree(["a/X.py", "a/x.py", "b"], [])

    assert warnings == ("a/X.py and a/x.py are one file where names ignore case",)


def test_a_folder_entry_beside_its_files_is_no_duplicate() -> None:
    assert check_tree(["a/b"], ["a"]) == ()


def test_folders_beyond_number_are_refused() -> None:
    files = [f"{number}/" + "a/" * 97 + "x" for number in range(2500)]

    with pytest.raises(InvalidWheel, match="folders"):
        check_tree(files, [])


@pytest.mark.parametrize("name", ["a/" * 100 + "b", "/".join(["b" * 200] * 6), "a" * 256, "é" * 128])
def test_names_that_no_disk_takes_are_refused(name: str) -> None:
    with pytest.raises(InvalidWheel, match="too long"):
        check_path(name)
