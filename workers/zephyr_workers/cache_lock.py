"""A lock of the cache, for work that waits: held against every other process, given up by a cancellation."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from zephyr_cache import CacheLockTimeout

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractContextManager

    from zephyr_cache import Cache

_ATTEMPT = 0.2
"""Seconds."""


@asynccontextmanager
async def exclusive(
    cache: Cache, key: str, limit: float, waiting: Callable[[], None] | None = None
) -> AsyncGenerator[None]:
    """Hold the lock of ``key``; wait at most ``limit`` seconds for it, ``waiting`` being told once.

    Raises `CacheLockTimeout` when another process does not let go of it.
    """
    lock = await _acquired(cache, key, limit, waiting)

    try:
        yield
    finally:
        lock.__exit__(None, None, None)


async def _acquired(
    cache: Cache, key: str, limit: float, waiting: Callable[[], None] | None
) -> AbstractContextManager[None]:
    """Return the lock of ``key``, held."""
    waited = 0.0

    while True:
        # In short steps, so that an interrupted command never waits for a thread.
        lock = cache.exclusive(key, timeout=_ATTEMPT)

        try:
            await anyio.to_thread.run_sync(lock.__enter__)
        except CacheLockTimeout:
            if waited == 0.0 and waiting is not None:
                waiting()

            waited += _ATTEMPT

            if waited >= limit:
                raise
        else:
            return lock
