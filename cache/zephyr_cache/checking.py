"""Whether the files of a tree are still what its manifest says."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zephyr_cache.manifest import Tree, TreeFile

_HAS_MODES = os.name == "posix"


def mode_of(file: TreeFile) -> int:
    """Give the mode that a file of a tree has, whatever the umask."""
    return 0o755 if file.executable else 0o644


def changed_files(tree: Tree) -> tuple[TreeFile, ...]:
    """Find the files that were touched, by size, time and mode; what only lost its time is hashed."""
    return tuple([file for file in tree.files if not _looks_right(tree.path, file)])


def wrong_files(tree: Tree) -> tuple[TreeFile, ...]:
    """Find the files whose bytes or mode are wrong, reading all of them."""
    return tuple([file for file in tree.files if not _is_right(tree.path, file)])


def _looks_right(folder: str, file: TreeFile) -> bool:
    location = f"{folder}/{file.section}/{file.path}"
    mtime_ns = _time_of(location, file)

    return mtime_ns == file.mtime_ns or (mtime_ns is not None and _restored(location, file))


def _is_right(folder: str, file: TreeFile) -> bool:
    location = f"{folder}/{file.section}/{file.path}"
    mtime_ns = _time_of(location, file)

    if mtime_ns is None:
        return False

    return _right_bytes(location, file) if mtime_ns == file.mtime_ns else _restored(location, file)


def _time_of(location: str, file: TreeFile) -> int | None:
    """Give the modification time of a file whose size and mode are right, None for any other."""
    try:
        status = os.lstat(location)
    except OSError:
        return None

    if status.st_size != file.size or not _right_mode(status.st_mode, file):
        return None

    return status.st_mtime_ns


def _right_mode(mode: int, file: TreeFile) -> bool:
    return stat.S_ISREG(mode) and (not _HAS_MODES or stat.S_IMODE(mode) == mode_of(file))


def _restored(location: str, file: TreeFile) -> bool:
    """Hash a file; when it is right, give it its time back.

    A copy or a restored backup of the cache has new times. The manifest's are the ones to keep,
    since bytecode refers to them.
    """
    if not _right_bytes(location, file):
        return False

    with contextlib.suppress(OSError):
        os.utime(location, ns=(file.mtime_ns, file.mtime_ns))

    return True


def _right_bytes(location: str, file: TreeFile) -> bool:
    try:
        with open(location, "rb", buffering=0) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
    except OSError:
        return False
