"""Hostile source archives: one small attack each, tagged with the row of the table that it tries."""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import dataclass, field

TOP = "project-1.0"
PYPROJECT = b'[project]\nname = "project"\nversion = "1.0"\n'


def member(name: str, data: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)

    for key, value in fields.items():
        setattr(info, key, value)

    return info, data


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, type=kind, linkname=target)


def tar(*members: tuple[tarfile.TarInfo, bytes], whole: bool = True, form: int = tarfile.PAX_FORMAT) -> bytes:
    first = [member(f"{TOP}/pyproject.toml", PYPROJECT)] if whole else []
    stream = io.BytesIO()

    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for info, data in [*first, *members]:
            archive.addfile(info, io.BytesIO(data))

    return stream.getvalue()


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def patched(data: bytes, offset: int, value: bytes, *, repair: bool = True) -> bytes:
    """Overwrite bytes of the first header; mend its checksum."""
    header = bytearray(data[:512])
    header[offset : offset + len(value)] = value

    if repair:
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)

    return bytes(header) + data[512:]


def pax(**records: str) -> tuple[tarfile.TarInfo, bytes]:
    return member(f"{TOP}/a", b"abc", pax_headers=records)


@dataclass(frozen=True)
class Case:
    row: str
    name: str
    rule: str
    data: bytes = field(repr=False)
    filename: str = "project-1.0.tar.gz"

    def __str__(self) -> str:
        return f"{self.row}-{self.name}"


def of_members(row: str, name: str, rule: str, *members: tuple[tarfile.TarInfo, bytes]) -> Case:
    return Case(row, name, rule, packed(tar(*members)))


_GOOD = tar()
_BOMB = packed(bytes(120 << 20))

CASES = (
    of_members("T01", "parent", "source-path-escapes", member(f"{TOP}/../../x")),
    of_members("T01", "absolute", "source-path-escapes", member("/x")),
    of_members("T01", "drive", "source-path-escapes", member("C:/x")),
    of_members("T01", "backslash", "source-path-unportable", member(f"{TOP}/a\\b")),
    of_members("T02", "symlink-out", "source-path-escapes", link(f"{TOP}/a", "../../etc")),
    of_members("T02", "symlink-absolute", "source-path-escapes", link(f"{TOP}/a", "/etc/passwd")),
    of_members("T02", "symlink-missing", "source-link-invalid", link(f"{TOP}/a", "none")),
    of_members("T02", "chain", "source-path-escapes", link(f"{TOP}/a", "b/../.."), link(f"{TOP}/b", ".")),
    of_members(
        "T02",
        "through",
        "source-file-and-folder",
        member(f"{TOP}/d", type=tarfile.DIRTYPE),
        link(f"{TOP}/a", "d"),
        member(f"{TOP}/a/x"),
    ),
    of_members("T03", "missing", "source-link-invalid", link(f"{TOP}/a", "none", tarfile.LNKTYPE)),
    of_members("T03", "out", "source-link-invalid", link(f"{TOP}/a", "../../etc/passwd", tarfile.LNKTYPE)),
    of_members(
        "T03",
        "later",
        "source-link-invalid",
        link(f"{TOP}/a", f"{TOP}/b", tarfile.LNKTYPE),
        member(f"{TOP}/b"),
    ),
    of_members(
        "T03",
        "to-symlink",
        "source-link-invalid",
        link(f"{TOP}/a", "pyproject.toml"),
        link(f"{TOP}/b", f"{TOP}/a", tarfile.LNKTYPE),
    ),
    *(
        of_members("T04", f"type-{kind.decode()}", "source-special-file", member(f"{TOP}/a", type=kind))
        for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.CONTTYPE, b"S", b"Z")
    ),
    Case(
        "T06",
        "two-sizes",
        "source-headers-disagree",
        packed(tar(pax(size="3")).replace(b"9 size=3\n", b"9 size=4\n")),
    ),
    of_members("T06", "vendor", "source-unsupported", pax(**{"GNU.sparse.major": "1"})),
    of_members("T06", "charset", "source-unsupported", pax(hdrcharset="BINARY")),
    of_members("T06", "nul", "source-path-unprintable", pax(path=f"{TOP}/a\0b")),
    Case("T07", "negative-size", "source-number-invalid", packed(patched(_GOOD, 124, b"\xff" * 12))),
    Case("T07", "binary-size", "source-number-invalid", packed(patched(_GOOD, 124, b"\x80" + bytes(11)))),
    Case("T07", "checksum", "source-damaged", packed(patched(_GOOD, 0, b"x", repair=False))),
    Case("T07", "trailing-members", "source-trailing-data", packed(_GOOD + _GOOD)),
    Case("T07", "cut", "source-damaged", packed(_GOOD[:600])),
    Case("T08", "two-members", "source-trailing-data", packed(_GOOD) + packed(_GOOD)),
    Case("T08", "junk", "source-trailing-data", packed(_GOOD) + b"junk"),
    Case("T08", "crc", "source-damaged", packed(_GOOD)[:-8] + b"\0\0\0\0" + packed(_GOOD)[-4:]),
    Case("T08", "size", "source-damaged", packed(_GOOD)[:-4] + b"\0\0\0\1"),
    Case("T08", "cut", "source-damaged", packed(_GOOD)[:-9]),
    Case("T08", "bomb", "source-too-large", _BOMB),
    Case("T09", "none", "source-top-folder", packed(tar(whole=False))),
    of_members("T09", "two", "source-top-folder", member("other/x")),
    of_members("T09", "file-at-root", "source-top-folder", member("x")),
    of_members("T10", "duplicate", "source-duplicate-entry", member(f"{TOP}/a"), member(f"{TOP}/a")),
    of_members("T10", "deep", "source-path-too-long", member(TOP + "/a" * 1000)),
    Case(
        "T11",
        "not-utf8",
        "source-name-encoding",
        packed(tar(member(f"{TOP}/\udcff"), form=tarfile.GNU_FORMAT)),
    ),
    of_members("T11", "control", "source-path-unprintable", member(f"{TOP}/a\x1bb")),
    *(
        Case("T12", end, "source-unsupported", packed(_GOOD), f"project-1.0{end}")
        for end in (".tar.bz2", ".tar.xz", ".tar.Z", ".egg", ".exe")
    ),
    Case("T12", "zip-as-tar", "source-damaged", b"PK\x03\x04" + bytes(60)),
    Case("T12", "tar-as-zip", "source-not-a-zip", packed(_GOOD), "project-1.0.zip"),
)
