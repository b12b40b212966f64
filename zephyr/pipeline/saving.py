"""Puts finished files into a folder of the user: whole or not at all, and never twice."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive can hold: the same source gives the same bytes."""
LEFT_OUT = frozenset({".git", ".hg", ".svn", ".bzr", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Saved:
    """A file in the folder."""

    path: str
    """Absolute."""
    is_new: bool
    """False where the same bytes were there before."""


def save(paths: Iterable[str], folder: str) -> list[Saved]:
    """Copy files into ``folder``, made where it is missing, under their own names; return them in order.

    Each is written beside its place and renamed when all are there. Raises OSError; no file of another
    content is then left half replaced.
    """
    os.makedirs(folder, exist_ok=True)
    staged: list[tuple[str, str | None]] = []

    try:
        for path in paths:
            place = os.path.join(folder, os.path.basename(path))
            staged.append((place, None if _same(path, place) else _staged(path, place)))

        for place, fresh in staged:
            if fresh is not None:
                os.replace(fresh, place)
    finally:
        for _, fresh in staged:
            if fresh is not None and os.path.lexists(fresh):
                os.unlink(fresh)

    return [Saved(place, is_new=fresh is not None) for place, fresh in staged]


def _staged(path: str, place: str) -> str:
    fresh = f"{place}.{os.getpid()}.part"
    shutil.copyfile(path, fresh)

    return fresh


def _same(one: str, other: str) -> bool:
    try:
        return os.path.getsize(one) == os.path.getsize(other) and _digest(one) == _digest(other)
    except FileNotFoundError:
        return False


def _digest(path: str) -> bytes:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def zip_source(folder: str, top: str, path: str) -> str:
    """Write what lies in ``folder`` below ``top`` into the zip archive ``path``, as pip does with a checkout.

    What belongs to version control and bytecode is left out. Returns ``path``.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside in _files(folder):
            name = inside.replace(os.sep, "/")
            entry = zipfile.ZipInfo(f"{top}/{name}", EPOCH)
            source = os.path.join(folder, inside)
            entry.external_attr = (os.stat(source).st_mode & 0xFFFF) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED

            with open(source, "rb") as file, archive.open(entry, "w") as target:
                shutil.copyfileobj(file, target)

    return path


def _files(folder: str) -> Iterator[str]:
    """Yield the files in ``folder``, links to files among them, sorted and relative."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)

        for name in sorted(names):
            path = os.path.join(parent, name)

            if os.path.isfile(path):
                yield os.path.relpath(path, folder)
