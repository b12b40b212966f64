"""Copies a file with its modification time, by the kernel where that can."""

from __future__ import annotations

import contextlib
import errno
import os
import sys

_NO_RANGE = frozenset({errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF})
_BINARY = getattr(os, "O_BINARY", 0)
_BLOCK = 1 << 20
_LARGEST_READ_WHOLE = 1 << 16


def copy(source: str, destination: str, mode: int) -> None:
    """Copy bytes and modification time to a new file with this mode (already less the umask).

    Raises `FileExistsError` and `OSError`; a copy that failed midway is removed.
    """
    origin = os.open(source, os.O_RDONLY | _BINARY)
    try:
        target = os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
        try:
            status = os.fstat(origin)
            _copy_bytes(origin, target, status.st_size)
            set_time(target, destination, status.st_mtime_ns)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(destination)

            raise
        finally:
            os.close(target)
    finally:
        os.close(origin)


def set_time(descriptor: int, path: str, mtime_ns: int) -> None:
    """Set the modification time of the open file at ``path``; the system says by which of the two."""
    place = descriptor if os.utime in os.supports_fd else path
    os.utime(place, ns=(mtime_ns, mtime_ns))


def _copy_bytes(origin: int, target: int, size: int) -> None:
    if sys.platform == "linux" and size > _LARGEST_READ_WHOLE:
        try:
            while os.copy_file_range(origin, target, max(size, _BLOCK)):
                pass
        except OSError as error:
            if error.errno not in _NO_RANGE:
                raise

    # Goes on from wherever the kernel's own copy stopped: both offsets have moved alike.
    while block := os.read(origin, _BLOCK):
        remaining = memoryview(block)
        while remaining:
            remaining = remaining[os.write(target, remaining) :]
