"""Which index answers for a name: the order that is the defence against dependency confusion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.model.artifact import Listing
from zephyr.model.index import IndexStrategy, without_credentials
from zephyr_workers.find_links import FindLinks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Artifact
    from zephyr.model.index import Index, Sources
    from zephyr_workers.pages import Page, Pages


class Lookup:
    """Asks indexes in order: the first that knows a name wins, or all are merged; find-links join."""

    def __init__(self, sources: Sources, pages: Pages) -> None:
        self._sources = sources
        self._merges = sources.strategy is IndexStrategy.UNSAFE_BEST_MATCH
        self._pages = pages
        self._find_links = FindLinks(sources.find_links, pages)

    async def listing(self, name: NormalizedName) -> Listing:
        """Return all files of a project; no artifacts when nobody knows it.

        An index that fails or refuses ends the search with its error: the next one is not asked.
        """
        return await self._search(self._sources.usual, name)

    async def listing_on(self, index: str, name: NormalizedName) -> Listing:
        """Return all files of a project on the index of that name, and on no other."""
        return await self._search(self._sources.named(index), name)

    async def _search(self, indexes: Sequence[Index], name: NormalizedName) -> Listing:
        await self._find_links.load()
        found: list[Listing] = []
        absent: list[tuple[str, Page]] = []

        for index in indexes:
            listing = await self._ask(index, name, absent)

            if listing is not None:
                found.append(replace(listing, index=index.shown))

            if found and not self._merges:
                break

        if found:
            await self._store_absences(absent)

        return merged(name, self._find_links.artifacts(name), found)

    def stored(self, name: NormalizedName) -> Listing | None:
        """Return the same when the cache and local files suffice, None when not. Blocking."""
        if not self._find_links.load_stored():
            return None

        found: list[Listing] = []

        for index in self._sources.usual:
            if index.url.startswith("file:"):
                listing = read_listing(index, name)
            else:
                page = self._pages.stored(project_url(index, name))

                if page is None:
                    return None

                listing = page.listing

            if listing is not None:
                found.append(replace(listing, index=index.shown))

            if found and not self._merges:
                break

        return merged(name, self._find_links.artifacts(name), found)

    async def _ask(
        self, index: Index, name: NormalizedName, absent: list[tuple[str, Page]]
    ) -> Listing | None:
        """Return what one index says, None when it does not know the name (noted in ``absent``)."""
        import anyio

        if index.url.startswith("file:"):
            return await anyio.to_thread.run_sync(read_listing, index, name)

        url = project_url(index, name)
        page = await self._pages.fetch(url, name, f"{name} on {index.shown}")

        if page.listing is None:
            absent.append((url, page))

        return page.listing

    async def _store_absences(self, absent: list[tuple[str, Page]]) -> None:
        """Remember, as long as listings, that these indexes do not know a name that another one has.

        A name that nobody knows is asked for again each time: it may just have been published.
        """
        import anyio

        for url, page in absent:
            await anyio.to_thread.run_sync(self._pages.store, url, page)


def project_url(index: Index, name: NormalizedName) -> str:
    """Return the address of a project's page (PEP 503), without credentials."""
    return f"{without_credentials(index.url).rstrip('/')}/{name}/"


def read_listing(index: Index, name: NormalizedName) -> Listing | None:
    """Return what a ``file:`` index has of a project. Blocking."""
    from zephyr_workers.find_links import read_file_index
    from zephyr_workers.simple_index import parse_page

    found = read_file_index(index.url, name)

    return parse_page(found[0], "text/html", found[1], name) if found is not None else None


def merged(name: NormalizedName, local: Sequence[Artifact], listings: Sequence[Listing]) -> Listing:
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
