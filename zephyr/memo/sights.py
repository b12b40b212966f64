"""What there is to see at paths of an environment, whoever made it and when.

A witness is known by its status (`zephyr.memo.answer.status_of`); a sight by what is in it, so that an
environment that has been made anew can be told to be as the one before it was.
"""

from __future__ import annotations

import os
import stat

from zephyr.memo.answer import NOT_FOLLOWED, Status, status_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTED = 4
"""How to look: at the names in a folder."""

Content = Status | str | list[str] | tuple[int, bytes]
"""An error's number; where a link leads; the names in a folder, or its mode; a file's mode and bytes; and the
status of what an environment leans on."""
Sight = tuple[str, int, Content]
"""A path, how it is looked at, and what is to be seen."""


def content_of(path: str, how: int) -> Content:
    """Return what is at ``path``; never raises `OSError`."""
    status = status_of(path, how & NOT_FOLLOWED)

    if isinstance(status, int):
        return status

    mode = status[3]

    try:
        if stat.S_ISLNK(mode):
            return os.readlink(path)

        if stat.S_ISDIR(mode):
            return sorted(os.listdir(path)) if how & LISTED else mode

        if not stat.S_ISREG(mode) or os.path.islink(path):
            return status  # what a link leads to is not made anew: the interpreter

        with open(path, "rb") as file:
            return mode, file.read()
    except OSError as error:
        return error.errno or -1


def are_as_before(sights: Iterable[Sight]) -> bool:
    """Tell whether all of them still are what they were."""
    return all(content_of(path, how) == content for path, how, content in sights)


def is_below(path: str, folders: Iterable[str]) -> bool:
    """Tell whether ``path``, as it is spelled, is one of ``folders`` or in one."""
    whole = f"{os.path.abspath(path)}/"

    return any(whole.startswith(f"{folder}/") for folder in folders)


def size_of(content: Content) -> int:
    """Return how many bytes of a file are kept."""
    return len(content[1]) if isinstance(content, tuple) and isinstance(content[1], bytes) else 0
