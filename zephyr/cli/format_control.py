"""pip's format control and release control: pairs of options, each of which takes names from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.request import ALL
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.metadata.requirements_syntax import Option

NONE = ":none:"
NO_BINARY = "no-binary"
ONLY_BINARY = "only-binary"
ALL_RELEASES = "all-releases"
ONLY_FINAL = "only-final"


def format_control(options: Iterable[Option]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names whose wheels, and those whose sources, are not to be used."""
    return _opposed(options, NO_BINARY, ONLY_BINARY)


def release_control(options: Iterable[Option]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names whose pre-releases are like any other version, and those whose are none."""
    return _opposed(options, ALL_RELEASES, ONLY_FINAL)


def _opposed(options: Iterable[Option], one: str, another: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what two options say of names.

    They count in their order. A value is names joined by commas, `ALL` for every project or `NONE` to begin
    anew; what one of the two says of a name, the other no longer does.
    """
    names: dict[str, set[str]] = {one: set(), another: set()}

    for option in options:
        if option.name in names:
            _apply(option.value, names[option.name], names[another if option.name == one else one])

    return frozenset(names[one]), frozenset(names[another])


def _apply(value: str, mine: set[str], other: set[str]) -> None:
    for word in (word.strip() for word in value.split(",")):
        if word == NONE:
            mine.clear()
        elif word == ALL:
            mine.clear()
            other.clear()
            mine.add(ALL)
        elif word:
            name = canonicalize_name(word)
            other.discard(name)
            mine.add(name)
