"""Where an archive's central directory lies: the end record and its ZIP64 companions, read strictly."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from zephyr_workers.archive_source import Source

LARGEST_DIRECTORY = 128 << 20

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_SENTINEL16 = 0xFFFF
_SENTINEL32 = 0xFFFFFFFF


def find_directory(source: Source) -> tuple[int, int, int]:
    """Return offset and size of the central directory and the number of its entries."""
    start = max(0, source.size - _END.size - 0xFFFF)
    tail = source.read(start, source.size - start)
    place = tail.rfind(b"PK\x05\x06")

    if place < 0:
        raise InvalidWheel("wheel-damaged", "the end of the archive is missing: it is cut short or not a zip")

    if len(tail) - place < _END.size:
        raise InvalidWheel("wheel-damaged", "the archive is cut short")

    _, disk, first_disk, count_here, count, size, offset, comment_size = _END.unpack_from(tail, place)
    comment = tail[place + _END.size :]

    if len(comment) != comment_size:
        raise InvalidWheel("wheel-trailing-data", "the archive does not end where it says it does")

    if b"PK" in comment:
        raise InvalidWheel("wheel-archive-comment", "the archive's comment could be another archive")

    end = start + place
    record = _read_zip64_record(source, end)

    if record is None:
        if disk or first_disk or count != count_here:
            raise InvalidWheel("wheel-multiple-disks", "the archive claims to span several disks")

        if count == _SENTINEL16 or _SENTINEL32 in (size, offset):
            raise InvalidWheel("wheel-zip64-wrong", "ZIP64 is announced and missing")
    else:
        end, *wide = record
        narrow = [disk, first_disk, count_here, count, size, offset]
        sentinels = [_SENTINEL16] * 4 + [_SENTINEL32] * 2

        for told, real, sentinel in zip(narrow, wide, sentinels, strict=True):
            if told not in (real, sentinel):
                raise InvalidWheel("wheel-zip64-wrong", "the two ends of the archive contradict each other")

        _, _, _, count, size, offset = wide

    _check_directory_place(offset, size, end)

    return offset, size, count


def _check_directory_place(offset: int, size: int, end: int) -> None:
    if offset + size < end:
        raise InvalidWheel("wheel-hidden-data", "there are bytes that belong to no entry before its end")

    if offset + size > end:
        raise InvalidWheel("wheel-damaged", "the central directory is not where the archive says it is")

    if size > LARGEST_DIRECTORY:
        raise InvalidWheel("wheel-too-large", f"its directory alone has {size} bytes")


def _read_zip64_record(source: Source, end: int) -> tuple[int, ...] | None:
    """Return ``(its offset, disks and counts, size, offset)`` of the ZIP64 record, if there is one."""
    locator = source.read(end - _LOCATOR.size, _LOCATOR.size) if end >= _LOCATOR.size else b""

    if not locator.startswith(b"PK\x06\x07"):
        return None

    _, disk, offset, disks = _LOCATOR.unpack(locator)
    place = end - _LOCATOR.size - _END64.size

    if disk != 0 or disks != 1 or offset != place or place < 0:
        raise InvalidWheel("wheel-zip64-wrong", "the ZIP64 locator does not point at its record")

    signature, size, _, _, disk, first_disk, count_here, count, directory_size, directory_offset = (
        _END64.unpack(source.read(place, _END64.size))
    )

    if signature != b"PK\x06\x06" or size != _END64.size - 12 or disk or first_disk or count != count_here:
        raise InvalidWheel("wheel-zip64-wrong", "the ZIP64 record is not well formed")

    return place, disk, first_disk, count_here, count, directory_size, directory_offset
