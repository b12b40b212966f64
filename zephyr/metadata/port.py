"""The port through which facts arrive: what an index knows, asked asynchronously.

The network side implements it structurally. Single flight, limits, retries and caching are its work;
the stream asks for each fact at most once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Artifact, Listing


class IndexPort(Protocol):
    """Where listings and METADATA documents come from."""

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return all files of a project: an empty listing where no index knows the name.

        Raises a `ZephyrError` where that cannot be found out (unreachable, unauthorised, offline).
        """
        ...

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return the METADATA document (core metadata, PEP 566 and later) of one wheel or source archive.

        ``artifact`` may be a direct reference that no index lists, with a ``file:`` URL too. Raises a
        `ZephyrError` where there is none to be had.
        """
        ...
