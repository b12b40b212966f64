"""Index pages through the cache: asked for only when the stored one is not good enough."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from zephyr_workers.http_cache import (
    BUCKET,
    Decision,
    StoredPage,
    decide,
    pack,
    page_from_answer,
    record_key,
    revalidated,
    unpack,
)
from zephyr_workers.http_client import refuse_status
from zephyr_workers.network_errors import OfflineMissing
from zephyr_workers.simple_index import ACCEPT

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr_cache import Cache
    from zephyr_workers.http_client import HttpClient

ABSENT = frozenset({404, 410})
"""The statuses by which an index says that it does not know a project."""


class Pages:
    """Fetches pages for one command; with ``refresh`` each is asked for or revalidated once."""

    def __init__(
        self, client: HttpClient, cache: Cache, *, refresh: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._cache = cache
        self._refresh = refresh
        self._now = now
        self._checked: set[str] = set()

    def stored(self, url: str) -> StoredPage | None:
        """Return the page for ``url`` if it can be used without a request. Blocking, a file read at most."""
        page = self._read(url)

        return page if self._decide(url, page) is Decision.USE else None

    async def page(self, url: str, subject: str) -> StoredPage:
        """Return the page for ``url``, or one with a status of `ABSENT`, which is not stored.

        ``subject`` names it in messages. Raises the errors of `HttpClient.get`, `IndexRefused` for any
        other status, `OfflineMissing`.
        """
        import anyio

        stored = await anyio.to_thread.run_sync(self._read, url)
        decision = self._decide(url, stored)

        if stored is not None and decision is Decision.USE:
            return stored

        if self._client.options.offline:
            raise OfflineMissing(
                f"{subject} is not in the cache, and Zephyr is offline.",
                hint="Run the command once without --offline.",
            )

        kept = stored if decision is Decision.REVALIDATE else None
        page = await self._fetch(url, kept, subject)

        if page.status == 200 and page.storable:
            await anyio.to_thread.run_sync(self.store, url, page)

        return page

    def store(self, url: str, page: StoredPage) -> None:
        """Keep ``page`` as what ``url`` answers. Blocking."""
        key = self._key(url)
        self._checked.add(key)
        self._cache.write(BUCKET, key, pack(page))

    async def _fetch(self, url: str, kept: StoredPage | None, subject: str) -> StoredPage:
        conditions = kept.conditions if kept is not None else {}
        headers = {"accept": ACCEPT, "accept-encoding": "gzip"} | conditions
        answer = await self._client.get(
            url, headers, limit=self._client.options.max_page_size, subject=subject
        )

        if answer.status == 304 and kept is not None:
            return revalidated(kept, answer.headers, self._now())

        if answer.status != 200 and answer.status not in ABSENT:
            raise refuse_status(answer.status, answer.url, subject)

        return page_from_answer(answer.url, answer.status, answer.headers, answer.body, self._now())

    def _read(self, url: str) -> StoredPage | None:
        return unpack(self._cache.read(BUCKET, self._key(url)))

    def _decide(self, url: str, stored: StoredPage | None) -> Decision:
        refresh = self._refresh and self._key(url) not in self._checked

        return decide(stored, self._now(), refresh=refresh, offline=self._client.options.offline)

    def _key(self, url: str) -> str:
        login = self._client.credentials.login(url)

        return record_key(url, login.identity if login is not None else None)
