"""The facts of a universal resolve: asked of the port once, then at hand for every environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from zephyr.dataclass import replace
from zephyr.errors import ZephyrError
from zephyr.metadata.known_documents import KnownDocuments
from zephyr.metadata.universal.refutations import Refutations
from zephyr.model.releases import releases_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.metadata.port import IndexPort
    from zephyr.metadata.stored import StoredFacts
    from zephyr.model.artifact import Artifact, Listing
    from zephyr.model.releases import Kind

Files = Sequence[tuple["Kind", "Artifact"]]


class NamedIndexPort(Protocol):
    """A port that can be asked for what one certain index has."""

    async def listing_on(self, index: str, name: NormalizedName, /) -> Listing:
        """Return all files of a project on the index of that name; see `IndexPort.listing`."""
        ...


class NotStored(Exception):
    """Raised where a fact is not at hand and there is nobody to ask."""


class Facts:
    """Remembers what a port said, also of single indexes."""

    def __init__(
        self,
        port: IndexPort | None,
        named: NamedIndexPort | None = None,
        stored: StoredFacts | None = None,
        known: KnownDocuments | None = None,
    ) -> None:
        """``named`` is needed where projects are assigned to indexes; ``stored`` is looked at first.

        Without a port there is nobody to ask for what is not stored.
        """
        self._port = port
        self._named = named
        self._stored = stored
        self._listings: dict[tuple[NormalizedName, str | None], Listing] = {}
        self._documents: dict[str, bytes] = {}
        self._failures: dict[str, ZephyrError] = {}
        self.known = known or KnownDocuments()
        """What the documents say that were asked for, lowered once for all environments."""
        self.refutations = Refutations()
        """What is known to fail."""

    async def listing(self, name: NormalizedName, index: str | None) -> Listing:
        """Return all files of a project, on one index or on the usual ones."""
        listing = self.stored_listing(name, index)

        if listing is None:
            if index is not None and self._named is not None:
                listing = await self._named.listing_on(index, name)
            else:
                listing = await self.require_port().listing(name)

            listing = self._keep(listing, index)

        return listing

    async def metadata(self, artifact: Artifact) -> bytes:
        """Return the METADATA of a file."""
        raw = self.stored_metadata(artifact)

        if raw is None:
            try:
                raw = self._documents[artifact.url] = await self.require_port().metadata(artifact)
            except ZephyrError as error:
                self._failures[artifact.url] = error
                raise

        return raw

    def require_port(self) -> IndexPort:
        """Return who is asked; raise `NotStored` where there is nobody."""
        if self._port is None:
            raise NotStored

        return self._port

    def stored_listing(self, name: NormalizedName, index: str | None) -> Listing | None:
        """Return a listing that was asked for before, or is stored."""
        listing = self._listings.get((name, index))

        if listing is None and index is None and self._stored is not None:
            listing = self._stored.stored_listing(name)
            listing = self._keep(listing, None) if listing is not None else None

        return listing

    def stored_metadata(self, artifact: Artifact) -> bytes | None:
        """Return a document that was asked for before, or is stored; raises what it was answered with."""
        if artifact.url in self._failures:
            raise self._failures[artifact.url]

        raw = self._documents.get(artifact.url)

        if raw is None and self._stored is not None:
            try:
                raw = self._stored.stored_metadata(artifact)
            except ZephyrError as error:
                self._failures[artifact.url] = error
                raise

            if raw is not None:
                self._documents[artifact.url] = raw

        return raw

    def _keep(self, listing: Listing, index: str | None) -> Listing:
        kept = self._listings[listing.name, index] = replace(listing, artifacts=releases_of(listing))

        return kept

    def files(self, name: NormalizedName, version: Version, index: str | None) -> Files:
        """Return the files of one version of a project whose listing is known."""
        releases = releases_of(self._listings[name, index])
        place = releases.find(version)

        if place is None:
            return ()

        # One by one: what a listing that is kept has not at hand it remembers then for the next run.
        return [(kind, releases.file(place, number)) for number, kind in enumerate(releases.kinds(place))]


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
