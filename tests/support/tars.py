"""Builds tar archives byte by byte, right except for what is asked.

tar(member("project-1.0/a", b"text"), link("project-1.0/b", "a"), form=tarfile.GNU_FORMAT)
"""

from __future__ import annotations

import gzip
import io
import tarfile

Part = tuple[tarfile.TarInfo, bytes]
FORMS = {"pax": tarfile.PAX_FORMAT, "gnu": tarfile.GNU_FORMAT, "ustar": tarfile.USTAR_FORMAT}


def member(name: str, data: bytes = b"", **fields: object) -> Part:
    info = tarfile.TarInfo(name)
    info.size = len(data)

    for key, value in fields.items():
        setattr(info, key, value)

    return info, data


def folder(name: str, mode: int = 0o755) -> Part:
    return member(name, type=tarfile.DIRTYPE, mode=mode)


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> Part:
    return member(name, type=kind, linkname=target)


def hard(name: str, target: str) -> Part:
    return link(name, target, tarfile.LNKTYPE)


def record(key: str, value: str) -> bytes:
    """Return one record of an extended header: ``length key=value newline``."""
    body = f" {key}={value}\n".encode("utf-8", "surrogateescape")
    length = len(body)

    while length != len(body) + len(str(length)):
        length = len(body) + len(str(length))

    return str(length).encode() + body


def extended(data: bytes, kind: bytes = b"x") -> Part:
    """Return an extended header (x, g) or a GNU long name (L, K) as a member of its own."""
    return member("././@Extended", data, type=kind)


def tar(*members: Part, form: int = tarfile.PAX_FORMAT) -> bytes:
    stream = io.BytesIO()

    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))

    return stream.getvalue()


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def patched(data: bytes, offset: int, value: bytes, *, header: int = 0, repair: bool = True) -> bytes:
    """Overwrite bytes of the header in block number ``header``; mend its checksum."""
    start = 512 * header
    block = bytearray(data[start : start + 512])
    block[offset : offset + len(value)] = value

    if repair:
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)

    return data[:start] + bytes(block) + data[start + 512 :]
