"""What a resolve asks of a listing, lowered from its record: read in one step, and bound to what made it.

A pack is to its record what a ``.pyc`` is to its source: made of something that was believed, never carried
to another machine, and of no use to another interpreter or another Zephyr, which make their own of the same
record. It is a line that says whose it is (`MAGIC`), and one tuple of plain values by `marshal`.
"""

from __future__ import annotations

import marshal
import sys
import zlib
from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from zephyr import __version__
from zephyr.model.artifact import Listing, ProjectStatus
from zephyr.model.releases import Kind, Profile, Summary
from zephyr_workers.listing_record import line_bounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.model.releases import Releases

MAGIC = f"zephyr-pack 1 {sys.implementation.cache_tag} {__version__} {sys.byteorder}\n".encode()
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


class Unpacked(NamedTuple):
    """What a pack holds."""

    listing: Listing
    """Without its files."""
    summary: Summary
    lines: Lines


def pack_releases(listing: Listing, releases: Releases, lines: Lines) -> bytes:
    """Return the pack of a listing whose record has the files in the order of ``releases``."""
    versions, stable, kinds, profiles, starts, digests = releases.summary
    plain: tuple[Any, ...] = (
        (listing.name, listing.status.value, listing.status_reason, tuple(listing.skipped)),
        (versions, stable, tuple(map(tuple, kinds)), tuple(map(tuple, profiles)), starts, digests),
        (lines.bounds, lines.checksums),
    )

    return MAGIC + marshal.dumps(plain)


def unpack_releases(pack: bytes) -> Unpacked | None:
    """Return what a pack holds, None for one that is not of this interpreter and this Zephyr.

    ``pack`` must be just what `pack_releases` made: that is the cache's promise, which proves its records.
    """
    if not pack.startswith(MAGIC):
        return None

    head, summary, lines = marshal.loads(memoryview(pack)[len(MAGIC) :])  # noqa: S302 - see above
    name, status, reason, skipped = head
    versions, stable, kinds, profiles, starts, digests = summary

    return Unpacked(
        Listing(name, (), None, ProjectStatus(status), reason, skipped),
        Summary(
            versions,
            stable,
            tuple(map(Kind._make, kinds)),
            tuple(map(Profile._make, profiles)),
            starts,
            digests,
        ),
        Lines(*lines),
    )


def numbers(column: bytes) -> array[int]:
    """Return the numbers of a column."""
    found = array(_COLUMN)
    found.frombytes(column)

    return found


def _column(values: Iterable[int]) -> bytes:
    return array(_COLUMN, values).tobytes()
