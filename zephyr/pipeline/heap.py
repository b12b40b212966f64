"""Keeps the process small while it resolves and fetches."""

from __future__ import annotations

import contextlib
import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

_M_ARENA_MAX = -8
"""Of ``mallopt(3)``."""


def share_one_heap() -> None:
    """Let all threads allocate from one heap, before the first of them starts.

    glibc gives each thread a heap of its own, which hardly ever shrinks: a quarter of the memory of an
    install. Python's threads take turns anyway. Other C libraries know no such setting and need none.
    """
    if sys.platform != "linux":
        return

    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


@contextlib.contextmanager
def loaded_left_alone() -> Generator[None]:
    """Leave what is loaded by now, which is needed to the end, out of searches for garbage in the block."""
    gc.freeze()

    try:
        yield
    finally:
        gc.unfreeze()


@contextlib.contextmanager
def without_collections() -> Generator[None]:
    """Search for no garbage meanwhile: what is made stays in use, and there is more of it each time."""
    was_enabled = gc.isenabled()
    gc.disable()

    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def leave_alone() -> None:
    """Leave all that is there by now out of later searches: whoever is done soon need not look through it."""
    gc.freeze()


def drop_garbage() -> None:
    """Free what a resolve leaves: its facts refer to each other, and thousands wait to be collected."""
    gc.collect()
