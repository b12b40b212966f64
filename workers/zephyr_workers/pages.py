"""Index pages through the cache: asked for only when the stored one is not good enough.

What is stored is the parsed listing, so that a page that cannot be believed is never stored, and a warm
run parses no HTML.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zephyr_workers import http_cache
from zephyr_workers.http_cache import BUCKET, Decision, StoredPage
from zephyr_workers.http_failures import refuse_status
from zephyr_workers.listing_record import pack_listing, unpack_listing
from zephyr_workers.network_errors import OfflineMissing
from zephyr_workers.simple_index import ACCEPT, parse_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing
    from zephyr_cache import Cache
    from zephyr_workers.http_client import HttpClient

ABSENT = frozenset({404, 410})
"""The statuses by which an index says that it does not know a project."""


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
        import anyio

        page = await anyio.to_thread.run_sync(self._read, url)
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
            await anyio.to_thread.run_sync(self.store, url, page)

        return page

    def store(self, url: str, page: Page) -> None:
        """Keep ``page`` as what ``url`` answers, if the server lets us. Blocking."""
        key = self._key(url)
        self._checked.add(key)

        if page.stored.storable:
            self._cache.write(BUCKET, key, http_cache.pack(page.stored))

    async def _ask(self, url: str, kept: Page | None, name: NormalizedName | None, subject: str) -> Page:
        import anyio

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

        content_type = answer.headers.get("content-type", "")
        listing = await anyio.to_thread.run_sync(parse_page, answer.body, content_type, answer.url, name)

        return Page(listing, replace(stored, body=pack_listing(listing)))

    def _read(self, url: str) -> Page | None:
        stored = http_cache.unpack(self._cache.read(BUCKET, self._key(url)))

        if stored is None:
            return None

        listing = unpack_listing(stored.body) if stored.status not in ABSENT else None

        return Page(listing, stored) if listing is not None or stored.status in ABSENT else None

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
