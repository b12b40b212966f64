"""Index pages through the cache: asked for only when the stored one is not good enough.

What is stored is the page as it came, once it was parsed, so that one that cannot be believed is never
stored, and what was made of it, so that a warm run parses nothing. A page that is still the same has only its
freshness written again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from zephyr.dataclass import dataclass, replace
from zephyr.model.releases import releases_of
from zephyr_workers import http_cache
from zephyr_workers.http_cache import BUCKET, Decision, StoredPage
from zephyr_workers.kept_listings import KeptListings
from zephyr_workers.network_errors import OfflineMissing

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio import CapacityLimiter
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing
    from zephyr_cache import Cache
    from zephyr_workers.helper_processes import HelperProcesses
    from zephyr_workers.http_body import Answer
    from zephyr_workers.http_client import HttpClient
    from zephyr_workers.kept_listings import KeptListing

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

ABSENT = frozenset({404, 410})
"""The statuses by which an index says that it does not know a project."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of an index."""

    listing: Listing | None
    """None where the index does not know the project."""
    stored: StoredPage
    kept: KeptListing | None = None
    """The listing as it lies in the cache, if it does."""


class Pages:
    """Fetches pages for one command; with ``refresh`` each is asked for or revalidated once."""

    def __init__(
        self, client: HttpClient, cache: Cache, *, refresh: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        """``now`` tells seconds since 1970."""
        self._client = client
        self._cache = cache
        self._listings = KeptListings(cache, client.options.max_page_size)
        self._refresh = refresh
        self._now = now
        self._checked: set[str] = set()
        self._used: dict[str, KeptListing] = {}
        self.helpers: HelperProcesses | None = None
        """Where pages are parsed; to be set before the first is asked for."""
        self._turn: CapacityLimiter | None = None
        """Lets one thread work at a time, or one for each that helps: forty took turns at Python."""

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
        is_kept = self._cache.holds(BUCKET, self._key(url))
        page = await self._in_thread(self._read, url) if is_kept else None
        decision = self._decide(url, page)

        if page is not None and decision is Decision.USE:
            return page

        if self._client.options.offline:
            raise OfflineMissing(
                f"{subject} is not in the cache, and Zephyr is offline.",
                hint="Run the command once without --offline.",
            )

        return await self._ask(url, page if decision is Decision.REVALIDATE else None, name, subject)

    def store(self, url: str, page: Page) -> None:
        """Keep ``page`` as what ``url`` answers, if the server lets us. Blocking."""
        key = self._key(url)
        self._checked.add(key)

        if page.stored.storable:
            self._cache.write(BUCKET, key, http_cache.pack(page.stored))

    def save(self) -> None:
        """Keep what was looked at of pages for the next run, where that had to be looked up. Blocking."""
        for key, kept in self._used.items():
            if kept.files.has_grown:
                kept.files.has_grown = False
                self._cache.write(BUCKET, key, http_cache.pack(self._listings.grown(kept)))

    async def _ask(self, url: str, known: Page | None, name: NormalizedName | None, subject: str) -> Page:
        from zephyr_workers.http_failures import refuse_status
        from zephyr_workers.simple_index import ACCEPT

        conditions = known.stored.conditions if known is not None else {}
        headers = {"accept": ACCEPT, "accept-encoding": "gzip"} | conditions
        answer = await self._client.get(
            url, headers, limit=self._client.options.max_page_size, subject=subject
        )
        now = self._now()

        if answer.status == 304 and known is not None:
            stored = http_cache.revalidated(known.stored, answer.headers, now)
            page = self._page(url, known.kept._replace(stored=stored)) if known.kept else Page(None, stored)

            if page.listing is not None:
                await self._in_thread(self.store, url, page)

            return page

        if answer.status != 200 and answer.status not in ABSENT:
            raise refuse_status(answer.status, answer.url, subject)

        stored = http_cache.page_from_answer(answer.url, answer.status, answer.headers, now)

        if answer.status in ABSENT:
            return Page(None, stored)

        return await self._in_thread(self._parsed_and_stored, url, replace(stored, project=name), answer)

    async def _in_thread(self, function: Callable[[*Arguments], T], *arguments: *Arguments) -> T:
        from anyio import CapacityLimiter, to_thread

        self._turn = self._turn or CapacityLimiter(self.helpers.count if self.helpers is not None else 1)

        return await to_thread.run_sync(function, *arguments, limiter=self._turn)

    def _parsed_and_stored(self, url: str, stored: StoredPage, answer: Answer) -> Page:
        page = self._parsed(url, stored, answer)
        self.store(url, page)

        return page

    def _parsed(self, url: str, stored: StoredPage, answer: Answer) -> Page:
        if stored.storable and self.helpers is not None:
            kept = self._listings.keep_by(self.helpers, stored, answer.sent)

            if kept is not None:
                return self._page(url, kept)

        from zephyr_workers.simple_index import parse_page

        listing = parse_page(answer.body, stored.content_type, stored.url, stored.project)

        if stored.storable:
            return self._page(url, self._listings.keep(stored, answer.sent, listing))

        return Page(replace(listing, artifacts=releases_of(listing)), stored)

    def _read(self, url: str) -> Page | None:
        stored = http_cache.unpack(self._cache.read(BUCKET, self._key(url)))

        if stored is None or stored.status in ABSENT:
            return Page(None, stored) if stored is not None else None

        found = self._listings.find(stored)

        if found is None:
            return None

        page = self._page(url, found)

        if found.stored is not stored:
            self.store(url, page)

        return page

    def _page(self, url: str, kept: KeptListing) -> Page:
        # The pack can be made again, and those of all projects are megabytes.
        self._used[self._key(url)] = kept._replace(stored=replace(kept.stored, pack=b""))

        return Page(kept.listing, kept.stored, kept)

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
