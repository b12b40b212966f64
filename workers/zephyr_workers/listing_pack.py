"""What a resolve asks of a listing, lowered from its record and read in one step (`zephyr.model.packs`)."""

from __future__ import annotations

import zlib
from array import array
from itertools import pairwise, starmap
from typing import TYPE_CHECKING, NamedTuple

from zephyr.model.artifact import Listing, ProjectStatus
from zephyr.model.packs import pack, unpack
from zephyr.model.releases import Kind, Profile, Releases, Summary
from zephyr_workers.listing_record import line_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from zephyr.model.artifact import Artifact

_COLUMN = "I"


class Lines(NamedTuple):
    """Where the files of a listing lie in its record, and what they must be. Columns, see `numbers`."""

    bounds: bytes
    """Where each line begins, and where one after the last would."""
    checksums: bytes
    """The CRC-32 of each line, without its end."""

    @classmethod
    def of(cls, record: bytes) -> Lines:
        """Find the lines of a record."""
        bounds = line_bounds(record)
        lines = pairwise(bounds)

        return cls(_column(bounds), _column(zlib.crc32(record[start : end - 1]) for start, end in lines))


def pack_releases(listing: Listing, releases: Releases, lines: Lines) -> bytes:
    """Return the pack of a listing whose record has the files in the order of ``releases``."""
    versions, stable, kinds, profiles, starts, digests = releases.summary
    head = (listing.name, listing.status.value, listing.status_reason, tuple(listing.skipped))
    plain = (versions, stable, tuple(map(tuple, kinds)), tuple(map(tuple, profiles)), starts, digests)

    return pack((head, plain, tuple(lines)))


def unpack_releases(
    data: bytes, identity: str, files: Callable[[Lines], Sequence[Artifact]]
) -> Listing | None:
    """Return the listing of a pack, None where that is of no use here.

    ``identity`` tells its files from others; ``files`` gives them, in the order of their lines.
    """
    unpacked = unpack(data)

    if unpacked is None:
        return None

    head, summary, lines = unpacked
    name, status, reason, skipped = head
    versions, stable, kinds, profiles, starts, digests = summary

    releases = Releases(
        Summary(
            versions,
            stable,
            tuple(starmap(Kind, kinds)),
            tuple(starmap(Profile, profiles)),
            starts,
            digests,
        ),
        files(Lines(*lines)),
        identity,
    )

    return Listing(name, releases, None, ProjectStatus(status), reason, skipped)


def numbers(column: bytes) -> array[int]:
    """Return the numbers of a column."""
    found = array(_COLUMN)
    found.frombytes(column)

    return found


def _column(values: Iterable[int]) -> bytes:
    return array(_COLUMN, values).tobytes()
