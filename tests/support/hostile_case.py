"""What a hostile wheel is, and the ways to make one: an entry more, an entry changed, a document changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.wheel_parts import FILENAME, PRODUCERS, render, wheel_members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.support.zips import Archive, Member


@dataclass(frozen=True)
class Case:
    row: str
    name: str
    rule: str
    build: Callable[[], bytes]
    filename: str = FILENAME

    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


def building(
    members: Sequence[Member], producer: str = "plain", archive: Archive | None = None
) -> Callable[[], bytes]:
    return lambda: render(members, producer, archive)


def documents(row: str, name: str, rule: str, **parts: Any) -> Iterator[Case]:
    for producer in PRODUCERS:
        yield Case(row, f"{name}-{producer}", rule, building(wheel_members(**parts), producer))


def adding(row: str, name: str, rule: str, one: Member, *, once: bool = False) -> Iterator[Case]:
    """Add an entry at each position, by each producer (``once``: one of each)."""
    for position in ("middle",) if once else ("first", "middle", "last"):
        for producer in PRODUCERS:
            members = wheel_members(added=[one], position=position)
            yield Case(row, f"{name}-{position}-{producer}", rule, building(members, producer))


def on_each(
    row: str,
    name: str,
    rule: str,
    attack: Callable[[Member], Member],
    *,
    once: bool = False,
    producers: Sequence[str] = tuple(PRODUCERS),
) -> Iterator[Case]:
    """Change the first, a middle and the last entry (``once``: only a middle one)."""
    members = wheel_members()

    for position in (2,) if once else (0, 2, len(members) - 1):
        changed = [attack(one) if index == position else one for index, one in enumerate(members)]

        for producer in producers:
            yield Case(row, f"{name}-{position}-{producer}", rule, building(changed, producer))
