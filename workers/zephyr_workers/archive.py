"""The structure of a zip archive, read strictly: an archive has one meaning or it is refused.

Python's own `zipfile` accepts data before, after and between entries, duplicate names, and local
headers that contradict the central directory. Two programs that read such an archive can see
different files. `read_archive` accepts an archive only if every byte of it is accounted for:

::

    [local header, data, optional data descriptor] ...   contiguous from byte 0
    central directory                                    one header per entry, no comments
    [ZIP64 record, ZIP64 locator]                        optional, exactly in place
    end of central directory, comment                    the archive's last byte

and the local headers, the central directory and the descriptors agree. Contents are not read
here: see `zephyr_workers.inflate`. The format is PKWARE's APPNOTE 6.3.10.
"""

from __future__ import annotations

import stat
import struct
from typing import TYPE_CHECKING, NamedTuple

from zephyr_workers.archive_end import find_directory
from zephyr_workers.wheel_errors import InvalidWheel
from zephyr_workers.zip_extras import ZIP64, parse_extras, unicode_path, zip64_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from zephyr_workers.archive_source import Source

STORED = 0
DEFLATED = 8

MOST_ENTRIES = 200_000
LARGEST_CONTENT = 64 << 30
RATIO_CHECKED_FROM = 100 << 20
HIGHEST_RATIO = 100

_CENTRAL = struct.Struct("<4sBBBBHHHHLLLHHHHHLL")
_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_LOCAL_LENGTHS = struct.Struct("<HH")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_SENTINEL32 = 0xFFFFFFFF

_ENCRYPTED = 1 << 0
_DESCRIPTOR = 1 << 3
_UTF8 = 1 << 11
_KNOWN_FLAGS = 0b110 | _DESCRIPTOR | _UTF8
"""Bits 1 and 2 tell how hard deflate tried; the others encrypt, patch or are reserved."""
_HIGHEST_VERSION = 63


class Entry(NamedTuple):
    """One file or folder of an archive; ``name`` of a folder ends with a slash."""

    name: str
    method: int
    crc: int
    size: int
    compressed_size: int
    data_offset: int
    executable: bool

    @property
    def is_folder(self) -> bool:
        """Whether the entry stands for a folder."""
        return self.name.endswith("/")


