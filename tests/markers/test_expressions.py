"""Markers taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import InvalidMarker, Marker

from zephyr.markers.expressions import AllOf, AnyOf, Comparison, comparisons, parse_marker

if TYPE_CHECKING:
    from collections.abc import Callable


def test_and_binds_closer_than_or() -> None:
    expression = parse_marker("os_name == 'a' or os_name == 'b' and os_name == 'c'")

    assert isinstance(expression, AnyOf)
    assert [type(part) for part in expression.parts] == [Comparison, AllOf]


def test_parentheses_bind_closest() -> None:
    expression = parse_marker("(os_name == 'a' or os_name=='b')and os_name == 'c'")

    assert isinstance(expression, AllOf)
    assert [type(part) for part in expression.parts] == [AnyOf, Comparison]


def test_a_comparison_is_of_a_variable_with_a_value_whichever_comes_first() -> None:
    found = [
        (each.variable, each.value)
        for each in comparisons(parse_marker("'a b' in os_name or os.name not  in \"it's\" or 'x' in extras"))
    ]

    assert found == [("os_name", "a b"), ("os_name", "it's"), ("extras", "x")]


def test_two_values_are_compared_without_a_variable() -> None:
    assert [each.variable for each in comparisons(parse_marker("'a' == 'b'"))] == [""]


@pytest.mark.parametrize(
    "marker",
    [
        "",
        "os_name",
        "os_name == 'nt' and",
        "and os_name == 'nt'",
        "(os_name == 'nt'",
        "os_name == 'nt')",
        "os_name == 'nt' os_name == 'nt'",
        "os_name = 'nt'",
        "os_name == 'nt",
        "nonsense == 'nt'",
        "()",
        "(" * 5000 + "os_name == 'nt'" + ")" * 5000,
    ],
)
def test_what_is_no_marker_is_refused(marker: str) -> None:
    with pytest.raises(InvalidMarker):
        parse_marker(marker)


PIECES = st.sampled_from(
    [
        "(",
        ")",
        " and ",
        " or ",
        "os_name == 'nt'",
        "'3.9'<python_version",
        "'x' in extras",
        "==",
        "not in",
        "'a'",
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_marker_is_what_the_standard_says_it_is(text: str) -> None:
    assert _is_read_by(parse_marker, text) == _is_read_by(Marker, text)


def _is_read_by(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except InvalidMarker:
        return False

    return True
