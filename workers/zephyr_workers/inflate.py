"""The contents of an archive's entries, inflated piece by piece and checked against their headers."""

from __future__ import annotations

import os
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from zephyr_workers.archive import DEFLATED, Entry
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    from isal import isal_zlib as _fast

    _decompressor: Any = _fast.decompressobj
    _crc32: Any = _fast.crc32
    _ERRORS: tuple[type[Exception], ...] = (_fast.error, zlib.error)
except ImportError:  # no wheel of isal for this platform
    _decompressor = zlib.decompressobj
    _crc32 = zlib.crc32
    _ERRORS = (zlib.error,)

PIECE = 1 << 20
"""Contents up to this size (bytes) come whole, larger ones in pieces of at most this size."""


class FileSource:
    """An archive's bytes, read where they lie: nothing is mapped, so a file that shrinks is no crash."""

    def __init__(self, descriptor: int) -> None:
        self.size = os.fstat(descriptor).st_size
        self._descriptor = descriptor

    def read(self, offset: int, size: int) -> bytes:
        """Return ``size`` bytes from ``offset``; fewer only at the end of the file."""
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, size, offset)

        os.lseek(self._descriptor, offset, os.SEEK_SET)

        return os.read(self._descriptor, size)


@contextmanager
def open_source(path: str) -> Iterator[FileSource]:
    """Open the archive at ``path`` for the length of the block; for one thread. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))

    try:
        yield FileSource(descriptor)
    finally:
        os.close(descriptor)


def read_entry(source: FileSource, entry: Entry, limit: int) -> bytes:
    """Return the whole contents of ``entry``; refuse more than ``limit`` bytes."""
    if entry.size > limit:
        raise InvalidWheel(
            "wheel-too-large", f"it has {entry.size} bytes; the limit is {limit}", entry=entry.name
        )

    return b"".join(pieces(source, entry))


def pieces(source: FileSource, entry: Entry) -> Iterator[bytes]:
    """Give the contents of ``entry``; one piece up to `PIECE` bytes, no more than its header says.

    Raises `InvalidWheel` (``wheel-damaged``) as soon as the data is not a deflate stream, and at
    the end when its length or CRC is wrong or something follows it: use no piece before the end.
    """
    crc = size = 0
    parts = _inflated(source, entry) if entry.method == DEFLATED else _stored(source, entry)

    for part in parts:
        size += len(part)

        if size > entry.size:
            raise _damaged(entry, "it is longer than its header says")

        crc = _crc32(part, crc)
        yield part

    if size != entry.size:
        raise _damaged(entry, "it is shorter than its header says")

    if crc != entry.crc:
        raise _damaged(entry, "its contents do not have the CRC its header says")


def _stored(source: FileSource, entry: Entry) -> Iterator[bytes]:
    if entry.compressed_size != entry.size:
        raise _damaged(entry, "it is not compressed and has two sizes")

    for offset in range(0, entry.size, PIECE):
        yield source.read(entry.data_offset + offset, min(PIECE, entry.size - offset))


def _inflated(source: FileSource, entry: Entry) -> Iterator[bytes]:
    decompressor = _decompressor(-15)
    position = entry.data_offset
    end = position + entry.compressed_size
    allowed = min(entry.size + 1, PIECE)

    while not decompressor.eof:
        data = decompressor.unconsumed_tail

        if not data and position < end:
            data = source.read(position, min(PIECE // 4 if entry.size > PIECE else PIECE, end - position))
            position += len(data)

        try:
            part = decompressor.decompress(data, allowed)
        except _ERRORS as error:
            raise _damaged(entry, "it is not a deflate stream") from error

        if part:
            yield part
        elif not data and not decompressor.eof:
            raise _damaged(entry, "its compressed data is cut short")

    if decompressor.unused_data or position < end:
        raise _damaged(entry, "bytes follow the end of its compressed data")


def _damaged(entry: Entry, reason: str) -> InvalidWheel:
    return InvalidWheel("wheel-damaged", reason, entry=entry.name)