class _Header(NamedTuple):
    """An entry as the central directory tells it, ZIP64 values already in place."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    size: int
    compressed_size: int
    offset: int
    executable: bool
    plain_local: bytes
    """The local header that says the very same and no more; empty where ZIP64 has to say more."""


def read_archive(source: Source) -> tuple[Entry, ...]:
    """Return the entries in the order of their data; raise `InvalidWheel` unless all of it is sound."""
    if source.read(0, 4) != _LOCAL_SIGNATURE:
        raise _not_an_archive(source)

    directory_offset, directory_size, count = find_directory(source)
    headers = sorted(
        _central_headers(source.read(directory_offset, directory_size), count), key=_offset_of_header
    )
    _check_budget(headers, source.size)
    ends = [header.offset for header in headers[1:]] + [directory_offset]
    expected = 0
    entries: list[Entry] = []

    for header, end in zip(headers, ends, strict=True):
        if header.offset != expected:
            raise _misplaced(header, expected)

        entries.append(_check_extent(source, header, end))
        expected = end

    return tuple(entries)


def _offset_of_header(header: _Header) -> int:
    return header.offset


def _not_an_archive(source: Source) -> InvalidWheel:
    tail = source.read(max(0, source.size - 66_000), 66_000)

    if b"PK\x05\x06" in tail and source.read(0, 4) != b"PK\x05\x06":
        return InvalidWheel("wheel-prepended-data", "it does not begin with a zip entry")

    return InvalidWheel("wheel-not-a-zip", "it is not a zip archive")


def _central_headers(directory: bytes, count: int) -> Iterator[_Header]:
    if count > MOST_ENTRIES:
        raise InvalidWheel("wheel-too-large", f"it claims {count} entries; the limit is {MOST_ENTRIES}")

    position = 0

    for _ in range(count):
        if len(directory) - position < _CENTRAL.size or directory[position : position + 4] != b"PK\x01\x02":
            raise InvalidWheel("wheel-damaged", "the central directory is shorter than its number of entries")

        header, position = _central_header(directory, position)
        yield header

    if position != len(directory):
        raise InvalidWheel("wheel-hidden-data", "the central directory is longer than its number of entries")


def _central_header(directory: bytes, position: int) -> tuple[_Header, int]:
    fields = _CENTRAL.unpack_from(directory, position)
    _, _, _, version, _, flags, method, _, _, crc, compressed_size, size = fields[:12]
    name_size, extra_size, comment_size, disk, _, attributes, offset = fields[12:]
    name_end = position + _CENTRAL.size + name_size
    end = name_end + extra_size
    raw_name = directory[position + _CENTRAL.size : name_end]
    name = _decode_name(raw_name, flags)

    if comment_size:
        raise InvalidWheel("wheel-entry-comment", "an entry must not have a comment", entry=name)

    if end > len(directory):
        raise InvalidWheel("wheel-damaged", "the central directory is cut short", entry=name)

    _check_features(name, version, flags, method)
    plain_local = _LOCAL_SIGNATURE + directory[position + 6 : position + 30] + b"\0\0" + raw_name

    if _SENTINEL32 in (size, compressed_size):
        plain_local = b""

    if extra_size:
        extras = parse_extras(directory[name_end:end], name)
        unicode_path(extras, raw_name, name)
        size, compressed_size, offset, disk = zip64_values(
            extras, name, (size, compressed_size, offset, disk)
        )

    if disk:
        raise InvalidWheel("wheel-multiple-disks", "the entry claims to lie on another disk", entry=name)

    executable = _check_mode(name, attributes)
    header = _Header(
        name, raw_name, flags, method, crc, size, compressed_size, offset, executable, plain_local
    )

    return header, end


def _decode_name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError:
        shown = raw.decode("utf-8", "backslashreplace")

        raise InvalidWheel("wheel-name-encoding", "the name is not declared UTF-8", entry=shown) from None


def _check_features(name: str, version: int, flags: int, method: int) -> None:
    if flags & _ENCRYPTED:
        raise InvalidWheel("wheel-unsupported", "the entry is encrypted", entry=name)

    if flags & ~_KNOWN_FLAGS:
        raise InvalidWheel("wheel-unsupported", f"the entry has the flags {flags:#06x}", entry=name)

    if method not in (STORED, DEFLATED):
        raise InvalidWheel("wheel-unsupported", f"compression method {method} is not for wheels", entry=name)

    if version > _HIGHEST_VERSION:
        raise InvalidWheel("wheel-unsupported", f"the entry needs zip version {version / 10}", entry=name)


def _check_mode(name: str, attributes: int) -> bool:
    """Return whether the entry is an executable file; links, devices and pipes are refused.

    The upper half is a Unix mode whatever system the entry claims to come from: readers look there.
    """
    mode = attributes >> 16
    kind = stat.S_IFMT(mode)
    allowed = (0, stat.S_IFREG, stat.S_IFDIR) if name.endswith("/") else (0, stat.S_IFREG)

    if kind not in allowed:
        what = "symbolic link" if kind == stat.S_IFLNK else f"special file (mode {mode:o})"
        raise InvalidWheel("wheel-special-file", f"the entry is a {what}", entry=name)

    return kind == stat.S_IFREG and bool(mode & 0o111)


def _check_budget(headers: list[_Header], archive_size: int) -> None:
    total = sum(header.size for header in headers)

    if total > LARGEST_CONTENT:
        raise InvalidWheel("wheel-too-large", f"it unpacks to {total} bytes; the limit is {LARGEST_CONTENT}")

    if total > RATIO_CHECKED_FROM and total > HIGHEST_RATIO * archive_size:
        raise InvalidWheel("wheel-too-large", f"it unpacks to {total // archive_size} times its size")


def _misplaced(header: _Header, expected: int) -> InvalidWheel:
    if expected == 0:
        return InvalidWheel("wheel-prepended-data", "there are bytes before the first entry")

    return InvalidWheel("wheel-overlapping-entries", "two entries share bytes", entry=header.name)


def _check_extent(source: Source, header: _Header, end: int) -> Entry:
    """Compare the bytes from ``header.offset`` to ``end`` with the central header."""
    plain, length = header.plain_local, len(header.plain_local)

    # Most local headers repeat the central one byte for byte, and then nothing is left to compare.
    if not plain or source.read(header.offset, length) != plain:
        length = _check_local_header(source, header)

    data_offset = header.offset + length
    _check_descriptor(source, header, data_offset + header.compressed_size, end)

    return Entry(
        header.name,
        header.method,
        header.crc,
        header.size,
        header.compressed_size,
        data_offset,
        header.executable,
    )


def _check_local_header(source: Source, header: _Header) -> int:
    """Refuse a local header that contradicts the central one; return its length, name and extra included."""
    name = header.name
    local = _read_local_header(source, header)
    _, _, flags, method, _, _, crc, *sizes, name_size, _ = _LOCAL.unpack_from(local)
    name_end = _LOCAL.size + name_size

    if local[_LOCAL.size : name_end] != header.raw_name:
        raise InvalidWheel("wheel-headers-disagree", "its local header has another name", entry=name)

    if flags != header.flags or method != header.method:
        raise InvalidWheel("wheel-headers-disagree", "its local header has other flags", entry=name)

    extras = parse_extras(local[name_end:], name)
    unicode_path(extras, header.raw_name, name)
    narrow = (sizes[1], sizes[0])
    wide = _wide_sizes(extras, name, needed=_SENTINEL32 in narrow)
    real = (header.size, header.compressed_size)
    told = [(crc, header.crc), *zip(wide, real, strict=False)]
    told += [pair for pair in zip(narrow, real, strict=True) if not (wide and pair[0] == _SENTINEL32)]
    streamed = flags & _DESCRIPTOR

    if any(value != right and not (streamed and value == 0) for value, right in told):
        raise InvalidWheel("wheel-headers-disagree", "its local header has other sizes or CRC", entry=name)

    return len(local)


def _read_local_header(source: Source, header: _Header) -> bytes:
    """Return the local header with its name and extra fields."""
    guess = _LOCAL.size + len(header.raw_name) + 36
    local = source.read(header.offset, guess)

    if len(local) < _LOCAL.size or local[:4] != _LOCAL_SIGNATURE:
        raise InvalidWheel(
            "wheel-headers-disagree", "there is no local header where one should be", entry=header.name
        )

    name_size, extra_size = _LOCAL_LENGTHS.unpack_from(local, _LOCAL.size - 4)
    length = _LOCAL.size + name_size + extra_size
    local = local[:length] if length <= guess else source.read(header.offset, length)

    if len(local) < length:
        raise InvalidWheel("wheel-damaged", "its local header is cut short", entry=header.name)

    return local


def _wide_sizes(extras: Mapping[int, bytes], name: str, *, needed: bool) -> tuple[int, ...]:
    """Return size and compressed size of a local header's ZIP64 field; none where it has no such field."""
    field = extras.get(ZIP64, b"")

    if needed and not field:
        raise InvalidWheel("wheel-zip64-wrong", "ZIP64 sizes are announced and missing", entry=name)

    if field and len(field) not in (16, 24, 28):
        raise InvalidWheel("wheel-zip64-wrong", f"its ZIP64 field has {len(field)} bytes", entry=name)

    return struct.unpack_from("<QQ", field) if field else ()


