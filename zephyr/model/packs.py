"""Packs: plain values as bytes, read in one step, for this interpreter and this version of Zephyr alone.

A pack is to what it was lowered from what a ``.pyc`` is to its source: made of something that was believed,
never carried to another machine, and of no use to another interpreter or another Zephyr, which make their
own. It is a line that says whose it is, with the version of the library that gave everything its meaning, and
one value by `marshal`.
"""

from __future__ import annotations

import marshal
import sys
from typing import Any

import packaging

from zephyr import __version__

_MAKERS = (sys.implementation.cache_tag, sys.byteorder, __version__, packaging.__version__)
MAGIC = f"zephyr-pack 1 {' '.join(map(str, _MAKERS))}\n".encode()


def pack(value: tuple[Any, ...]) -> bytes:
    """Return the pack of nested tuples, dictionaries, texts, bytes and numbers."""
    return MAGIC + marshal.dumps(value)


def unpack(data: bytes) -> Any:  # noqa: ANN401 - whatever was packed
    """Return what was packed, None where that was by another interpreter or another Zephyr.

    ``data`` must be just what `pack` made: that is the cache's promise, which proves its records.
    """
    if not data.startswith(MAGIC):
        return None

    return marshal.loads(memoryview(data)[len(MAGIC) :])  # noqa: S302 - see above
