"""Looks into sorted paths as into folders: all that lies in one is a slice of them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_AFTER_SLASH = chr(ord("/") + 1)


class Slice(NamedTuple):
    """The places, from ``start`` to before ``end``, of the paths in one folder."""

    prefix: str
    """The folder with ``/`` behind it; empty for the top."""
    start: int
    end: int


class Child(NamedTuple):
    """One name in a folder."""

    name: str
    inside: Slice
    """Of a file its own place."""
    is_folder: bool


def top(paths: Sequence[str]) -> Slice:
    """Return the slice of all of them."""
    return Slice("", 0, len(paths))


def below(paths: Sequence[str], path: str) -> Slice:
    """Return what lies in the folder ``path`` (the top, if empty); an empty slice for what is none."""
    if not path:
        return top(paths)

    start = bisect_left(paths, f"{path}/")

    return Slice(f"{path}/", start, bisect_left(paths, path + _AFTER_SLASH, start))


def children(paths: Sequence[str], within: Slice) -> Iterator[Child]:
    """Give the names in a folder in order; what is below a folder in it is skipped, not read."""
    prefix, place, end = within
    length = len(prefix)

    while place < end:
        name, slash, _ = paths[place][length:].partition("/")
        after = place + 1

        if slash:
            after = bisect_left(paths, prefix + name + _AFTER_SLASH, after, end)

        yield Child(name, Slice(prefix + name + slash, place, after), bool(slash))
        place = after


def folders_above(path: str) -> Iterator[str]:
    """Give the folders above an absolute path, the nearest first."""
    folder = path.rpartition("/")[0]

    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