def _check_descriptor(source: Source, header: _Header, data_end: int, end: int) -> None:
    """Check what lies between the data and the next entry: nothing, or the announced descriptor.

    Its four possible forms differ in length, so there is no need to guess which one it is.
    """
    length = end - data_end

    if length < 0:
        raise InvalidWheel("wheel-overlapping-entries", "its data runs into what follows", entry=header.name)

    if not header.flags & _DESCRIPTOR:
        if length:
            raise InvalidWheel(
                "wheel-hidden-data", f"{length} bytes after it belong to no entry", entry=header.name
            )

        return

    build = _DESCRIPTOR_FORMS.get(length)

    if build is None:
        raise InvalidWheel(
            "wheel-descriptor-wrong", f"its data descriptor has {length} bytes", entry=header.name
        )

    if source.read(data_end, length) not in build(header):
        raise InvalidWheel("wheel-descriptor-wrong", "its data descriptor contradicts it", entry=header.name)


def _descriptor(form: str, signature: bytes) -> Callable[[_Header], tuple[bytes, ...]]:
    layout = struct.Struct(form)

    def build(header: _Header) -> tuple[bytes, ...]:
        try:
            return (signature + layout.pack(header.crc, header.compressed_size, header.size),)
        except struct.error:
            return ()

    return build


_DESCRIPTOR_FORMS = {
    12: _descriptor("<LLL", b""),
    16: _descriptor("<LLL", b"PK\x07\x08"),
    20: _descriptor("<LQQ", b""),
    24: _descriptor("<LQQ", b"PK\x07\x08"),
}
