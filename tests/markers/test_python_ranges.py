"""The Pythons that a project supports, cut into ranges."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from zephyr.markers.python_ranges import (
    NEWEST_MINOR,
    OLDEST_MINOR,
    PythonRange,
    RequiresPythonImpossible,
    python_ranges,
)


def cut(requires_python: str, *cuts: str) -> list[tuple[str, str | None]]:
    ranges = python_ranges(SpecifierSet(requires_python), map(Version, cuts))

    return [(str(each.lower), str(each.upper) if each.upper else None) for each in ranges]


def test_there_is_one_range_for_every_minor_and_the_newest_has_no_end() -> None:
    assert cut(">=3.13") == [("3.15.0", None), ("3.14.0", "3.15.0"), ("3.13.0", "3.14.0")]


@pytest.mark.parametrize(
    ("requires_python", "ranges"),
    [
        (">=3.14,<4", [("3.15.0", None), ("3.14.0", "3.15.0")]),
        (">=3.14.2,<3.15", [("3.14.2", "3.15.0")]),
        (">3.14.2,<3.15.1", [("3.15.0", "3.15.1"), ("3.14.3", "3.15.0")]),
        ("~=3.14.1", [("3.14.1", "3.15.0")]),
        ("==3.14.*", [("3.14.0", "3.15.0")]),
        ("==3.14.2", [("3.14.2", "3.14.3")]),
        (">=3.13,!=3.14.*", [("3.15.0", None), ("3.13.0", "3.14.0")]),
        (">=3.14,!=3.14.3", [("3.15.0", None), ("3.14.4", "3.15.0"), ("3.14.0", "3.14.3")]),
        (">=3.14.0rc1,<3.15.0a1", [("3.14.0", "3.15.0")]),
        (">=3.17", [("3.17.0", None)]),
    ],
)
def test_only_what_requires_python_admits_is_in_a_range(
    requires_python: str, ranges: list[tuple[str, str | None]]
) -> None:
    assert cut(requires_python) == ranges


def test_ranges_are_cut_in_two_where_a_marker_says_so() -> None:
    assert cut(">=3.14", "3.14.2", "3.16.0", "3.9.0") == [
        ("3.16.0", None),
        ("3.15.0", "3.16.0"),
        ("3.14.2", "3.15.0"),
        ("3.14.0", "3.14.2"),
    ]


def test_there_is_no_python_4_and_none_before_3() -> None:
    assert cut(">=3.15", "4.0.0", "4.1.0") == [("3.15.0", None)]
    assert cut(">=2.7", "2.7.9")[-1] == ("3.0.0", "3.1.0")


@pytest.mark.parametrize("requires_python", ["", "<4", "!=3.9.*"])
def test_without_a_lower_bound_it_begins_with_the_oldest_that_is_maintained(requires_python: str) -> None:
    ranges = cut(requires_python)

    assert ranges[-1][0] == f"3.{OLDEST_MINOR}.0"
    assert len(ranges) == NEWEST_MINOR - OLDEST_MINOR + 1


@pytest.mark.parametrize("requires_python", [">3.12,<3.11", "<3", ">=4", "==3.12.*,!=3.12.*", "<3.9"])
def test_what_admits_no_python_is_refused(requires_python: str) -> None:
    with pytest.raises(RequiresPythonImpossible, match="admits no Python") as refused:
        cut(requires_python)

    assert (refused.value.id, refused.value.exit_code) == ("requires-python-impossible", 1)


def test_a_range_is_named_after_its_first_python() -> None:
    assert PythonRange(Version("3.12.0"), Version("3.12.4")).label == "3.12"
    assert PythonRange(Version("3.12.4"), None).label == "3.12.4"


RELEASES = st.tuples(st.integers(8, 17), st.integers(0, 4)).map(lambda parts: f"3.{parts[0]}.{parts[1]}")
CLAUSES = st.tuples(st.sampled_from([">=", ">", "<", "<=", "!=", "~="]), RELEASES).map("".join)


@given(st.lists(CLAUSES, max_size=3).map(",".join), st.lists(RELEASES, max_size=3), RELEASES)
def test_a_release_is_admitted_where_a_range_holds_it(requires: str, cuts: list[str], release: str) -> None:
    specifiers = SpecifierSet(requires)
    version = Version(release)

    try:
        ranges = python_ranges(specifiers, map(Version, cuts))
    except RequiresPythonImpossible:
        return

    holding = [one for one in ranges if one.lower <= version and (one.upper is None or version < one.upper)]
    begins = any(clause.operator in {">=", ">", "~="} for clause in specifiers)

    assert len(holding) == (specifiers.contains(version) and (begins or version >= Version("3.11")))
    assert all(newer.lower > older.lower for newer, older in pairwise(ranges))
