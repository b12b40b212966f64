"""Content codings of whole bodies (RFC 9110, 8.4): only gzip is ever asked for. Pure functions."""

from __future__ import annotations

import zlib

from zephyr_workers.deflate import DEFLATE_ERRORS, decompressobj
from zephyr_workers.http_head import ProtocolViolation

_GZIP = 16 + zlib.MAX_WBITS


class DecodedTooLarge(Exception):
    """Raised when a body decodes to more than was allowed."""


def decode_body(data: bytes, coding: str | None, limit: int) -> bytes:
    """Return ``data`` with its Content-Encoding, ``coding``, undone.

    No more than ``limit`` bytes are made. Raises `DecodedTooLarge`, and `ProtocolViolation` for a body
    that is incomplete, damaged or in another coding than gzip.
    """
    match (coding or "identity").strip().lower():
        case "identity":
            decoded = data
        case "gzip" | "x-gzip":
            decoded = _gunzip(data, limit)
        case unknown:
            raise ProtocolViolation(f"it answers in the coding {unknown[:60]!r}, which it was not asked for")

    if len(decoded) > limit:
        raise DecodedTooLarge

    return decoded


def _gunzip(data: bytes, limit: int) -> bytes:
    """Undo gzip, which may consist of several members (RFC 1952)."""
    parts: list[bytes] = []
    left = limit + 1

    while data and left:
        inflater = decompressobj(_GZIP)

        try:
            parts.append(inflater.decompress(data, left))
        except DEFLATE_ERRORS as error:
            raise ProtocolViolation("it sends a body that cannot be decoded") from error

        left -= len(parts[-1])

        if left and not inflater.eof:
            raise ProtocolViolation("it sends a body that cannot be decoded: it is incomplete")

        data = inflater.unused_data

    return b"".join(parts)
