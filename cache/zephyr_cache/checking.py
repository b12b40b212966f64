"""Whether the files of a tree are still what its manifest says."""

from __future__ import annotations

import contextlib
import os
import stat

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr_cache.manifest import Tree, TreeFile

_PLAIN, _EXECUTABLE = stat.S_IFREG | 0o644, stat.S_IFREG | 0o755
_TOLD = ~0 if os.name == "posix" else 0o170000
"""The bits of a mode that the system tells the truth about."""


def mode_of(file: TreeFile) -> int:
    """Give the mode that a file of a tree has, whatever the umask."""
    return 0o755 if file.executable else 0o644


def changed_files(tree: Tree) -> tuple[TreeFile, ...]:
    """Find the files that were touched, by size, time and mode; what only lost its time is hashed."""
    return tuple([file for file in _doubtful_files(tree) if not _is_right(tree.path, file)])


def wrong_files(tree: Tree) -> tuple[TreeFile, ...]:
    """Find the files whose bytes or mode are wrong, reading all of them."""
    return tuple([file for file in tree.files if not _is_right(tree.path, file)])


def _doubtful_files(tree: Tree) -> list[TreeFile]:
    """Find the files that do not look as the manifest says: one look at each, and nothing else."""
    doubtful: list[TreeFile] = []

    for name, section in tree.sections.items():
        places = differing(
            f"{tree.path}/{name}/", section.paths, section.sizes, section.mtimes_ns, section.executable
        )

        if places:
            files = section.files(name)
            doubtful += [files[place] for place in places]

    return doubtful


def differing(
    folder: str, paths: list[str], sizes: list[int], mtimes_ns: list[int], executable: list[int]
) -> list[int]:
    """Give the places of the files whose size, time, kind or mode is another one.

    The columns are those of a `Section`, whose folder is given with ``/`` behind it.
    """
    modes = [_PLAIN & _TOLD] * len(paths)
    for place in executable:
        modes[place] = _EXECUTABLE & _TOLD

    found: list[int] = []
    for place, (path, size, mtime_ns, mode) in enumerate(zip(paths, sizes, mtimes_ns, modes, strict=True)):
        try:
            status = os.lstat(folder + path)
        except OSError:
            found.append(place)
            continue

        if status.st_size != size or status.st_mtime_ns != mtime_ns or status.st_mode & _TOLD != mode:
            found.append(place)

    return found


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

    if status.st_size != file.size or not _has_mode(status.st_mode, mode_of(file)):
        return None

    return status.st_mtime_ns


def _has_mode(mode: int, wanted: int) -> bool:
    """Tell whether a status's mode is that of a regular file with the permission bits ``wanted``."""
    return mode & _TOLD == (stat.S_IFREG | wanted) & _TOLD


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
    import hashlib

    try:
        with open(location, "rb", buffering=0) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
    except OSError:
        return False
