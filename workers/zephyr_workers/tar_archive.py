"""The members of a tar archive, read strictly: what readers could understand differently is refused.

`tarfile` hides what it repairs: a size told twice, data after the end, headers with a wrong sum.
`read_members` walks the headers (POSIX.1-2001 ustar and PAX, GNU long names) strictly forward and
accepts an archive only if each field it uses has one meaning.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr_workers.archive import MOST_ENTRIES
from zephyr_workers.source_errors import InvalidSource

if TYPE_CHECKING:
    from collections.abc import Iterator
    from mmap import mmap

BLOCK = 512
_LARGEST_HEADER = _PIECE = 1 << 20
_POSIX, _GNU, _OLD = b"ustar\x0000", b"ustar  \x00", bytes(8)
_MEANINGLESS = frozenset({"mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment"})
_MEANINGFUL = frozenset({"path", "linkpath", "size"})


class Kind(Enum):
    """What a member is."""

    FILE = "file"
    FOLDER = "folder"
    HARD_LINK = "hard link"
    SYMBOLIC_LINK = "symbolic link"


_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"5": Kind.FOLDER,
    b"1": Kind.HARD_LINK,
    b"2": Kind.SYMBOLIC_LINK,
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member as the archive tells it: names are decoded and not yet checked."""

    name: str
    kind: Kind
    size: int
    offset: int
    """Where the contents begin in the tar stream, in bytes."""
    target: str
    executable: bool
    modified: int
    """Seconds since the epoch; 0 where the header's number is out of the ordinary."""


