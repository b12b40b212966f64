"""Markers that mention ``extra``, with one extra (or none) turned on: what is left is about environments.

METADATA puts the requirements of all extras into one list and tells them apart by marker; a project
states them as lists of their own (PEP 621). This leads from the one to the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from packaging.markers import Marker

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(r""""[^"]*"|'[^']*'|[()]|not in\b|[^\s()"']+""")

Settled: TypeAlias = bool | str
"""True, False, or the marker on which it still depends."""


def settled(marker: Marker, extra: str) -> Settled:
    """Return what is left of ``marker`` when ``extra`` alone (empty: none) is turned on."""
    return _Parser(_TOKEN.findall(str(marker)), extra).alternatives()


class _Parser:
    """Recursive descent over the text that `packaging` writes, where operators and quotes stand alone."""

    __slots__ = ("_extra", "_tokens")

    def __init__(self, tokens: list[str], extra: str) -> None:
        self._tokens = tokens[::-1]
        self._extra = extra

    def alternatives(self) -> Settled:
        """Read ``A or B or …``."""
        return _joined("or", self._operands("or", self._conditions))

    def _conditions(self) -> Settled:
        """Read ``A and B and …``."""
        return _joined("and", self._operands("and", self._condition))

    def _operands(self, word: str, read: Callable[[], Settled]) -> list[Settled]:
        operands = [read()]

        while self._tokens and self._tokens[-1] == word:
            self._tokens.pop()
            operands.append(read())

        return operands

    def _condition(self) -> Settled:
        """Read a comparison, or alternatives in parentheses."""
        left = self._tokens.pop()

        if left == "(":
            inner = self.alternatives()
            self._tokens.pop()

            return inner

        operator, right = self._tokens.pop(), self._tokens.pop()
        comparison = f"{left} {operator} {right}"

        if "extra" in (left, right):
            return Marker(comparison).evaluate({"extra": self._extra})

        return comparison


def _joined(word: str, operands: list[Settled]) -> Settled:
    """Join operands, leaving out those that say nothing."""
    decisive = word == "or"

    if decisive in operands:
        return decisive

    undecided = [operand for operand in operands if isinstance(operand, str)]

    if not undecided:
        return not decisive

    if word == "and" and len(undecided) > 1:
        undecided = [f"({operand})" if _has_alternatives(operand) else operand for operand in undecided]

    return f" {word} ".join(undecided)


def _has_alternatives(marker: str) -> bool:
    return "or" in _TOKEN.findall(marker)
