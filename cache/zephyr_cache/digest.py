"""SHA-256 without waiting for OpenSSL to be loaded, which takes longer than most commands do.

The interpreter's own takes six times as long per byte: what is large, and all that comes after it, is left to
OpenSSL.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from hashlib import sha256 as _own_sha256
else:
    try:
        from _sha2 import sha256 as _own_sha256
    except ImportError:
        try:
            from _sha256 import sha256 as _own_sha256  # before Python 3.12
        except ImportError:
            from hashlib import sha256 as _own_sha256  # an interpreter that has only OpenSSL's

LARGE = 1 << 16
"""Bytes that are worth loading OpenSSL for."""


def sha256(data: bytes | memoryview) -> bytes:
    """Return the SHA-256 of ``data``."""
    if len(data) < LARGE and "hashlib" not in sys.modules:
        return _own_sha256(data).digest()

    import hashlib

    return hashlib.sha256(data).digest()
