"""What is installed counts as an offer, also where no index offers it.

A version that was built here, or that an index has dropped, is kept as long as it meets the
requirements; and it takes no network to know what it needs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.releases import releases_of
from zephyr_workers.network_errors import OfflineMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.port import IndexPort
    from zephyr.metadata.stored import StoredFacts
    from zephyr.model.environment import InstalledDistribution

SCHEME = "installed:"


class Kept:
    """The installed distributions that may stay as they are, as an index would offer them.

    Their artifacts have URLs that begin with `SCHEME`: a pin of one of them never needs a wheel.
    """

    def __init__(self, installed: Mapping[NormalizedName, InstalledDistribution]) -> None:
        self._installed = {
            name: one for name, one in installed.items() if os.path.isfile(_metadata_path(one))
        }

    def __contains__(self, name: NormalizedName) -> bool:
        return name in self._installed

    def added_to(self, listing: Listing) -> Listing:
        """Return ``listing`` with the installed version; before it an equal one of the index, with a hash."""
        distribution = self._installed.get(listing.name)

        if distribution is None:
            return listing

        from zephyr.model.addition import with_file

        return replace(
            listing, artifacts=with_file(releases_of(listing), _artifact(distribution), listing.name)
        )

    def metadata(self, artifact: Artifact) -> bytes | None:
        """Return the METADATA of an installed distribution, None for any other artifact."""
        if not artifact.url.startswith(SCHEME):
            return None

        with open(_metadata_path(self._installed[_name_of(artifact)]), "rb") as file:
            return file.read()


class InstalledPort:
    """A `zephyr.metadata.port.IndexPort` that adds what is installed to what ``port`` offers."""

    def __init__(self, port: IndexPort, kept: Kept) -> None:
        self._port = port
        self._kept = kept

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return the index's listing with the installed version added."""
        try:
            listing = await self._port.listing(name)
        except OfflineMissing:
            if name not in self._kept:
                raise

            listing = Listing(name)

        return self._kept.added_to(listing)

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return the METADATA of a wheel, or of what is installed."""
        return self._kept.metadata(artifact) or await self._port.metadata(artifact)


class InstalledFacts:
    """The same for `zephyr.metadata.stored.StoredFacts`."""

    def __init__(self, facts: StoredFacts, kept: Kept) -> None:
        self._facts = facts
        self._kept = kept

    def stored_listing(self, name: NormalizedName, /) -> Listing | None:
        """Return the stored listing with the installed version added."""
        listing = self._facts.stored_listing(name)

        return self._kept.added_to(listing) if listing is not None else None

    def stored_metadata(self, artifact: Artifact, /) -> bytes | None:
        """Return the stored METADATA of a wheel, or that of what is installed."""
        return self._kept.metadata(artifact) or self._facts.stored_metadata(artifact)


def _artifact(distribution: InstalledDistribution) -> Artifact:
    stem = distribution.name.replace("-", "_")

    return Artifact(
        filename=f"{stem}-{distribution.version}-py3-none-any.whl", url=f"{SCHEME}{distribution.name}"
    )


def _name_of(artifact: Artifact) -> NormalizedName:
    from zephyr.model.names import canonicalize_name

    return canonicalize_name(artifact.url.removeprefix(SCHEME))


def _metadata_path(distribution: InstalledDistribution) -> str:
    return f"{distribution.location}/{distribution.metadata_folder}/METADATA"
