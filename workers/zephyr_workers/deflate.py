"""Who undoes deflate: isal, which is twice as fast, or zlib where there is no wheel of it."""

from __future__ import annotations

import importlib
import zlib
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Decompressor(Protocol):
    """What `zlib.decompressobj` makes."""

    eof: bool
    unconsumed_tail: bytes
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Return at most so many bytes more."""
        ...


def _codec() -> tuple[
    Callable[[int], Decompressor], Callable[[bytes, int], int], tuple[type[Exception], ...]
]:
    """Return decompressor, CRC and error types."""
    standard: Any = zlib

    try:
        fast: Any = importlib.import_module("isal.isal_zlib")
    except ImportError:  # there is no wheel of isal for this platform
        return standard.decompressobj, standard.crc32, (zlib.error,)

    return fast.decompressobj, fast.crc32, (fast.error, zlib.error)


decompressobj, crc32, DEFLATE_ERRORS = _codec()
"""As `zlib.decompressobj` with window bits, `zlib.crc32`, and what the former raises for damage."""
