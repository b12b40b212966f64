"""Listings in the cache: the record of each by its digest, and the files of it read one by one.

A resolve looks at few of the thousands of files of a project. What it asks of all of them is in the
listing's pack (`zephyr_workers.listing_pack`); a file itself is read out of the record, and checked, when it
is asked for.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from zephyr.dataclass import replace
from zephyr.errors import ZephyrError
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.releases import Releases, releases_of
from zephyr_cache.digest import sha256
from zephyr_workers.listing_pack import Lines, numbers, pack_releases, unpack_releases
from zephyr_workers.listing_record import pack_listing, unpack_files, unpack_listing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr_cache import Cache

BUCKET = "listings-v1"
_FEW = 8
"""After so many single lines the whole record is read: more are likely to be asked for."""


class ListingLost(ZephyrError):
    """Raised for a file whose record was damaged in the cache, or has gone since it was looked up."""

    id = "listing-lost"


class KeptListing(NamedTuple):
    """A listing that lies in the cache."""

    listing: Listing
    """Its files are `Releases`."""
    digest: str
    """Of its record."""
    pack: bytes


class KeptListings:
    """Keeps listings and finds them again. Every method is blocking."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def keep(self, listing: Listing) -> KeptListing:
        """Write the record of a listing; its files are let go of, as few are likely to be asked for."""
        releases = releases_of(listing)
        ordered = replace(listing, artifacts=releases)
        record = pack_listing(ordered)
        digest = sha256(record).hex()
        lines = Lines.of(record)
        self._cache.write(BUCKET, digest, record)
        kept = Releases(releases.summary, KeptFiles(self._cache, digest, lines), digest)

        return KeptListing(replace(listing, artifacts=kept), digest, pack_releases(listing, releases, lines))

    def find(self, digest: str, pack: bytes) -> KeptListing | None:
        """Return the listing of a record, None where that is gone.

        A pack that is of no use here is made anew. Where it is, the record is not read now.
        """
        listing = unpack_releases(pack, digest, lambda lines: KeptFiles(self._cache, digest, lines))

        if listing is None:
            record = self._cache.read(BUCKET, digest)
            listing = unpack_listing(record) if record is not None else None

            return self.keep(listing) if listing is not None else None

        return KeptListing(listing, digest, pack) if self._cache.holds(BUCKET, digest) else None


class KeptFiles(Sequence[Artifact]):
    """The files of a record, each read when it is asked for. Raises `ListingLost` where that fails."""

    def __init__(self, cache: Cache, digest: str, lines: Lines) -> None:
        self._cache = cache
        self._digest = digest
        self._bounds = numbers(lines.bounds)
        self._checksums = numbers(lines.checksums)
        self._asked = 0
        self._known: dict[int, Artifact] = {}
        self._record: bytes | None = None

    def __len__(self) -> int:
        return len(self._checksums)

    @overload
    def __getitem__(self, place: int) -> Artifact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Artifact]: ...
    def __getitem__(self, place: int | slice) -> Artifact | Sequence[Artifact]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]

        place = range(len(self))[place]
        known = self._known.get(place)

        if known is None:
            (known,) = unpack_files(self._line(place))
            self._known[place] = known

        return known

    def __iter__(self) -> Iterator[Artifact]:
        return iter(unpack_files(self._whole()[self._bounds[0] :]))

    def _line(self, place: int) -> bytes:
        start, end = self._bounds[place], self._bounds[place + 1] - 1
        self._asked += 1

        if self._record is None and self._asked <= _FEW:
            line = self._cache.read_part(BUCKET, self._digest, start, end)

            if line is not None and zlib.crc32(line) == self._checksums[place]:
                return line

        return self._whole()[start:end]

    def _whole(self) -> bytes:
        if self._record is None:
            self._record = self._cache.read(BUCKET, self._digest)

        if self._record is None:
            raise ListingLost(
                "A part of the cache was damaged or removed by another command while this one ran.",
                hint="Run the command again: it was, and will be made anew.",
            )

        return self._record
