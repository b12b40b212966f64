"""Heads of HTTP/1.1 messages: a request as bytes, and a response's head read strictly (RFC 9112).

Pure functions over bytes. What two readers could understand differently is refused: that is how one
response is smuggled into another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LARGEST_HEAD = 64 * 1024
MAX_HEADERS = 256

_STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?")
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_FIELDS = re.compile(rb"(?:%b:[^\r\n\0]*\r\n)*" % _TOKEN)
_FOLD = re.compile(rb"\r\n[ \t]+")
_BODILESS = frozenset({204, 304})


class ProtocolViolation(Exception):
    """Raised for bytes that are not a response as the standards describe it; the text says why."""


class ContradictoryHead(ProtocolViolation):
    """Raised for a head that says two things about where its body ends."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of a response, and how its body is delimited.

    Header names are in lower case; the values of a repeated one are joined by commas.
    """

    status: int
    headers: Mapping[str, str]
    length: int | None
    """Bytes of the body as sent; None where it is chunked or ends with the connection."""
    chunked: bool
    reusable: bool
    """Whether the connection can carry another request after this body."""


def request_bytes(target: str, host: str, headers: Mapping[str, str]) -> bytes:
    """Return a GET request; ``target`` is path and query, in ASCII.

    Raises ``ValueError`` for a header that would be more than one line.
    """
    lines = [f"GET {target} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\n".join(lines)

    if head.count("\n") >= len(lines) or "\r" in head or "\0" in head:
        raise ValueError("a request header has a line break")

    return head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n"


def parse_head(data: bytes) -> Head:
    """Read a head, from its status line to its empty line; raise `ProtocolViolation` for any other bytes."""
    line, _, rest = data.partition(b"\r\n")
    status_line = _STATUS_LINE.fullmatch(line)

    if status_line is None:
        raise ProtocolViolation(f"it answers with {line[:60]!r}, which is not HTTP/1.1")

    fields = rest[:-2]

    if b"\r\n " in fields or b"\r\n\t" in fields:
        fields = _FOLD.sub(b" ", fields)

    if not rest.endswith(b"\r\n") or _FIELDS.fullmatch(fields) is None:
        raise ProtocolViolation("it answers with a malformed header")

    lines = fields.decode("latin-1").split("\r\n")[:-1]
    parts = [line.partition(":") for line in lines]
    headers = joined_headers((name, value) for name, _, value in parts)

    return _framed(int(status_line[2]), headers, minor=status_line[1])


def joined_headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name, in lower case; the values of a repeated one are joined by commas.

    Raises `ContradictoryHead` for more than `MAX_HEADERS`.
    """
    headers: dict[str, str] = {}

    for count, (raw_name, raw_value) in enumerate(fields):
        if count == MAX_HEADERS:
            raise ContradictoryHead(f"it answers with more than {MAX_HEADERS} headers")

        name, value = raw_name.lower(), raw_value.strip(" \t")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value

    return headers


def _framed(status: int, headers: dict[str, str], minor: bytes) -> Head:
    """Decide where the body ends (RFC 9112, 6.3)."""
    connection = {option.strip() for option in headers.get("connection", "").lower().split(",")}
    reusable = "close" not in connection and (minor == b"1" or "keep-alive" in connection)
    coding, length = headers.get("transfer-encoding"), headers.get("content-length")

    if status < 200 or status in _BODILESS:
        return Head(status, headers, 0, chunked=False, reusable=reusable)

    if coding is not None:
        if length is not None or minor == b"0":
            raise ContradictoryHead("it answers with both a length and a transfer coding")

        if coding.lower() != "chunked":
            raise ProtocolViolation(f"it answers in the transfer coding {coding[:60]!r}")

        return Head(status, headers, None, chunked=True, reusable=reusable)

    if length is None:
        return Head(status, headers, None, chunked=False, reusable=False)

    return Head(status, headers, content_length(length), chunked=False, reusable=reusable)


def content_length(value: str) -> int:
    """Return the bytes that Content-Length announces; repeated, it must say the same each time."""
    lengths = {part.strip() for part in value.split(",")}
    length = lengths.pop()

    if lengths or not (length.isascii() and length.isdecimal()) or len(length) > 18:
        raise ContradictoryHead(f"it answers with the length {value[:60]!r}")

    return int(length)
