"""The indexes as the rest of Zephyr sees them: listings, metadata and files of projects.

Implements the port that `zephyr.metadata` declares. Single flight and limits on concurrency are the
caller's (the task graph); every method may run many times at once.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from zephyr.model.artifact import Listing
from zephyr.model.index import IndexStrategy
from zephyr_workers.download import Download, Downloaded, Landing, ignore_progress, verify
from zephyr_workers.find_links import FindLinks, local_path, read_file_index
from zephyr_workers.network_errors import FileMissing
from zephyr_workers.pages import ABSENT, Pages
from zephyr_workers.simple_index import parse_page
from zephyr_workers.wheel_metadata import MetadataReader, read_local

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Artifact
    from zephyr.model.index import Index, Sources
    from zephyr_cache import Cache
    from zephyr_workers.download import Progress
    from zephyr_workers.http_client import HttpClient


class IndexClient:
    """An async context manager over ``client`` and ``cache``, which belong to the caller.

    ``refresh`` asks for every page anew (once), whatever the cache holds.
    """

    def __init__(self, sources: Sources, client: HttpClient, cache: Cache, *, refresh: bool = False) -> None:
        self._sources = sources
        self._client = client
        self._cache = cache
        self._pages = Pages(client, cache, refresh=refresh)
        self._find_links = FindLinks(sources.find_links, self._pages)
        self._metadata = MetadataReader(client, cache, self._keep)
        self._kept: dict[str, Downloaded] = {}
        self._exit = ExitStack()
        self._kept_folder: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._exit.close()

    async def listing(self, name: NormalizedName) -> Listing:
        """Return all files of a project; no artifacts when no index knows it.

        The first index that knows the name wins (all are merged under ``unsafe-best-match``), and
        archives of find-links join. Raises rather than falling through to the next index when one
        refuses or fails.
        """
        await self._find_links.load()
        best_match = self._sources.strategy is IndexStrategy.UNSAFE_BEST_MATCH
        listings = await (self._all(name) if best_match else self._first(name))

        return merged(name, self._find_links.artifacts(name), listings)

    async def metadata(self, artifact: Artifact) -> bytes:
        """Return a wheel's METADATA; raise `MetadataUnreadable` when it has none that can be read."""
        import anyio

        if artifact.url.startswith("file:"):
            limit = self._client.options.max_metadata_size

            return await anyio.to_thread.run_sync(
                read_local, local_path(artifact.url), artifact.filename, limit
            )

        return await self._metadata.read(artifact)

    async def download(
        self, artifact: Artifact, folder: str, progress: Progress = ignore_progress
    ) -> Downloaded:
        """Put the proven file into ``folder``, under its own name.

        ``folder`` is a staging folder of the cache. A wheel that `metadata` had to fetch whole is moved
        there. ``progress`` is called on the event loop's thread.
        """
        import anyio

        kept = self._kept.pop(artifact.url, None)

        if kept is not None:
            path = os.path.join(folder, artifact.filename)
            await anyio.to_thread.run_sync(os.replace, kept.path, path)
            progress(kept.size, kept.size)

            return replace(kept, path=path)

        if artifact.url.startswith("file:"):
            return await anyio.to_thread.run_sync(copy_local, artifact, folder)

        return await Download(self._client, artifact, folder, progress).run()

    async def _first(self, name: NormalizedName) -> list[Listing]:
        for index in self._sources.indexes:
            listing = await self._ask(index, name)

            if listing is not None:
                return [listing]

        return []

    async def _all(self, name: NormalizedName) -> list[Listing]:
        listings = [await self._ask(index, name) for index in self._sources.indexes]

        return [listing for listing in listings if listing is not None]

    async def _ask(self, index: Index, name: NormalizedName) -> Listing | None:
        """Return what one index says of a project, None when it does not know it."""
        import anyio

        if index.url.startswith("file:"):
            found = await anyio.to_thread.run_sync(read_file_index, index.url, name)

            return (
                None
                if found is None
                else replace(parse_page(found[0], "text/html", found[1], name), index=index.shown)
            )

        page = await self._pages.page(f"{index.url.rstrip('/')}/{name}/", f"{name} on {index.shown}")

        if page.status in ABSENT:
            return None

        listing = await anyio.to_thread.run_sync(parse_page, page.body, page.content_type, page.url, name)

        return replace(listing, index=index.shown)

    async def _keep(self, artifact: Artifact) -> Downloaded:
        """Fetch a whole wheel for its metadata; `download` will find it."""
        if self._kept_folder is None:
            self._kept_folder = self._exit.enter_context(self._cache.staging())

        kept = await Download(self._client, artifact, self._kept_folder).run()
        self._kept[artifact.url] = kept

        return kept


def merged(name: NormalizedName, local: tuple[Artifact, ...], listings: list[Listing]) -> Listing:
    """Join archives of find-links and listings; of two files with one name the first counts."""
    if not local and len(listings) == 1:
        return listings[0]

    artifacts: dict[str, Artifact] = {}

    for group in (local, *(listing.artifacts for listing in listings)):
        for artifact in group:
            artifacts.setdefault(artifact.filename, artifact)

    first = listings[0] if listings else Listing(name)

    return replace(
        first,
        artifacts=tuple(artifacts.values()),
        index=first.index if len(listings) == 1 else None,
        skipped=tuple(reason for listing in listings for reason in listing.skipped),
    )


def copy_local(artifact: Artifact, folder: str) -> Downloaded:
    """Copy the file of a ``file:`` artifact into ``folder``, proving it on the way. Blocking."""
    path = os.path.join(folder, artifact.filename)
    limit = artifact.size if artifact.size is not None else os.stat(local_path(artifact.url)).st_size
    landing = Landing(path, dict(artifact.hashes), limit)

    try:
        with open(local_path(artifact.url), "rb") as file:
            while chunk := file.read(1024 * 1024):
                landing.write(chunk)
    except FileNotFoundError as error:
        raise FileMissing(f"{artifact.url} does not exist.") from error
    finally:
        landing.close()

    digests = landing.digests()
    verify(artifact, digests, landing.size)

    return Downloaded(path, digests["sha256"], landing.size)
