"""Writes zip archives field by field, so that a test can make any of them lie.

    render([Member(b"a.txt", b"text"), Member(b"b.txt", b"more", central={"crc": 0})])

A `Member` is right by default; ``local`` and ``central`` replace fields of its two headers
(``name``, ``version``, ``flags``, ``method``, ``crc``, ``compressed_size``, ``size``; central also
``disk``, ``attributes``, ``offset``). `Archive` adds what surrounds the members.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

STORED, DEFLATED = 0, 8
STREAMED, UTF8 = 1 << 3, 1 << 11
SENTINEL = 0xFFFFFFFF

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")


def deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)

    return compressor.compress(data) + compressor.flush()


@dataclass(frozen=True)
class Member:
    """One entry. ``body`` replaces its compressed data, ``after`` is what follows it."""

    name: bytes
    data: bytes = b""
    method: int = DEFLATED
    flags: int = 0
    mode: int = 0o100644
    system: int = 3
    version: int = 20
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    body: bytes | None = None
    descriptor: bytes | None = None
    """None: the right one, signed, where the flags announce it."""
    local: Mapping[str, Any] = field(default_factory=dict[str, Any])
    central: Mapping[str, Any] = field(default_factory=dict[str, Any])
    after: bytes = b""
    listed: bool = True
    """Whether the central directory has it."""

    @property
    def compressed(self) -> bytes:
        if self.body is not None:
            return self.body

        return deflate(self.data) if self.method == DEFLATED else self.data

    @property
    def crc(self) -> int:
        return zlib.crc32(self.data)

    def with_local(self, **fields: Any) -> Member:
        return replace(self, local={**self.local, **fields})

    def with_central(self, **fields: Any) -> Member:
        return replace(self, central={**self.central, **fields})

    def with_both(self, **fields: Any) -> Member:
        return self.with_local(**fields).with_central(**fields)


def descriptor(member: Member, *, signed: bool = True, wide: bool = False, **fields: int) -> bytes:
    """Return a data descriptor of ``member`` in one of the four forms in use."""
    values = {
        "crc": member.crc,
        "compressed_size": len(member.compressed),
        "size": len(member.data),
        **fields,
    }
    numbers = struct.pack("<LQQ" if wide else "<LLL", *values.values())

    return (b"PK\x07\x08" if signed else b"") + numbers


def streamed(member: Member) -> Member:
    """Return the member as written to a pipe: sizes and CRC follow the data."""
    flagged = replace(member, flags=member.flags | STREAMED)

    return flagged.with_local(**{"crc": 0, "compressed_size": 0, "size": 0, **member.local})


def zip64_extra(*values: int) -> bytes:
    return struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values)


def extra(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


@dataclass(frozen=True)
class Archive:
    """Members and what surrounds them; ``end`` and ``end64`` replace fields of the end records."""

    members: tuple[Member, ...]
    prefix: bytes = b""
    """Before the first entry, without moving the offsets unless ``prefix_counts``."""
    prefix_counts: bool = False
    before_directory: bytes = b""
    before_end: bytes = b""
    comment: bytes = b""
    suffix: bytes = b""
    zip64: bool = False
    end: Mapping[str, int] = field(default_factory=dict[str, int])
    end64: Mapping[str, int] = field(default_factory=dict[str, int])
    locator: Mapping[str, int] = field(default_factory=dict[str, int])
    extensible: bytes = b""

    def render(self) -> bytes:
        output = bytearray(self.prefix if self.prefix_counts else b"")
        offsets: list[int] = []

        for member in self.members:
            offsets.append(len(output))
            output += _local_header(member) + member.compressed

            if member.flags & STREAMED:
                output += descriptor(member) if member.descriptor is None else member.descriptor

            output += member.after

        output += self.before_directory
        start = len(output)
        listed = [pair for pair in zip(self.members, offsets, strict=True) if pair[0].listed]

        for member, offset in listed:
            output += _central_header(member, offset)

        size = len(output) - start
        output += self.before_end + self._ends(len(output) + len(self.before_end), start, size, len(listed))

        return (b"" if self.prefix_counts else self.prefix) + bytes(output) + self.suffix

    def _ends(self, place: int, start: int, size: int, count: int) -> bytes:
        wide = b""
        end = {"disk": 0, "first": 0, "here": count, "count": count, "size": size, "offset": start}

        if self.zip64:
            fields = {
                "record_size": 44 + len(self.extensible),
                "disk": 0,
                "first": 0,
                "here": count,
                "count": count,
                "size": size,
                "offset": start,
                **self.end64,
            }
            values = list(fields.values())
            wide = (
                struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", values[0], 45, 45, *values[1:]) + self.extensible
            )
            locator = {"disk": 0, "offset": place, "disks": 1, **self.locator}
            wide += struct.pack("<4sLQL", b"PK\x06\x07", *locator.values())

        end.update(self.end)

        return (
            wide + struct.pack("<4sHHHHLLH", b"PK\x05\x06", *end.values(), len(self.comment)) + self.comment
        )


def _local_header(member: Member) -> bytes:
    fields: dict[str, Any] = {
        "version": member.version,
        "flags": member.flags,
        "method": member.method,
        "crc": member.crc,
        "compressed_size": len(member.compressed),
        "size": len(member.data),
        "name": member.name,
        **member.local,
    }
    name: bytes = fields["name"]

    return (
        _LOCAL.pack(
            b"PK\x03\x04",
            fields["version"],
            fields["flags"],
            fields["method"],
            0,
            0x5042,
            fields["crc"],
            fields["compressed_size"],
            fields["size"],
            len(name),
            len(member.local_extra),
        )
        + name
        + member.local_extra
    )


def _central_header(member: Member, offset: int) -> bytes:
    fields: dict[str, Any] = {
        "version": member.version,
        "flags": member.flags,
        "method": member.method,
        "crc": member.crc,
        "compressed_size": len(member.compressed),
        "size": len(member.data),
        "name": member.name,
        "disk": 0,
        "attributes": member.mode << 16,
        "offset": offset,
        **member.central,
    }
    name: bytes = fields["name"]

    return (
        _CENTRAL.pack(
            b"PK\x01\x02",
            member.system << 8 | 20,
            fields["version"],
            fields["flags"],
            fields["method"],
            0,
            0x5042,
            fields["crc"],
            fields["compressed_size"],
            fields["size"],
            len(name),
            len(member.central_extra),
            len(member.comment),
            fields["disk"],
            0,
            fields["attributes"],
            fields["offset"],
        )
        + name
        + member.central_extra
        + member.comment
    )
