from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lock_documents import document, entry, environment, folder
from zephyr.lock.preferences import preferences, repaired_preferences
from zephyr.lock.writing import render

if TYPE_CHECKING:
    from packaging.pylock import Package, Pylock

LINUX = environment()


def preferred(*packages: Package, **markers: str) -> dict[str, str]:
    found = preferences(document(*packages), LINUX | markers)

    return {name: str(version) for name, version in found.items()}


def pins(documents: list[Pylock]) -> list[list[str]]:
    return [[f"{package.name} {package.version}" for package in each.packages] for each in documents]


def test_the_versions_for_an_environment_are_preferred() -> None:
    packages = (
        entry("idna", "3.10"),
        entry("numpy", "1.0", marker="python_full_version < '3.12'"),
        entry("numpy", "2.0", marker="python_full_version >= '3.12'"),
        entry("colorama", "0.4", marker="sys_platform == 'win32'"),
    )

    assert preferred(*packages) == {"idna": "3.10", "numpy": "2.0"}
    assert preferred(*packages, python_full_version="3.11.1") == {"idna": "3.10", "numpy": "1.0"}


def test_versions_of_all_extras_and_groups_are_preferred() -> None:
    packages = (
        entry("sphinx", "7.0", marker="'docs' in extras"),
        entry("pytest", "8.0", marker="'dev' in dependency_groups and os_name == 'posix'"),
        entry("both", "1.0", marker="'docs' in extras and 'dev' in dependency_groups"),
    )

    assert preferred(*packages) == {"sphinx": "7.0", "pytest": "8.0", "both": "1.0"}


def test_of_versions_in_conflict_the_newest_is_preferred() -> None:
    packages = (
        entry("torch", "2.10", marker="'cpu' in extras"),
        entry("torch", "2.9", marker="'gpu' in extras and 'cpu' not in extras"),
        entry("plain", "1.0", marker="'cpu' not in extras and 'gpu' not in extras"),
    )

    assert preferred(*packages) == {"torch": "2.10", "plain": "1.0"}


def test_an_entry_without_a_version_or_with_a_senseless_marker_says_nothing() -> None:
    assert preferred(folder("lib", "lib"), entry("x", "1", marker="extra == 'a'")) == {}


def test_a_lock_without_conflict_is_read_as_it_is() -> None:
    assert pins(repaired_preferences(render(document(entry("a", "1"))))) == [["a 1"]]


CONFLICTING = """\
lock-version = "1.0"
created-by = "zephyr"

[[packages]]
name = "a"
<<<<<<< ours
version = "1"
{base}=======
version = "2"
>>>>>>> theirs
directory = {{ path = "a" }}

[tool.zephyr]
"""


@pytest.mark.parametrize("base", ["", '||||||| base\nversion = "0"\n'])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_sides_of_a_conflict_are_taken(base: str, end: str) -> None:
    text = CONFLICTING.format(base=base).replace("\n", end)

    assert pins(repaired_preferences(text)) == [["a 1"], ["a 2"]]


def test_of_a_side_that_does_not_parse_the_whole_entries_are_taken() -> None:
    text = render(
        document(
            entry("a", "1", tool={"x": {"y": 1}}), entry("b", "1"), entry("c", "1", marker="'x' in extras")
        )
    )
    torn = text.replace('name = "b"', "name = <<<").replace(
        "created-by", "<<<<<<< ours\n=======\n>>>>>>> x\ncreated-by"
    )
    [found] = repaired_preferences(torn)

    assert pins([found]) == [["a 1", "c 1"]]
    assert {name: str(version) for name, version in preferences(found, LINUX).items()} == {"a": "1", "c": "1"}


TEXTS = [
    render(document(entry("a", "1"), entry("b", "2"), tool={"zephyr": {"constraints": ["x"]}})),
    CONFLICTING.format(base=""),
]


@given(
    st.sampled_from(TEXTS),
    st.integers(0, 900),
    st.integers(0, 60),
    st.sampled_from(["", "[", '"', "<<<<<<<\n", "\x00"]),
)
def test_whatever_happened_to_a_lock_nothing_is_raised(text: str, at: int, length: int, put: str) -> None:
    for found in repaired_preferences(text[:at] + put + text[at + length :]):
        preferences(found, LINUX)


@pytest.mark.parametrize("text", ["", "\x00", "a = " + "[" * 100_000, "[[packages]]\n" * 3, "<<<<<<<\n" * 3])
def test_nothing_readable_is_no_preference(text: str) -> None:
    assert repaired_preferences(text) == []
