"""The direct_url.json (PEP 610) of what was asked for by URL or path."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zephyr.model.direct_url import archive_document
from zephyr_workers.find_links import local_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.resolution import Pin


@dataclass(frozen=True, slots=True)
class Directs:
    """What became known of the places that were asked for."""

    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, "Mapping[str, Any]"])
    """The direct_url.json of each, by the URL of its artifact."""
    changing: frozenset[NormalizedName] = frozenset()
    """Projects whose content may change while their document stays the same: folders."""

    def document(self, pin: Pin, sha256: str | None = None) -> Mapping[str, Any]:
        """Return the document for a pin that was chosen by a direct reference, without credentials.

        ``sha256`` is that of a wheel whose reference gives no hash itself.
        """
        known = self.documents.get(pin.artifact.url)

        if known is not None:
            return known

        hashes = pin.artifact.hashes or ({"sha256": sha256} if sha256 else {})

        return archive_document(pin.artifact.url, hashes)


def local_digests(urls: Iterable[str | None]) -> dict[str, str]:
    """Return the SHA-256 of each URL, its fragment left off, that is a local file which can be read."""
    digests: dict[str, str] = {}

    for url in urls:
        if url is not None and url.startswith("file:"):
            bare = url.partition("#")[0]

            with contextlib.suppress(OSError), open(local_path(bare), "rb") as file:
                digests[bare] = hashlib.file_digest(file, "sha256").hexdigest()

    return digests
