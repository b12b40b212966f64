"""Random access to an archive's bytes, read where they lie.

Nothing is mapped into memory: a file that another process cuts short would be a crash then, and
every page touched would count as ours. Readers go through an archive from its front to its end, so a
window read ahead serves most of what they ask for without a system call.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator


_WINDOW = 128 << 10
"""Bytes that are read at once for what is smaller."""
_SMALL = 4 << 20
"""An archive of up to so many bytes is read at once."""


class Source(Protocol):
    """The bytes of an archive."""

    size: int

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset``; fewer only past the end."""
        ...


class FileSource:
    """The bytes of an open file; for one thread at a time."""

    def __init__(self, descriptor: int) -> None:
        self.size = os.fstat(descriptor).st_size
        self._descriptor = descriptor
        self._start = 0
        self._window = self._read(0, self.size) if self.size <= _SMALL else b""

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset``; fewer only past the end. Raises `OSError`."""
        place = offset - self._start

        if place >= 0 and place + size <= len(self._window):
            return self._window[place : place + size]

        if size >= _WINDOW:
            return self._read(offset, size)

        self._start, self._window = offset, self._read(offset, _WINDOW)

        return self._window[:size]

    def _read(self, offset: int, size: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, offset)

        os.lseek(self._descriptor, offset, os.SEEK_SET)

        return os.read(self._descriptor, size)


@contextmanager
def open_source(path: str) -> Generator[FileSource]:
    """Open the file at ``path`` for the length of the block. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))

    try:
        yield FileSource(descriptor)
    finally:
        os.close(descriptor)
