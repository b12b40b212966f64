"""A project in a folder of the user, with a digest of its content: it is built again when that changed.

What counts is every file's path, kind, whether it is executable, and bytes. What tools write beside a
project does not: environments, caches, what builds leave behind, and version control (but see
`version_from_git`). So that a large folder is not read again each time, the digest of each file is
remembered with its size and times, in the cache's bucket ``local-sources-v1``::

    key: the folder's real path
    {"format": 1, "files": {"src/demo.py": [size, mtime in ns, ctime in ns, inode, "<SHA-256>"], …}}

A file that was written within `UNSETTLED` before it was looked at is read again the next time, as a clock
tick can hide a change.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from zephyr.errors import ZephyrError
from zephyr_workers.project_folder import check_project
from zephyr_workers.sources import SourceTree
from zephyr_workers.version_from_git import CONFIGURATION, version_state
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr_cache import Cache

BUCKET = "local-sources-v1"
UNSETTLED = 2 * 1_000_000_000
"""Nanoseconds."""
_FORMAT = 1
_IGNORED = frozenset(
    {
        ".DS_Store",
        ".bzr",
        ".cache",
        ".coverage",
        ".direnv",
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".idea",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pixi",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
    }
)
_IGNORED_ENDINGS = (".egg-info", ".pyc", ".pyo", ".swp", "~")
_IGNORED_AT_TOP = frozenset({"build", "dist"})
_LARGEST = 200_000


class LocalFolderUnreadable(ZephyrError):
    """Raised when a folder of the user cannot be read, or has too many files to be one project."""

    id = "source-unreadable"


def local_source(path: str, cache: Cache | None = None, *, shown: str | None = None) -> SourceTree:
    """Return the project in the folder at ``path``, with the digest of its present content. Blocking.

    With a ``cache``, files whose size and times have not changed are not read again. Raises `NoProject` and
    `LocalFolderUnreadable`.
    """
    folder = os.path.realpath(path)
    check_project(folder, shown or path)

    try:
        digest = _digest(folder, cache)
    except OSError as error:
        raise LocalFolderUnreadable(
            f"{visible(error.filename or folder)} cannot be read: {error.strerror}.",
            hint="Make it readable, or move what does not belong to the project out of its folder.",
        ) from error

    return SourceTree(folder, digest, shown or path, None, None)


def configuration_digest(path: str) -> str:
    """Return a digest of what an editable wheel depends on: how the project is built, not its modules.

    Blocking; a file that is not there or cannot be read counts as empty: the build will say so.
    """
    folder = os.path.realpath(path)
    whole = hashlib.sha256(f"configuration 1\n{version_state(folder)}\n".encode())

    for name in CONFIGURATION:
        with suppress(OSError):
            whole.update(f"{name} {file_digest(f'{folder}/{name}')}\n".encode())

    return whole.hexdigest()


def _digest(folder: str, cache: Cache | None) -> str:
    known = _remembered(cache, folder)
    kept: dict[str, list[Any]] = {}
    whole = hashlib.sha256(f"local folder 1\n{version_state(folder)}\n".encode())
    settled = time.time_ns() - UNSETTLED

    for path, kind, status in sorted(_entries(folder, folder)):
        full = f"{folder}/{path}"

        if kind == "link":
            content = hashlib.sha256(os.fsencode(os.readlink(full))).hexdigest()
        else:
            before = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
            content = _known_digest(known.get(path), before) or file_digest(full)

            if max(status.st_mtime_ns, status.st_ctime_ns) < settled:
                kept[path] = [*before, content]

        whole.update(os.fsencode(path) + b"\0" + f"{kind} {content}\n".encode())

    if cache is not None and kept != known:
        cache.write(BUCKET, folder, json.dumps({"format": _FORMAT, "files": kept}).encode())

    return whole.hexdigest()


def _entries(top: str, folder: str) -> Iterator[tuple[str, str, os.stat_result]]:
    """Yield path below ``top``, kind and status of all that counts; links and devices are not followed."""
    folders = [folder]
    number = 0

    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if _is_ignored(entry, top):
                    continue

                number += 1
                status = entry.stat(follow_symlinks=False)
                path = entry.path[len(top) + 1 :].replace(os.sep, "/")

                if number > _LARGEST:
                    raise LocalFolderUnreadable(
                        f"{visible(top)} has more than {_LARGEST} files: that is hardly one project.",
                        hint="Give the project's own folder.",
                    )

                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_symlink():
                    yield path, "link", status
                elif stat.S_ISREG(status.st_mode):
                    yield path, "program" if status.st_mode & 0o100 else "file", status


def _is_ignored(entry: os.DirEntry[str], top: str) -> bool:
    name = entry.name

    if name in _IGNORED or name.endswith(_IGNORED_ENDINGS):
        return True

    if not entry.is_dir(follow_symlinks=False):
        return False

    at_top = entry.path == os.path.join(top, name)
    left_by_build = at_top and name in _IGNORED_AT_TOP and not os.path.exists(f"{entry.path}/__init__.py")

    return left_by_build or os.path.exists(f"{entry.path}/pyvenv.cfg")


def _remembered(cache: Cache | None, folder: str) -> dict[str, list[Any]]:
    record = cache.read(BUCKET, folder) if cache is not None else None

    if record is None:
        return {}

    document: dict[str, Any] = json.loads(record)  # the cache gives back what was written, or nothing

    return document["files"] if document["format"] == _FORMAT else {}


def _known_digest(remembered: list[Any] | None, before: list[int]) -> str | None:
    return str(remembered[4]) if remembered is not None and remembered[:4] == before else None


def file_digest(path: str) -> str:
    """Return the SHA-256 of a file's bytes. Blocking; raises `OSError`."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
