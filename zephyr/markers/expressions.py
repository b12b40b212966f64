"""A marker taken apart: comparisons joined by ``and`` and ``or`` (PEP 508).

What joins them is read here; what a comparison means is left to `packaging.markers`. Few comparisons
recur in many markers, so that most of the work is done once.
"""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Comparison:
    """``python_version >= "3.9"``: one variable against one value."""

    text: str
    """It alone, in the one spelling that `packaging` prints."""
    marker: Marker = field(compare=False)
    variable: str
    """Empty where values are compared with each other, which no environment can answer."""
    value: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Parts joined by ``and``."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Parts joined by ``or``."""

    parts: tuple[Expression, ...]


Expression = Comparison | AllOf | AnyOf

_SHOWN = 200
_OPERAND = r"""(?:"[^"]*"|'[^']*'|[A-Za-z_][\w.]*)"""
_OPERATOR = r"(?:[<>=!~]+|in\b|not\s+in\b)"
_TOKEN = re.compile(rf"\s*(and\b|or\b|[()]|{_OPERAND}\s*{_OPERATOR}\s*{_OPERAND})\s*")
_OPERANDS = re.compile(rf"({_OPERAND}) .+? ({_OPERAND})", re.DOTALL)
_QUOTES = "\"'"


@lru_cache(maxsize=1 << 14)
def parse_marker(marker: str) -> Expression:
    """Take a marker apart.

    Raises:
        InvalidMarker: it is none; a ``ValueError``.

    """
    tokens = _tokens(marker)

    try:
        expression = _any_of(tokens)
    except RecursionError:
        raise InvalidMarker("A marker is nested too deeply") from None

    if tokens:
        raise _invalid(marker)

    return expression


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Yield all comparisons of an expression, as they are written."""
    if isinstance(expression, Comparison):
        yield expression
        return

    for part in expression.parts:
        yield from comparisons(part)


def _tokens(marker: str) -> deque[str]:
    tokens = deque[str]()
    at = 0

    while at < len(marker):
        found = _TOKEN.match(marker, at)

        if found is None:
            raise _invalid(marker)

        tokens.append(found[1])
        at = found.end()

    return tokens


def _any_of(tokens: deque[str]) -> Expression:
    parts = [_all_of(tokens)]

    while tokens and tokens[0] == "or":
        tokens.popleft()
        parts.append(_all_of(tokens))

    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _all_of(tokens: deque[str]) -> Expression:
    parts = [_one(tokens)]

    while tokens and tokens[0] == "and":
        tokens.popleft()
        parts.append(_one(tokens))

    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _one(tokens: deque[str]) -> Expression:
    first = tokens.popleft() if tokens else ""

    if first != "(":
        return _comparison(first)

    inner = _any_of(tokens)

    if not tokens or tokens.popleft() != ")":
        raise InvalidMarker("A marker lacks a closing parenthesis")

    return inner


@lru_cache(maxsize=1 << 14)
def _comparison(text: str) -> Comparison:
    marker = Marker(text)
    # What is printed has one spelling for each variable, also for the names of old (os.name).
    canonical = str(marker)
    operands = _OPERANDS.fullmatch(canonical)

    if operands is None:
        raise _invalid(text)

    left, right = operands.groups()
    variable, value = (right, left) if left[0] in _QUOTES else (left, right)

    return Comparison(
        canonical,
        marker,
        "" if variable[0] in _QUOTES else variable,
        value[1:-1] if value[0] in _QUOTES else value,
    )


def _invalid(marker: str) -> InvalidMarker:
    return InvalidMarker(f"{marker[:_SHOWN]!r} is no marker")
