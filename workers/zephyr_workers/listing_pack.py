"""What a resolve asks of a listing, lowered from its page and read in one step (`zephyr.model.packs`)."""

from __future__ import annotations

import marshal
from collections.abc import Sequence
from itertools import starmap
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast, overload

from zephyr.model.artifact import Artifact, Listing, ProjectStatus
from zephyr.model.packs import pack, unpack
from zephyr.model.releases import DIGEST_SIZE, Kind, Profile, Releases, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")

Row: TypeAlias = bytes
"""A file in a pack, which is unpacked when somebody looks at it."""


def row_of(artifact: Artifact) -> Row:
    """Return a file as a row; `file_of` undoes that."""
    metadata_hashes = artifact.metadata_hashes

    return marshal.dumps(
        (
            artifact.filename,
            artifact.url,
            dict(artifact.hashes),
            artifact.size,
            artifact.requires_python,
            artifact.yanked,
            artifact.upload_time,
            dict(metadata_hashes) if metadata_hashes is not None else None,
        )
    )


def file_of(row: Row) -> Artifact:
    """Return the file of a row out of a pack that is of use here."""
    return Artifact(*marshal.loads(row))  # noqa: S302 - as in `zephyr.model.packs`


def pack_releases(listing: Listing, summary: Summary, rows: Mapping[int, Row]) -> bytes:
    """Return the pack of a listing, with some of its files by their places among all."""
    versions, stable, kinds, profiles, starts, digests = summary
    head = (listing.name, listing.status.value, listing.status_reason, tuple(listing.skipped))
    plain = (versions, stable, tuple(map(tuple, kinds)), tuple(map(tuple, profiles)), starts, digests)

    return pack((head, plain, dict(rows)))


def unpack_releases(
    data: bytes, identity: str, files: Callable[[int, dict[int, Row]], Sequence[Artifact]]
) -> Listing | None:
    """Return the listing of a pack, None where that is of no use here.

    ``identity`` tells its files from others; ``files`` gives all of them, for their number and those that
    are in the pack.
    """
    unpacked = unpack(data)

    if unpacked is None:
        return None

    head, summary, rows = unpacked
    name, status, reason, skipped = head
    versions, stable, kinds, profiles, starts, digests = summary

    releases = Releases(
        Summary(
            versions,
            stable,
            Made(Kind, kinds),
            Made(Profile, profiles),
            starts,
            digests,
        ),
        files(len(digests) // DIGEST_SIZE, rows),
        identity,
    )

    return Listing(name, releases, None, ProjectStatus(status), reason, skipped)


class Made(Sequence[T]):
    """Values made of plain tuples when the first is looked at, which in most runs is never."""

    __slots__ = ("_made", "_make", "_rows")

    def __init__(self, make: Callable[..., T], rows: Sequence[tuple[Any, ...]]) -> None:
        self._make = make
        self._rows = rows
        self._made: tuple[T, ...] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._all()[place]

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Made):
            other = cast("Made[object]", other)._all()

        return self._all() == other

    def __hash__(self) -> int:
        return hash(self._all())

    def _all(self) -> tuple[T, ...]:
        if self._made is None:
            self._made = tuple(starmap(self._make, self._rows))

        return self._made
