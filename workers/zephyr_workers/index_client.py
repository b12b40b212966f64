"""The indexes as the rest of Zephyr sees them: listings, metadata and files of projects.

Implements the port that `zephyr.metadata` declares. Single flight and limits on concurrency are the
caller's (the task graph); every method may run many times at once. The ``stored_`` methods need no event
loop: a warm run asks them first.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

from zephyr.model.index import Index
from zephyr_workers.kept_wheels import KeptWheels
from zephyr_workers.lookup import Lookup
from zephyr_workers.pages import Pages
from zephyr_workers.wheel_metadata import MetadataReader

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Artifact, Listing
    from zephyr.model.index import Sources
    from zephyr_cache import Cache
    from zephyr_workers.download import Downloaded, Progress
    from zephyr_workers.helper_processes import HelperProcesses
    from zephyr_workers.http_client import HttpClient


class IndexClient:
    """An async context manager over ``client`` and ``cache``, which belong to the caller.

    ``refresh`` asks for every page anew (once), whatever the cache holds. Making one reads netrc, so it
    is made before the event loop starts or in a thread.
    """

    def __init__(self, sources: Sources, client: HttpClient, cache: Cache, *, refresh: bool = False) -> None:
        self._client = client

        for index in (*sources.indexes, *(Index(page) for page in sources.find_links)):
            client.credentials.add(index)

        self._pages = Pages(client, cache, refresh=refresh)
        self._lookup = Lookup(sources, self._pages)
        self._kept = KeptWheels(client, cache)
        self._metadata = MetadataReader(client, cache, self._kept, refresh=refresh)

    def use(self, helpers: HelperProcesses) -> None:
        """Have pages parsed by other processes; before the first is asked for."""
        self._pages.helpers = helpers if helpers.count else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        import anyio

        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._close)

    def _close(self) -> None:
        try:
            self._metadata.close()
            self.save()
        finally:
            self._kept.close()

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return all files of a project; no artifacts when no index knows it.

        The first index that knows the name wins (all are merged under ``unsafe-best-match``), and
        archives of find-links join. Raises rather than falling through to the next index when one
        refuses or fails.
        """
        return await self._lookup.listing(name)

    async def listing_on(self, index: str, name: NormalizedName, /) -> Listing:
        """Return all files of a project on the index of that name, whoever else knows it."""
        return await self._lookup.listing_on(index, name)

    def stored_listing(self, name: NormalizedName) -> Listing | None:
        """Return what `listing` would if that takes no request, else None. Blocking, for warm runs."""
        return self._lookup.stored(name)

    def save(self) -> None:
        """Keep for the next run what was looked up of listings; an event loop is not needed. Blocking."""
        self._pages.save()

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return a wheel's METADATA; raise `MetadataUnreadable` when it has none that can be read."""
        import anyio

        if artifact.url.startswith("file:"):
            return await anyio.to_thread.run_sync(self._read_local, artifact)

        return await self._metadata.read(artifact)

    def stored_metadata(self, artifact: Artifact) -> bytes | None:
        """Return what `metadata` would if that takes no request, else None. Blocking, for warm runs."""
        if artifact.url.startswith("file:"):
            return self._read_local(artifact)

        return self._metadata.stored(artifact)

    async def download(self, artifact: Artifact, folder: str, progress: Progress | None = None) -> Downloaded:
        """Put the proven file into ``folder``, under its own name.

        ``folder`` is a staging folder of the cache. A wheel that `metadata` had to fetch whole is moved
        there. ``progress`` is called on the event loop's thread.
        """
        import anyio

        from zephyr_workers.download import Download, ignore_progress

        if artifact.url.startswith("file:"):
            return await anyio.to_thread.run_sync(copy_local, artifact, folder)

        progress = progress or ignore_progress
        kept = await self._kept.take(artifact, folder)

        if kept is not None:
            progress(kept.size, kept.size)
            return kept

        return await Download(self._client, artifact, folder, progress).run()

    def _read_local(self, artifact: Artifact) -> bytes:
        from zephyr_workers.find_links import local_path
        from zephyr_workers.remote_metadata import read_local

        limit = self._client.options.max_metadata_size

        return read_local(local_path(artifact.url), artifact.filename, limit)


def copy_local(artifact: Artifact, folder: str) -> Downloaded:
    """Copy the file of a ``file:`` artifact into ``folder``, proving it on the way. Blocking."""
    from zephyr_workers.download import Downloaded
    from zephyr_workers.find_links import local_path
    from zephyr_workers.landing import Landing, verify
    from zephyr_workers.network_errors import FileMissing

    source = local_path(artifact.url)

    try:
        with open(source, "rb") as file:
            landing = Landing(
                os.path.join(folder, artifact.filename),
                dict(artifact.hashes),
                os.fstat(file.fileno()).st_size if artifact.size is None else artifact.size,
            )

            try:
                while chunk := file.read(1024 * 1024):
                    landing.write(chunk)
            finally:
                landing.close()
    except FileNotFoundError as error:
        raise FileMissing(f"{source} does not exist.") from error

    digests = landing.digests()
    verify(artifact, digests, landing.size)

    return Downloaded(landing.path, digests["sha256"], landing.size)
