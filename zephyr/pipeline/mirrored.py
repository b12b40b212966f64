"""Files of a lock from another index than the one that the lock names: looked up there by file name.

The lock's hashes make this safe, and it does not change: a mirror has the same bytes under another address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from zephyr.dataclass import dataclass, replace
from zephyr.errors import ZephyrError
from zephyr.model.index import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Artifact, Listing
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.wheels import Index
    from zephyr_workers.download import Downloaded, Progress


class MirrorLacksFile(ZephyrError):
    """Raised where a mirror does not offer a file that a lock needs."""

    id = "mirror-lacks-file"


class MirroredFile(NamedTuple):
    """Where to look for a file."""

    mirror: Index
    project: NormalizedName
    canonical: str
    """URL of the index that the mirror stands in for."""


@dataclass(frozen=True, slots=True)
class MirroredIndex:
    """An `Index` that takes some files from mirrors, and all else from ``index``."""

    index: Index
    files: Mapping[str, MirroredFile]
    """By the URL that the lock has."""

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return all files of a project."""
        return await self.index.listing(name)

    async def listing_on(self, index: str, name: NormalizedName, /) -> Listing:
        """Return all files of a project on one certain index."""
        return await self.index.listing_on(index, name)

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return a wheel's METADATA."""
        return await self.index.metadata(artifact)

    async def download(self, artifact: Artifact, folder: str, progress: Progress, /) -> Downloaded:
        """Put a proven file into ``folder``. Raises `MirrorLacksFile`."""
        mirrored = self.files.get(artifact.url)

        if mirrored is None:
            return await self.index.download(artifact, folder, progress)

        mirror = mirrored.mirror
        listing = await mirror.listing(mirrored.project)
        # A lock may call a file by another name than its index does.
        names = {artifact.filename, unquote(artifact.url.rpartition("/")[2])}
        found = next((one for one in listing.artifacts if one.filename in names), None)

        if found is None:
            raise MirrorLacksFile(
                f"The mirror of {mirrored.canonical} does not offer {artifact.filename}",
                hint="Run the command again without this mirror.",
            )

        return await mirror.download(replace(artifact, url=found.url), folder, progress)


def mirrored_files(pins: Iterable[Pin], mirrors: Mapping[str, Index]) -> dict[str, MirroredFile]:
    """Return the files of ``pins`` whose index has a mirror.

    ``mirrors`` has the URL of an index, as the lock names it, and the mirror; a slash at the end of the
    URL makes no difference.
    """
    by_index = {_compared(canonical): mirror for canonical, mirror in mirrors.items()}

    return {
        pin.artifact.url: MirroredFile(by_index[index], pin.name, index)
        for pin in pins
        if (index := _compared(pin.index or "")) in by_index
    }


def _compared(url: str) -> str:
    return without_credentials(url).rstrip("/")
