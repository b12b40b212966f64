"""Index pages through the cache: asked for only when the stored one is not good enough.

What is stored is the parsed listing, so that a page that cannot be believed is never stored, and a warm
run parses nothing. A page that is still the same has only its freshness written again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, replace
from zephyr.model.releases import releases_of
from zephyr_workers import http_cache
from zephyr_workers.http_cache import BUCKET, Decision, StoredPage
from zephyr_workers.kept_listings import KeptListings
from zephyr_workers.network_errors import OfflineMissing

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing
    from zephyr_cache import Cache
    from zephyr_workers.http_body import Answer
    from zephyr_workers.http_client import HttpClient
    from zephyr_workers.kept_listings import KeptListing

ABSENT = frozenset({404, 410})
"""The statuses by which an index says that it does not know a project."""


_LARGE = 4 * 1024 * 1024
"""Bytes of a page that is parsed in a thread. Others are read, parsed and written by the event loop: threads
take turns at Python anyway, and what a page leads to is asked for before the next one is looked at."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of an index."""

    listing: Listing | None
    """None where the index does not know the project."""
    stored: StoredPage


class Pages:
    """Fetches pages for one command; with ``refresh`` each is asked for or revalidated once."""

    def __init__(
        self, client: HttpClient, cache: Cache, *, refresh: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        """``now`` tells seconds since 1970."""
        self._client = client
        self._cache = cache
        self._listings = KeptListings(cache)
        self._refresh = refresh
        self._now = now
        self._checked: set[str] = set()

    def stored(self, url: str) -> Page | None:
        """Return the page for ``url`` if it can be used without a request. Blocking, a file read at most."""
        page = self._read(url)

        return page if self._decide(url, page) is Decision.USE else None

    async def fetch(self, url: str, name: NormalizedName | None, subject: str) -> Page:
        """Return the page for ``url``.

        ``name`` is the project, None for a page of links; ``subject`` names it in messages. Raises the
        errors of `HttpClient.get` and of `parse_page`, `IndexRefused` for a status that means neither
        success nor absence, `OfflineMissing`. An absence is not stored, see `store`.
        """
        page = self._read(url)
        decision = self._decide(url, page)

        if page is not None and decision is Decision.USE:
            return page

        if self._client.options.offline:
            raise OfflineMissing(
                f"{subject} is not in the cache, and Zephyr is offline.",
                hint="Run the command once without --offline.",
            )

        page = await self._ask(url, page if decision is Decision.REVALIDATE else None, name, subject)

        if page.listing is not None:
            self.store(url, page)

        return page

    def store(self, url: str, page: Page) -> None:
        """Keep ``page`` as what ``url`` answers, if the server lets us. Blocking."""
        key = self._key(url)
        self._checked.add(key)

        if page.stored.storable:
            self._cache.write(BUCKET, key, http_cache.pack(page.stored))

    async def _ask(self, url: str, kept: Page | None, name: NormalizedName | None, subject: str) -> Page:
        from zephyr_workers.http_failures import refuse_status
        from zephyr_workers.simple_index import ACCEPT

        conditions = kept.stored.conditions if kept is not None else {}
        headers = {"accept": ACCEPT, "accept-encoding": "gzip"} | conditions
        answer = await self._client.get(
            url, headers, limit=self._client.options.max_page_size, subject=subject
        )
        now = self._now()

        if answer.status == 304 and kept is not None:
            return Page(kept.listing, http_cache.revalidated(kept.stored, answer.headers, now))

        if answer.status != 200 and answer.status not in ABSENT:
            raise refuse_status(answer.status, answer.url, subject)

        stored = http_cache.page_from_answer(answer.url, answer.status, answer.headers, now)

        if answer.status in ABSENT:
            return Page(None, stored)

        return await self._parse(stored, answer, name)

    async def _parse(self, stored: StoredPage, answer: Answer, name: NormalizedName | None) -> Page:
        content_type = answer.headers.get("content-type", "")

        if len(answer.body) <= _LARGE:
            return self._parsed(stored, answer.body, content_type, name)

        import anyio.to_thread

        return await anyio.to_thread.run_sync(self._parsed, stored, answer.body, content_type, name)

    def _parsed(
        self, stored: StoredPage, body: bytes, content_type: str, name: NormalizedName | None
    ) -> Page:
        from zephyr_workers.simple_index import parse_page

        listing = parse_page(body, content_type, stored.url, name)

        if not stored.storable:
            return Page(replace(listing, artifacts=releases_of(listing)), stored)

        return _page(self._listings.keep(listing), stored)

    def _read(self, url: str) -> Page | None:
        stored = http_cache.unpack(self._cache.read(BUCKET, self._key(url)))

        if stored is None or stored.status in ABSENT:
            return Page(None, stored) if stored is not None else None

        found = self._listings.find(stored.listing, stored.pack)

        if found is None:
            return None

        if found.pack is stored.pack:
            return Page(found.listing, stored)

        page = _page(found, stored)
        self.store(url, page)

        return page

    def _decide(self, url: str, page: Page | None) -> Decision:
        return http_cache.decide(
            page.stored if page is not None else None,
            self._now(),
            refresh=self._refresh and self._key(url) not in self._checked,
            offline=self._client.options.offline,
        )

    def _key(self, url: str) -> str:
        login = self._client.credentials.login(url)

        return http_cache.record_key(url, login.identity if login is not None else None)


def _page(kept: KeptListing, stored: StoredPage) -> Page:
    return Page(kept.listing, replace(stored, listing=kept.digest, pack=kept.pack))
