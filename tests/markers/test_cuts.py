"""Where specifiers and markers change their truth."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from zephyr.markers.cuts import cuts_in
from zephyr.markers.literals import literals_in


def shown(cuts: frozenset[Version]) -> list[str]:
    return [str(version) for version in sorted(cuts)]


@pytest.mark.parametrize(
    ("specifier", "cuts"),
    [
        (">=3.9", ["3.9.0"]),
        (">3.10.3", ["3.10.4"]),
        ("<=3.10.3", ["3.10.4"]),
        ("<3.10.3", ["3.10.3"]),
        ("==3.10.3", ["3.10.3", "3.10.4"]),
        ("===3.10.3", ["3.10.3", "3.10.4"]),
        ("!=3.10.*", ["3.10.0", "3.11.0"]),
        ("~=3.10", ["3.10.0", "4.0.0"]),
        ("~=3.10.3", ["3.10.3", "3.11.0"]),
        (">=3.9,<3.12,!=3.10.4", ["3.9.0", "3.10.4", "3.10.5", "3.12.0"]),
        (">=3.11.0rc1", ["3.11.0"]),
        ("<3.14.0a1", ["3.14.0"]),
        (">=3.10.3.post1", ["3.10.4"]),
        ("", []),
        ("not a specifier", []),
    ],
)
def test_a_specifier_is_cut_where_its_truth_changes(specifier: str, cuts: list[str]) -> None:
    assert shown(cuts_in(specifier)) == cuts


@pytest.mark.parametrize(
    ("marker", "cuts"),
    [
        ("python_version > '3.10'", ["3.11.0"]),
        ("python_version >= '3.10.2'", ["3.11.0"]),
        ("python_version == '3.10'", ["3.10.0", "3.11.0"]),
        ("python_version ~= '3.10'", ["3.10.0", "4.0.0"]),
        ("'3.10' <= python_version", ["3.10.0"]),
        ("'3.10' > python_version", ["3.10.0"]),
        ("python_full_version > '3.10.3'", ["3.10.4"]),
        ("'3.10.3' < python_full_version", ["3.10.4"]),
        ("'3.11.0rc1' < python_full_version", ["3.11.1"]),
        ("python_version == '3.10.*'", ["3.10.0", "3.11.0"]),
        ("python_version in '3.8, 3.9'", ["3.8.0", "3.10.0"]),
        ("python_full_version not in '3.9.0 3.9.1'", ["3.9.0", "3.9.2"]),
        ("python_version < '3.9' or python_version >= '3.12'", ["3.9.0", "3.12.0"]),
        ("python_version < 'three'", []),
        ("implementation_version < '3.9'", []),
        ("python_version >", []),
    ],
)
def test_a_marker_is_cut_where_its_truth_changes(marker: str, cuts: list[str]) -> None:
    assert shown(literals_in(marker).cuts) == cuts


VERSIONS = st.sampled_from(
    ["3", "3.9", "3.10", "3.10.0", "3.10.3", "3.11.0rc1", "3.11.0.dev1", "3.10.3.post1", "3.11.2.1", "2.7"]
)
OPERATORS = st.sampled_from(["<", "<=", ">", ">=", "==", "!=", "~=", "==="])
RELEASES = [f"3.{minor}.{micro}" for minor in range(8, 14) for micro in range(6)]


@given(st.lists(st.tuples(OPERATORS, VERSIONS).map("".join), min_size=1, max_size=3).map(",".join))
def test_between_two_cuts_a_specifier_has_one_truth(specifier: str) -> None:
    cuts = cuts_in(specifier)

    try:
        specifiers = SpecifierSet(specifier)
    except ValueError:
        assert cuts == frozenset()
        return

    for before, after in pairwise(RELEASES):
        changes = specifiers.contains(before, prereleases=True) != specifiers.contains(
            after, prereleases=True
        )
        assert not changes or any(Version(before) < cut <= Version(after) for cut in cuts)


@given(st.sampled_from(["python_version", "python_full_version"]), OPERATORS, VERSIONS, st.booleans())
def test_between_two_cuts_a_marker_has_one_truth(
    variable: str, operator: str, version: str, is_reversed: bool
) -> None:
    value = f"'{version}'"
    marker = f"{value} {operator} {variable}" if is_reversed else f"{variable} {operator} {value}"
    cuts = literals_in(marker).cuts

    def holds(release: str) -> bool:
        values = {"python_version": release.rpartition(".")[0], "python_full_version": release}
        return Marker(marker).evaluate(values)

    try:
        truths = [holds(release) for release in RELEASES]
    except ValueError:
        assert cuts == frozenset()
        return

    for (before, was), (after, now) in pairwise(zip(RELEASES, truths, strict=True)):
        assert was == now or any(Version(before) < cut <= Version(after) for cut in cuts)
