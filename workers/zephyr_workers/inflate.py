"""The contents of an archive's entries, inflated piece by piece and checked against their headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_workers.archive import DEFLATED, Entry
from zephyr_workers.deflate import DEFLATE_ERRORS, crc32, decompressobj
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr_workers.archive_source import Source

PIECE = 1 << 20
"""Contents up to this size (bytes) come whole, larger ones in pieces of at most this size."""


def read_entry(source: Source, entry: Entry, limit: int) -> bytes:
    """Return the whole contents of ``entry``; refuse more than ``limit`` bytes."""
    if entry.size > limit:
        raise InvalidWheel(
            "wheel-too-large", f"it has {entry.size} bytes; the limit is {limit}", entry=entry.name
        )

    return b"".join(pieces(source, entry))


def pieces(source: Source, entry: Entry) -> Iterator[bytes]:
    """Give the contents of ``entry``; one piece up to `PIECE` bytes, no more than its header says.

    Raises `InvalidWheel` (``wheel-damaged``) as soon as the data is not a deflate stream, and at
    the end when its length or CRC is wrong or something follows it: use no piece before the end.
    """
    if entry.size <= PIECE and entry.compressed_size <= 2 * PIECE:
        yield _whole(source, entry)
        return

    crc = size = 0
    parts = _inflated(source, entry) if entry.method == DEFLATED else _stored(source, entry)

    for part in parts:
        size += len(part)

        if size > entry.size:
            raise _damaged(entry, "it is longer than its header says")

        crc = crc32(part, crc)
        yield part

    if size != entry.size:
        raise _damaged(entry, "it is shorter than its header says")

    if crc != entry.crc:
        raise _damaged(entry, "its contents do not have the CRC its header says")


def _whole(source: Source, entry: Entry) -> bytes:
    """Return contents of moderate size in one step."""
    raw = source.read(entry.data_offset, entry.compressed_size)
    contents = _inflated_at_once(raw, entry) if entry.method == DEFLATED else raw

    if len(contents) != entry.size:
        raise _damaged(entry, "its size is not what its header says")

    if crc32(contents, 0) != entry.crc:
        raise _damaged(entry, "its contents do not have the CRC its header says")

    return contents


def _inflated_at_once(raw: bytes, entry: Entry) -> bytes:
    decompressor = decompressobj(-15)

    try:
        contents = decompressor.decompress(raw, entry.size + 1)
    except DEFLATE_ERRORS as error:
        raise _damaged(entry, "it is not a deflate stream") from error

    if len(contents) > entry.size:
        raise _damaged(entry, "it is longer than its header says")

    if not decompressor.eof or len(raw) < entry.compressed_size:
        raise _damaged(entry, "its compressed data is cut short")

    if decompressor.unused_data:
        raise _damaged(entry, "bytes follow the end of its compressed data")

    return contents


def _stored(source: Source, entry: Entry) -> Iterator[bytes]:
    if entry.compressed_size != entry.size:
        raise _damaged(entry, "it is not compressed and has two sizes")

    for offset in range(0, entry.size, PIECE):
        yield source.read(entry.data_offset + offset, min(PIECE, entry.size - offset))


def _inflated(source: Source, entry: Entry) -> Iterator[bytes]:
    decompressor = decompressobj(-15)
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
        except DEFLATE_ERRORS as error:
            raise _damaged(entry, "it is not a deflate stream") from error

        if part:
            yield part
        elif not data and not decompressor.eof:
            raise _damaged(entry, "its compressed data is cut short")

    if decompressor.unused_data or position < end:
        raise _damaged(entry, "bytes follow the end of its compressed data")


def _damaged(entry: Entry, reason: str) -> InvalidWheel:
    return InvalidWheel("wheel-damaged", reason, entry=entry.name)
