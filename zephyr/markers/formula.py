"""Marker text put together: ``and``, ``or``, and parentheses where a reader would have to think."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Formula:
    """A marker, and what joins its parts; None for a single comparison."""

    text: str
    joiner: Literal["and", "or"] | None = None


def all_of(parts: Sequence[Formula]) -> Formula:
    """Join at least one part by ``and``."""
    return _joined(parts, "and")


def any_of(parts: Sequence[Formula]) -> Formula:
    """Join at least one part by ``or``."""
    return _joined(parts, "or")


def any_of_all(products: Iterable[Sequence[str]]) -> Formula:
    """Join the comparisons of every product by ``and``, and the products by ``or``.

    What all products share is written once: ``a and b or a and c`` becomes ``a and (b or c)``.
    """
    rows = sorted((tuple(product) for product in products), key=lambda row: (len(row), row))
    shared = [clause for clause in rows[0] if all(clause in row for row in rows)] if len(rows) > 1 else []
    own = [all_of([Formula(clause) for clause in row if clause not in shared]) for row in rows]

    return all_of([*map(Formula, shared), any_of(own)])


def _joined(parts: Sequence[Formula], joiner: Literal["and", "or"]) -> Formula:
    if len(parts) == 1:
        return parts[0]

    texts = (part.text if part.joiner in {None, joiner} else f"({part.text})" for part in parts)

    return Formula(f" {joiner} ".join(texts), joiner)
