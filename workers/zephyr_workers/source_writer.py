"""Writes a source tree into an empty folder: plain modes whatever the umask, no name used twice."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

from zephyr_workers.source_errors import InvalidSource

if TYPE_CHECKING:
    from collections.abc import Iterable

_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)
_EARLIEST = 315_619_200
"""1980-01-02 in UTC: in 1980 in every time zone."""
_UNWRITABLE = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ})


class SourceWriter:
    """Makes folders first, then files, then links: so nothing is ever written through a link.

    Each method raises `InvalidSource` where the disk has the name already (``source-name-collision``: two
    names are one there) or cannot hold it (``source-path-unwritable``); `OSError` for reasons of its own.
    """

    def __init__(self, folder: str) -> None:
        """``folder`` is empty."""
        self._folder = folder
        self._masked = _masks(folder)
        self._now = int(time.time())

    def make_folder(self, name: str) -> None:
        """Make one folder (0755); the one that it lies in is there."""
        path = f"{self._folder}/{name}"

        try:
            os.mkdir(path, 0o755)
        except OSError as error:
            _blame_name(error, name)
            raise

        if self._masked:
            os.chmod(path, 0o755)  # noqa: S103 - what umask 022 makes

    def write(
        self, name: str, parts: Iterable[bytes], *, executable: bool, modified: int | None = None
    ) -> None:
        """Make one file (0644 or 0755) of ``parts``.

        It keeps the time of its modification (seconds since the epoch), where that is known: ``make`` and
        others build anew what is older than its source. Zip files cannot tell times before 1980, and times to
        come confuse, so it is brought between them.
        """
        path, mode = f"{self._folder}/{name}", 0o755 if executable else 0o644

        try:
            descriptor = os.open(path, _FLAGS, mode)
        except OSError as error:
            _blame_name(error, name)
            raise

        try:
            for part in parts:
                _write_all(descriptor, part)
        finally:
            os.close(descriptor)

        if modified is not None:
            told = min(max(modified, _EARLIEST), self._now)
            os.utime(path, (told, told))

        if self._masked:
            os.chmod(path, mode)

    def link(self, name: str, target: str, *, to_folder: bool) -> None:
        """Make one symbolic link, when all folders and files are there."""
        try:
            os.symlink(target, f"{self._folder}/{name}", target_is_directory=to_folder)
        except OSError as error:
            _blame_name(error, name)
            raise


def _masks(folder: str) -> bool:
    """Whether new files there lose bits that they should have (umask, access lists): asked of a new folder.

    The umask itself can be read only by changing it for the whole process.
    """
    probe = f"{folder}/.probe"
    os.mkdir(probe, 0o755)
    mode = os.stat(probe).st_mode
    os.rmdir(probe)

    return mode & 0o755 != 0o755


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)

    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def _blame_name(error: OSError, name: str) -> None:
    """Raise `InvalidSource` where the disk refuses the name, and not for reasons of its own."""
    if isinstance(error, FileExistsError):
        raise InvalidSource(
            "source-name-collision", "on this disk another entry has the same name", entry=name
        ) from error

    if error.errno in _UNWRITABLE:
        raise InvalidSource(
            "source-path-unwritable", "this disk cannot hold a file of that name", entry=name
        ) from error
