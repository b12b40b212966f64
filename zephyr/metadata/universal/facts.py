"""The facts of a universal resolve: asked of the port once, then at hand for every environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from zephyr.dataclass import replace
from zephyr.errors import ZephyrError
from zephyr.metadata.known_documents import KnownDocuments
from zephyr.model.releases import releases_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.metadata.port import IndexPort
    from zephyr.model.artifact import Artifact, Listing
    from zephyr.model.releases import Kind

Files = Sequence[tuple["Kind", "Artifact"]]


class NamedIndexPort(Protocol):
    """A port that can be asked for what one certain index has."""

    async def listing_on(self, index: str, name: NormalizedName, /) -> Listing:
        """Return all files of a project on the index of that name; see `IndexPort.listing`."""
        ...


class Facts:
    """Remembers what a port said, also of single indexes."""

    def __init__(self, port: IndexPort, named: NamedIndexPort | None = None) -> None:
        """``named`` is needed where projects are assigned to indexes."""
        self._port = port
        self._named = named
        self._listings: dict[tuple[NormalizedName, str | None], Listing] = {}
        self._documents: dict[str, bytes] = {}
        self._failures: dict[str, ZephyrError] = {}
        self.known = KnownDocuments()
        """What the documents say that were asked for, lowered once for all environments."""

    async def listing(self, name: NormalizedName, index: str | None) -> Listing:
        """Return all files of a project, on one index or on the usual ones."""
        if (name, index) not in self._listings:
            if index is not None and self._named is not None:
                listing = await self._named.listing_on(index, name)
            else:
                listing = await self._port.listing(name)

            self._listings[name, index] = replace(listing, artifacts=releases_of(listing))

        return self._listings[name, index]

    async def metadata(self, artifact: Artifact) -> bytes:
        """Return the METADATA of a file."""
        if artifact.url in self._failures:
            raise self._failures[artifact.url]

        if artifact.url not in self._documents:
            try:
                self._documents[artifact.url] = await self._port.metadata(artifact)
            except ZephyrError as error:
                self._failures[artifact.url] = error
                raise

        return self._documents[artifact.url]

    def stored_listing(self, name: NormalizedName, index: str | None) -> Listing | None:
        """Return a listing that was asked for before."""
        return self._listings.get((name, index))

    def stored_metadata(self, artifact: Artifact) -> bytes | None:
        """Return a document that was asked for before; raises the error that it was answered with."""
        if artifact.url in self._failures:
            raise self._failures[artifact.url]

        return self._documents.get(artifact.url)

    def files(self, name: NormalizedName, version: Version, index: str | None) -> Files:
        """Return the files of one version of a project whose listing is known."""
        releases = releases_of(self._listings[name, index])
        place = releases.find(version)

        return () if place is None else [*zip(releases.kinds(place), releases.files(place), strict=True)]


class LocalFacts:
    """The facts as they are in one environment: an `IndexPort`, and `StoredFacts` of what was asked before.

    ``indexes`` are the projects that come from a certain index there.
    """

    def __init__(self, facts: Facts, indexes: Mapping[NormalizedName, str]) -> None:
        self._facts = facts
        self._indexes = indexes

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return all files of a project; see `IndexPort`."""
        return await self._facts.listing(name, self._indexes.get(name))

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return the METADATA of a file; see `IndexPort`."""
        return await self._facts.metadata(artifact)

    def stored_listing(self, name: NormalizedName, /) -> Listing | None:
        """Return a listing that was asked for before."""
        return self._facts.stored_listing(name, self._indexes.get(name))

    def stored_metadata(self, artifact: Artifact, /) -> bytes | None:
        """Return a document that was asked for before; raises the error that it was answered with."""
        return self._facts.stored_metadata(artifact)
