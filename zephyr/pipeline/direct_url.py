"""The direct_url.json (PEP 610) of what was asked for by URL or path."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zephyr.model.index import without_credentials
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
        return self.documents.get(pin.artifact.url) or _wheel_document(pin, sha256)


def local_digests(urls: Iterable[str | None]) -> dict[str, str]:
    """Return the SHA-256 of each URL, its fragment left off, that is a local file which can be read."""
    digests: dict[str, str] = {}

    for url in urls:
        if url is not None and url.startswith("file:"):
            bare = url.partition("#")[0]

            with contextlib.suppress(OSError), open(local_path(bare), "rb") as file:
                digests[bare] = hashlib.file_digest(file, "sha256").hexdigest()

    return digests


def _wheel_document(pin: Pin, sha256: str | None) -> Mapping[str, Any]:
    hashes = dict(pin.artifact.hashes) or ({"sha256": sha256} if sha256 else {})
    archive: dict[str, Any] = {}

    if hashes:
        algorithm = "sha256" if "sha256" in hashes else next(iter(hashes))
        archive = {"hash": f"{algorithm}={hashes[algorithm]}", "hashes": hashes}

    return {"url": without_credentials(pin.artifact.url), "archive_info": archive}
