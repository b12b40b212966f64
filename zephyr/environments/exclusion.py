"""Keeps a project's ``.venv`` link out of git, by a line in ``info/exclude`` of the repository.

The pattern ``.venv/`` of many ``.gitignore`` files means folders: git takes a link for a file. What a
repository shares is its owners' business, so ``.gitignore`` is never touched. See gitignore(5) and
gitrepository-layout(5).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OPENED_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def exclude_from_git(path: str, folders: Iterable[str]) -> None:
    """Exclude ``path`` from the repository whose work tree begins in the first of ``folders`` that has one.

    ``folders`` are those above ``path``, nearest first. Outside of a repository nothing is done. Raises
    OSError for an exclude file that cannot be read or written; one that is a link is not followed, since
    it came with the files of the project.
    """
    for folder in folders:
        if (repository := repository_of(os.path.join(folder, ".git"))) is not None:
            add_line(os.path.join(repository, "info"), pattern_of(path, folder))
            return


def repository_of(path: str) -> str | None:
    """Return the folder that holds ``info`` for the ``.git`` at ``path``, None where there is none.

    In a linked work tree and in a submodule ``.git`` is a file that names its folder; the work trees of a
    repository have ``info`` in common.
    """
    folder = path

    if os.path.isfile(path):
        named = first_line(path)
        folder = os.path.join(os.path.dirname(path), named.removeprefix("gitdir:").strip())

        if not named.startswith("gitdir:"):
            return None

    if not os.path.isfile(os.path.join(folder, "HEAD")):
        return None

    return os.path.normpath(os.path.join(folder, first_line(os.path.join(folder, "commondir"))))


def first_line(path: str) -> str:
    """Return the first line of a file, empty where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline().rstrip("\r\n")
    except OSError:
        return ""


def pattern_of(path: str, top: str) -> str:
    """Return the pattern that means exactly ``path`` in the work tree ``top``."""
    inside = os.path.relpath(path, top).replace(os.sep, "/")

    return "/" + re.sub(r"([\\*?\[])", r"\\\1", inside)


def add_line(folder: str, pattern: str) -> None:
    """Add ``pattern`` to the file ``exclude`` in ``folder``, unless it is there. Raises OSError."""
    if "\n" in pattern or os.path.islink(folder):
        return

    os.makedirs(folder, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | OPENED_AS_IT_IS
    descriptor = os.open(os.path.join(folder, "exclude"), flags, 0o666)

    with open(descriptor, "r+b") as file:
        text = file.read()
        line = os.fsencode(pattern)

        if line in text.split(b"\n") or line + b"\r" in text.split(b"\n"):
            return

        file.write((b"" if text.endswith(b"\n") or not text else b"\n") + line + b"\n")
