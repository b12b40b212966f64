"""Wheels that had to come whole for their metadata's sake, kept until the installation asks for them."""

from __future__ import annotations

import os
from _thread import allocate_lock
from contextlib import ExitStack
from typing import TYPE_CHECKING

from zephyr.dataclass import replace

if TYPE_CHECKING:
    from zephyr.model.artifact import Artifact
    from zephyr_cache import Cache
    from zephyr_workers.download import Downloaded
    from zephyr_workers.http_client import HttpClient

MEMORY_LIMIT = 32 * 1024 * 1024


class KeptWheels:
    """Large ones lie in a staging folder of the cache, those within one ranged read stay in memory."""

    def __init__(self, client: HttpClient, cache: Cache) -> None:
        self._client = client
        self._cache = cache
        self._exit = ExitStack()
        self._folder: str | None = None
        self._lock = allocate_lock()
        self._files: dict[str, Downloaded] = {}
        self._small: dict[str, bytes] = {}
        self._memory = 0

    async def fetch(self, artifact: Artifact) -> Downloaded:
        """Download a whole wheel, proven, and keep it."""
        import anyio

        from zephyr_workers.download import Download

        folder = await anyio.to_thread.run_sync(self._staging)
        kept = await Download(self._client, artifact, folder).run()
        self._files[artifact.url] = kept

        return kept

    def remember(self, artifact: Artifact, data: bytes) -> None:
        """Keep a whole wheel that came with a ranged read, unproven as yet, while there is room."""
        if artifact.hashes and self._memory + len(data) <= MEMORY_LIMIT:
            self._memory += len(data)
            self._small[artifact.url] = data

    async def take(self, artifact: Artifact, folder: str) -> Downloaded | None:
        """Move a kept wheel into ``folder``; None when it is not here, or not what was announced."""
        import anyio

        kept = self._files.pop(artifact.url, None)

        if kept is not None:
            path = os.path.join(folder, artifact.filename)
            await anyio.to_thread.run_sync(os.replace, kept.path, path)

            return replace(kept, path=path)

        data = self._small.pop(artifact.url, None)

        if data is None:
            return None

        self._memory -= len(data)

        return await anyio.to_thread.run_sync(write_proven, artifact, data, folder)

    def close(self) -> None:
        """Remove what nobody asked for. Blocking."""
        self._exit.close()
        self._small.clear()

    def _staging(self) -> str:
        with self._lock:
            if self._folder is None:
                self._folder = self._exit.enter_context(self._cache.staging())

            return self._folder


def write_proven(artifact: Artifact, data: bytes, folder: str) -> Downloaded | None:
    """Write ``data`` into ``folder``; None, and nothing left, unless it is what was announced. Blocking."""
    from zephyr_workers.download import Downloaded
    from zephyr_workers.landing import Landing, mismatch

    path = os.path.join(folder, artifact.filename)
    landing = Landing(path, dict(artifact.hashes), len(data))

    try:
        landing.write(data)
    finally:
        landing.close()

    digests = landing.digests()

    if mismatch(artifact, digests) or artifact.size not in (None, landing.size):
        os.unlink(path)
        return None

    return Downloaded(path, digests["sha256"], landing.size)
