"""Specifiers as version sets: always exactly what ``packaging`` says, however they are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, Specifier
from packaging.version import Version

from zephyr.metadata.membership import matching_clause

RELEASES = (
    "0",
    "0.9",
    "1",
    "1.0",
    "1.0.0",
    "1.0.1",
    "1.1",
    "1.1.1",
    "1.2",
    "1.10",
    "2",
    "2.0.5",
    "1!0.5",
    "1!1.0",
)
SUFFIXES = (
    "",
    ".dev0",
    ".dev3",
    "a1",
    "a1.dev2",
    "b2",
    "rc1",
    "rc1.post2",
    ".post0",
    ".post0.dev1",
    ".post1",
    ".post1.dev2",
)
LOCALS = ("", "+local", "+cu118.1")
OPERATORS = (">=", "<=", ">", "<", "==", "!=", "~=", "===")

versions = st.builds(
    "{}{}{}".format, st.sampled_from(RELEASES), st.sampled_from(SUFFIXES), st.sampled_from(LOCALS)
)
clauses = st.one_of(
    st.builds("{}{}".format, st.sampled_from(OPERATORS), versions),
    st.builds("{} {}".format, st.sampled_from(OPERATORS), st.sampled_from(RELEASES)),
    st.builds("{}{}.*".format, st.sampled_from(("==", "!=")), st.sampled_from(RELEASES)),
)


@given(st.sets(versions.map(Version), max_size=30), clauses)
def test_the_set_of_a_clause_is_what_packaging_admits(found: set[Version], clause: str) -> None:
    universe = sorted(found)

    try:
        specifier = Specifier(clause)
    except InvalidSpecifier:
        with pytest.raises(InvalidSpecifier):
            matching_clause(universe, clause)

        return

    expected = sum(
        2 << place for place, version in enumerate(universe) if specifier.contains(version, prereleases=True)
    )

    assert matching_clause(universe, clause) == expected


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("release", RELEASES)
def test_every_boundary_of_a_plain_release_is_exact(operator: str, release: str) -> None:
    universe = sorted(
        {Version(f"{r}{suffix}{local}") for r in RELEASES for suffix in SUFFIXES for local in LOCALS}
    )
    clause = f"{operator}{release}"

    if operator == "~=" and "." not in release:
        return

    expected = {version for version in universe if Specifier(clause).contains(version, prereleases=True)}
    found = matching_clause(universe, clause)

    assert {version for place, version in enumerate(universe) if found & 2 << place} == expected


def test_no_version_is_no_set() -> None:
    assert matching_clause([], ">=1") == 0


@pytest.mark.parametrize("clause", ["~=1", ">=1.*", "=>1", "1.0", ">="])
def test_text_that_is_no_clause_is_refused(clause: str) -> None:
    with pytest.raises(InvalidSpecifier):
        matching_clause([Version("1")], clause)
