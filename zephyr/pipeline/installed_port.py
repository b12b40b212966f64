"""What is installed counts as an offer, also where no index offers it.

A version that was built here, or that an index has dropped, is kept as long as it meets the
requirements; and it takes no network to know what it needs.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from zephyr.model.artifact import Artifact, Listing
from zephyr_workers.network_errors import OfflineMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.port import IndexPort
    from zephyr.model.environment import InstalledDistribution

SCHEME = "installed:"


class InstalledPort:
    """A `zephyr.metadata.port.IndexPort` that adds what is installed to what ``port`` offers.

    ``kept`` are the installed distributions that may stay as they are. Their artifacts have URLs that
    begin with `SCHEME`: a pin of one of them never needs a wheel.
    """

    def __init__(self, port: IndexPort, kept: Mapping[NormalizedName, InstalledDistribution]) -> None:
        self._port = port
        self._kept = {name: one for name, one in kept.items() if os.path.isfile(_metadata_path(one))}

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return the index's listing with the installed version added, last."""
        distribution = self._kept.get(name)

        if distribution is None:
            return await self._port.listing(name)

        try:
            listing = await self._port.listing(name)
        except OfflineMissing:
            listing = Listing(name)

        # A wheel of the index that fits better is preferred among equal versions: it has a hash.
        return replace(listing, artifacts=(*listing.artifacts, _artifact(distribution)))

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return the METADATA of a wheel, or of what is installed."""
        if not artifact.url.startswith(SCHEME):
            return await self._port.metadata(artifact)

        distribution = self._kept[_name_of(artifact)]

        with open(_metadata_path(distribution), "rb") as file:  # noqa: ASYNC230 - one small file
            return file.read()


def _artifact(distribution: InstalledDistribution) -> Artifact:
    stem = distribution.name.replace("-", "_")

    return Artifact(
        filename=f"{stem}-{distribution.version}-py3-none-any.whl", url=f"{SCHEME}{distribution.name}"
    )


def _name_of(artifact: Artifact) -> NormalizedName:
    from packaging.utils import canonicalize_name

    return canonicalize_name(artifact.url.removeprefix(SCHEME))


def _metadata_path(distribution: InstalledDistribution) -> str:
    return f"{distribution.location}/{distribution.metadata_folder}/METADATA"
