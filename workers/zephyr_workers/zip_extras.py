"""Extra fields of zip headers: ZIP64 values and Unicode names, the two that can change a meaning.

All other fields (time stamps, owners, markers of Java archives) are carried by real wheels and
ignored, as long as the list of fields itself is well formed.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Mapping

ZIP64 = 0x0001
UNICODE_PATH = 0x7075

_FIELD = struct.Struct("<HH")
_SENTINEL16 = 0xFFFF
_SENTINEL32 = 0xFFFFFFFF


def parse_extras(data: bytes, entry: str) -> Mapping[int, bytes]:
    """Split ``data`` into fields by id; refuse truncated ones, and a repeated ZIP64 or Unicode path."""
    fields: dict[int, bytes] = {}
    position = 0

    while position + _FIELD.size <= len(data):
        kind, size = _FIELD.unpack_from(data, position)
        position += _FIELD.size

        if position + size > len(data):
            raise InvalidWheel("wheel-extra-field-wrong", "an extra field is cut short", entry=entry)

        if kind in fields and kind in (ZIP64, UNICODE_PATH):
            raise InvalidWheel(
                "wheel-extra-field-wrong", f"the extra field {kind:#06x} is repeated", entry=entry
            )

        fields[kind] = data[position : position + size]
        position += size

    if any(data[position:]):
        raise InvalidWheel("wheel-extra-field-wrong", "bytes follow the extra fields", entry=entry)

    return fields


def unicode_path(extras: Mapping[int, bytes], raw_name: bytes, entry: str) -> None:
    """Refuse a Unicode path (0x7075) that is not the entry's very name."""
    field = extras.get(UNICODE_PATH)

    if field is None:
        return

    expected = b"\x01" + struct.pack("<L", zlib.crc32(raw_name)) + raw_name

    if field != expected:
        raise InvalidWheel("wheel-unicode-path-differs", "it carries a second, different name", entry=entry)


def zip64_values(
    extras: Mapping[int, bytes], entry: str, values: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    """Return size, compressed size, offset and disk of a central header with ZIP64 values in place.

    The field holds, in this order, the values whose place in the header is taken by a sentinel.
    Some producers always write all of them: then they must agree with the header.
    """
    field = extras.get(ZIP64)
    size, compressed_size, offset, disk = values
    wanted = [value == _SENTINEL32 for value in (size, compressed_size, offset)] + [disk == _SENTINEL16]

    if field is None:
        if any(wanted):
            raise InvalidWheel("wheel-zip64-wrong", "ZIP64 values are announced and missing", entry=entry)

        return values

    if not any(wanted):
        complete = struct.pack("<QQQL", *values)

        if field not in (b"", complete[:16], complete[:24], complete):
            raise InvalidWheel("wheel-zip64-wrong", "ZIP64 values contradict the header", entry=entry)

        return values

    form = "<" + "".join(code for code, want in zip("QQQL", wanted, strict=True) if want)

    if len(field) != struct.calcsize(form):
        raise InvalidWheel("wheel-zip64-wrong", f"the ZIP64 field has {len(field)} bytes", entry=entry)

    wide = iter(struct.unpack(form, field))
    size, compressed_size, offset, disk = (
        next(wide) if want else value for value, want in zip(values, wanted, strict=True)
    )

    return size, compressed_size, offset, disk