def read_members(content: bytes | mmap) -> Iterator[Member]:
    """Give the members of a whole tar in memory. Raises `InvalidSource`."""
    position, told, count = 0, dict[str, str](), 0
    told_of_all: set[str] = set()

    while block := _header(content, position):
        count += 1

        if count > 2 * MOST_ENTRIES:
            raise InvalidSource("source-too-large", f"it has more than {MOST_ENTRIES} entries")

        size = _number(block[124:136])
        start = position + BLOCK
        position = start + -(-size // BLOCK) * BLOCK

        if position > len(content):
            raise InvalidSource("source-damaged", "it is cut short")

        kind = block[156:157]

        if kind in (b"x", b"L", b"K"):
            _extend(told, kind, _contents(content, start, size))
        elif kind == b"g":
            _check_global(told_of_all, _contents(content, start, size))
        else:
            yield _member(block, told, size, start)
            told = {}

    if told:
        raise InvalidSource("source-damaged", "it ends after an extended header")

    _check_end(content, position)


def _header(content: bytes | mmap, position: int) -> bytes:
    """Return the header block; nothing for the block of zeros that ends the archive."""
    block = content[position : position + BLOCK]

    if len(block) < BLOCK:
        raise InvalidSource("source-damaged", "it is cut short")

    if block == bytes(BLOCK):
        return b""

    if _number(block[148:156]) != sum(block[:148]) + sum(block[156:]) + 8 * 32:
        raise InvalidSource("source-damaged", "a header's checksum is wrong")

    if block[257:265] not in (_POSIX, _GNU, _OLD):
        raise InvalidSource("source-not-a-tar", "a header is not one of a tar archive")

    return block


def _number(field: bytes) -> int:
    digits = field.strip(b" \0")

    if digits.strip(b"01234567"):
        raise InvalidSource("source-number-invalid", "a header holds a number that is not octal")

    return int(digits or b"0", 8)


def _contents(content: bytes | mmap, start: int, size: int) -> bytes:
    if size > _LARGEST_HEADER:
        raise InvalidSource("source-too-large", f"it has an extended header of {size} bytes")

    return content[start : start + size]


def _extend(told: dict[str, str], kind: bytes, data: bytes) -> None:
    """Add what an extended header says of the next member; nothing may be said twice."""
    if kind in b"LK":
        found = [("path" if kind == b"L" else "linkpath", _decode(data.removesuffix(b"\0")))]
    else:
        found = list(_records(data))

    _check_once([key for key, _ in found])

    for key, value in found:
        if key in _MEANINGLESS:
            continue

        if key not in _MEANINGFUL:
            raise InvalidSource("source-unsupported", f"it has an extended header with {key!a}")

        if key in told:
            raise InvalidSource("source-headers-disagree", f"two extended headers give {key} of one entry")

        if not value or "\0" in value:
            raise InvalidSource(
                "source-path-unprintable", f"an extended header's {key} is empty or holds NUL"
            )

        told[key] = value


def _check_once(keys: list[str]) -> None:
    if len(set(keys)) < len(keys):
        raise InvalidSource("source-headers-disagree", "an extended header says something twice")


def _check_global(told: set[str], data: bytes) -> None:
    """Refuse what a header says of all members that follow, unless it means nothing and is said once."""
    keys = [key for key, _ in _records(data)]
    _check_once([*told, *keys])

    for key in keys:
        if key not in _MEANINGLESS:
            raise InvalidSource("source-unsupported", f"it has a global extended header with {key!a}")

    told.update(keys)


def _records(data: bytes) -> Iterator[tuple[str, str]]:
    """Give key and value of PAX records: ``length key=value newline``, the length in decimal."""
    while data:
        digits, space, _ = data[:21].partition(b" ")
        length = int(digits) if space and digits.isdigit() and not digits.startswith(b"0") else 0
        record = data[len(digits) + 1 : length]
        key, equals, value = record.removesuffix(b"\n").partition(b"=")

        if not 0 < length <= len(data) or not key or not equals or not record.endswith(b"\n"):
            raise InvalidSource("source-damaged", "an extended header is malformed")

        name = _decode(key)
        yield name, _decode(value) if name in _MEANINGFUL else ""
        data = data[length:]


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        shown = raw.decode("utf-8", "backslashreplace")

        raise InvalidSource("source-name-encoding", "the name is not UTF-8", entry=shown) from None


def _text(field: bytes) -> str:
    return _decode(field.partition(b"\0")[0])


def _member(block: bytes, told: dict[str, str], size: int, offset: int) -> Member:
    prefix = _text(block[345:500]) if block[257:265] == _POSIX else ""
    short = f"{prefix}/{_text(block[:100])}" if prefix else _text(block[:100])
    name = told.get("path", short)
    kind = _KINDS.get(block[156:157])

    if kind is None:
        raise InvalidSource("source-special-file", f"it is of the type {block[156:157]!a}", entry=name)

    if block[257:265] != _POSIX and any(block[345:500]):
        raise InvalidSource("source-headers-disagree", "its header could give it two names", entry=name)

    if block[156:157] == b"\0" and name.endswith("/"):
        kind = Kind.FOLDER  # before POSIX, the slash was the only sign

    if kind is Kind.FILE and name.endswith("/"):
        raise InvalidSource("source-path-not-canonical", "it is a file with the name of a folder", entry=name)

    if "size" in told and told["size"] != str(size):
        raise InvalidSource("source-headers-disagree", "it has two sizes", entry=name)

    if size and kind is not Kind.FILE:
        raise InvalidSource("source-link-with-data", f"a {kind.value} cannot have contents", entry=name)

    target = told.get("linkpath", _text(block[157:257]))

    executable = bool(_number(block[100:108]) & 0o111)
    time = block[136:148].strip(b" \0")
    modified = 0 if time.strip(b"01234567") else int(time or b"0", 8)

    return Member(name, kind, size, offset, target, executable, modified)


def _check_end(content: bytes | mmap, position: int) -> None:
    """Refuse anything but zeros after the block that ends the archive."""
    for start in range(position, len(content), _PIECE):
        part = content[start : start + _PIECE]

        if part.count(0) < len(part):
            raise InvalidSource("source-trailing-data", "there is data after the end of the archive")

    if len(content) % BLOCK:
        raise InvalidSource("source-damaged", "it does not consist of whole blocks")
