"""Turns the texts of a command line, of variables and of settings into the values that commands take.

Only what nobody could read in another way: every doubt is left to typer, which converts all that it can and
says what is wrong with the rest.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})
FALSE = frozenset({"0", "false", "no", "off", "f", "n"})
LONGEST_NUMBER = 9


class NotPlain(Exception):
    """Raised where typer has to look at the command line."""


def converted(value: Any, kind: str | tuple[str, ...]) -> Any:  # noqa: ANN401
    """Return ``value`` as an option of this kind has it: see `zephyr.cli.tabulation` for the kinds.

    Raises `NotPlain`.
    """
    if isinstance(kind, tuple):
        return _choice(value, kind)

    return CONVERSIONS[kind](value)


def _choice(value: object, choices: tuple[str, ...]) -> str:
    if value in choices:
        return str(value)

    raise NotPlain


def _text(value: object) -> str:
    if isinstance(value, str):
        return value

    raise NotPlain


def _texts(value: Any) -> list[str] | None:  # noqa: ANN401
    if type(value) is not list:
        raise NotPlain

    return [_text(text) for text in value] or None  # pyright: ignore


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value

    if isinstance(value, str) and value in TRUE | FALSE:
        return value in TRUE

    raise NotPlain


def _integer(value: object) -> int:
    """Understand a whole number from nought up."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value

    if isinstance(value, str) and len(value) <= LONGEST_NUMBER and value.isascii() and value.isdecimal():
        return int(value)

    raise NotPlain


def _number(value: object) -> float:
    """Understand a number from nought up, without an exponent."""
    if isinstance(value, float) and value >= 0:
        return value

    if isinstance(value, str) and "." in value:
        whole, _, fraction = value.partition(".")
        _integer(fraction)

        return float(f"{_integer(whole)}.{fraction}")

    return float(_integer(value))


CONVERSIONS = {
    "text": _text,
    "texts": _texts,
    "flag": _flag,
    "count": _integer,
    "integer": _integer,
    "number": _number,
}
