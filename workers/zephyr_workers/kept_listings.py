"""Listings in the cache: of each the page as it came, by its digest, and a pack of what was made of it.

A resolve looks at few of the thousands of files of a project. What it asks of all of them is in the pack
(`zephyr_workers.listing_pack`), and so are the files of the newest release and those that were looked at
before; for any other the page is read once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from zephyr.dataclass import replace
from zephyr.errors import ZephyrError
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.releases import Releases, releases_of
from zephyr_cache.digest import sha256
from zephyr_workers import http_cache
from zephyr_workers.listing_pack import file_of, pack_releases, row_of, unpack_releases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zephyr_cache import Cache
    from zephyr_workers.helper_processes import HelperProcesses
    from zephyr_workers.http_cache import StoredPage
    from zephyr_workers.listing_pack import Row

BUCKET = "page-bodies-v1"
_FEW = 16
"""Pages of which all files are in memory at a time: a search goes back and forth between a few projects."""


MODULES = (__name__, "zephyr_workers.http_coding", "zephyr_workers.simple_json")
"""What parsing pages needs."""
_JOB = f"{__name__}:pack_of"


class ListingLost(ZephyrError):
    """Raised for a file whose page was damaged in the cache, or has gone since it was looked up."""

    id = "listing-lost"


class KeptListing(NamedTuple):
    """A listing whose page lies in the cache."""

    listing: Listing
    """Its files are `Releases` of ``files``."""
    files: KeptFiles
    stored: StoredPage


class KeptListings:
    """Keeps listings and finds them again. Every method is blocking."""

    def __init__(self, cache: Cache, limit: int) -> None:
        """``limit`` is that of a page, in bytes."""
        self._cache = cache
        self._limit = limit
        self._read_lately: dict[str, Sequence[Artifact]] = {}

    def keep(self, stored: StoredPage, sent: bytes, listing: Listing) -> KeptListing:
        """Write the body of a page as it was sent; most of the files of ``listing`` are let go of."""
        return self._lowered(self._written(stored, sent), listing)

    def keep_by(self, helpers: HelperProcesses, stored: StoredPage, sent: bytes) -> KeptListing | None:
        """Write the body of a page, and have one of ``helpers`` parse it; None where that was not done."""
        stored = self._written(stored, sent)
        pack = helpers.ask(_JOB, self._cache, http_cache.pack(stored), self._limit)

        return self.find(replace(stored, pack=pack)) if pack is not None else None

    def _written(self, stored: StoredPage, sent: bytes) -> StoredPage:
        digest = sha256(sent).hex()
        self._cache.write(BUCKET, digest, sent)

        return replace(stored, body=digest)

    def find(self, stored: StoredPage) -> KeptListing | None:
        """Return the listing of a stored page, None where that is gone.

        A pack that is of no use here is made anew. Where it is of use, the body is not read now.
        """
        found: list[KeptFiles] = []

        def files(count: int, rows: dict[int, Row]) -> KeptFiles:
            found.append(KeptFiles(count, rows, lambda: self._read(stored)))
            return found[0]

        listing = unpack_releases(stored.pack, _identity(stored), files)

        if listing is not None:
            return KeptListing(listing, found[0], stored) if self._cache.holds(BUCKET, stored.body) else None

        try:
            return self._lowered(stored, self._parsed(stored))
        except ListingLost:
            return None

    def grown(self, kept: KeptListing) -> StoredPage:
        """Return a page with a pack that has all the files that were looked at."""
        return replace(
            kept.stored, pack=pack_releases(kept.listing, releases_of(kept.listing).summary, kept.files.rows)
        )

    def _lowered(self, stored: StoredPage, listing: Listing) -> KeptListing:
        releases = releases_of(listing)
        rows = {place: row_of(releases[place]) for place in _likely(releases)}
        files = KeptFiles(len(releases), rows, lambda: self._read(stored))
        kept = replace(listing, artifacts=Releases(releases.summary, files, _identity(stored)))

        return KeptListing(kept, files, replace(stored, pack=pack_releases(listing, releases.summary, rows)))

    def _read(self, stored: StoredPage) -> Sequence[Artifact]:
        """Return all files of a page, which takes some memory. Raises `ListingLost`."""
        identity = _identity(stored)
        files = self._read_lately.pop(identity, None)

        if files is None:
            files = releases_of(self._parsed(stored))

        self._read_lately[identity] = files

        if len(self._read_lately) > _FEW:
            del self._read_lately[next(iter(self._read_lately))]

        return files

    def _parsed(self, stored: StoredPage) -> Listing:
        """Parse a page again. Raises `ListingLost`."""
        from zephyr_workers.http_coding import decode_body
        from zephyr_workers.simple_index import parse_page

        sent = self._cache.read(BUCKET, stored.body)

        if sent is None:
            raise ListingLost(
                "A part of the cache was damaged or removed by another command while this one ran.",
                hint="Run the command again: it was, and will be made anew.",
            )

        body = decode_body(sent, stored.coding, self._limit)

        return parse_page(body, stored.content_type, stored.url, stored.project)


def pack_of(cache: Cache, record: bytes, limit: int) -> bytes | None:
    """Return the pack of a stored page, whose body is in the cache: the job of a process that helps."""
    stored = http_cache.unpack(record)
    found = KeptListings(cache, limit).find(stored) if stored is not None else None

    return found.stored.pack if found is not None else None


class KeptFiles(Sequence[Artifact]):
    """The files of a page, those that are at hand and the others read when one is asked for."""

    def __init__(self, count: int, rows: dict[int, Row], read: Callable[[], Sequence[Artifact]]) -> None:
        """``rows`` are those at hand; ``read`` gives all, and may raise `ListingLost`."""
        self._count = count
        self._read = read
        self._known: dict[int, Artifact] = {}
        self.rows = rows
        """The files at hand, and all that were asked for one by one."""
        self.has_grown = False
        """Whether such a one was not at hand."""

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Artifact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Artifact]: ...
    def __getitem__(self, place: int | slice) -> Artifact | Sequence[Artifact]:
        if isinstance(place, slice):
            places = range(len(self))[place]

            return [self[one] for one in places] if self.rows.keys() >= {*places} else self._read()[place]

        place = range(len(self))[place]
        known = self._known.get(place)

        if known is None:
            known = self._known[place] = file_of(self.rows.get(place) or self._looked_up(place))

        return known

    def __iter__(self) -> Iterator[Artifact]:
        return iter(self[:])

    def _looked_up(self, place: int) -> Row:
        row = self.rows[place] = row_of(self._read()[place])
        self.has_grown = True

        return row


def _identity(stored: StoredPage) -> str:
    """Return what the files of a page follow from: its body, and where its links start from."""
    return f"{stored.body} {stored.url}"


def _likely(releases: Releases) -> range:
    """Return the places of the files that are likely to be looked at.

    These are the ones of the newest release; on a page of links, where nothing has a version, all of them.
    """
    stable, starts = releases.summary.stable, releases.summary.starts

    if len(starts) == 1:
        return range(len(releases))

    newest = (stable or 2 << len(starts) - 2).bit_length() - 2

    return range(starts[newest], starts[newest + 1])
