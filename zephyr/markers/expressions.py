"""A marker taken apart: comparisons joined by ``and`` and ``or`` (PEP 508)."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, Marker

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Comparison:
    """``python_version >= "3.9"``: one variable against one value."""

    text: str
    """A marker by itself."""
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

_QUOTES = "\"'"
_OPERAND = r"""(?:"[^"]*"|'[^']*'|\w+)"""
_TOKEN = re.compile(
    rf"\s*(?:(?P<mark>and\b|or\b|[()])"
    rf"|(?P<left>{_OPERAND})\s*(?:not\s+in\b|in\b|[<>=!~]+)\s*(?P<right>{_OPERAND}))"
)


@lru_cache(maxsize=1 << 14)
def parse_marker(marker: str) -> Expression:
    """Take a marker apart.

    Raises:
        InvalidMarker: it is none; a ``ValueError``.

    """
    try:
        # What is printed has one spelling for everything, also for the names of old (os.name).
        canonical = str(Marker(marker))
    except RecursionError:
        raise InvalidMarker("Markers are nested too deeply") from None

    return _any_of(deque(_TOKEN.finditer(canonical)))


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Yield all comparisons of an expression, as they are written."""
    if isinstance(expression, Comparison):
        yield expression
        return

    for part in expression.parts:
        yield from comparisons(part)


def _any_of(tokens: deque[re.Match[str]]) -> Expression:
    parts = [_all_of(tokens)]

    while tokens and tokens[0]["mark"] == "or":
        tokens.popleft()
        parts.append(_all_of(tokens))

    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _all_of(tokens: deque[re.Match[str]]) -> Expression:
    parts = [_one(tokens)]

    while tokens and tokens[0]["mark"] == "and":
        tokens.popleft()
        parts.append(_one(tokens))

    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _one(tokens: deque[re.Match[str]]) -> Expression:
    token = tokens.popleft()

    if token["mark"] == "(":
        inner = _any_of(tokens)
        tokens.popleft()
        return inner

    left, right = token["left"], token["right"]
    text = token[0].strip()

    if left[0] not in _QUOTES:
        return Comparison(text, left, right[1:-1] if right[0] in _QUOTES else right)

    is_variable = right[0] not in _QUOTES

    return Comparison(text, right if is_variable else "", left[1:-1])
