"""The direct_url.json (PEP 610) of what was asked for by URL or path."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, cast

from zephyr.dataclass import dataclass, field
from zephyr.model.direct_url import archive_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.resolution import Pin


@dataclass(frozen=True, slots=True)
class Directs:
    """What became known of the places that were asked for."""

    documents: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, "Mapping[str, Any]"])
    """The direct_url.json of each, by the URL of its artifact."""
    sources: Mapping[NormalizedName, str] = field(default_factory=dict["NormalizedName", str])
    """Of the projects in folders, whose content may change under the same document, its digest."""

    def document(self, pin: Pin, sha256: str | None = None) -> Mapping[str, Any]:
        """Return the document for a pin that was chosen by a direct reference, without credentials.

        ``sha256`` is that of a wheel whose reference gives no hash itself.
        """
        known = self.documents.get(pin.artifact.url)

        if known is not None:
            return known

        hashes = pin.artifact.hashes or ({"sha256": sha256} if sha256 else {})

        return archive_document(pin.artifact.url, hashes)


def is_same_origin(recorded: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    """Tell whether an installation's document says what ``wanted`` does.

    Tools tell of different hashes of an archive: those of ``wanted`` that the other has too must agree,
    and there must be one.
    """
    if recorded is None or "archive_info" not in wanted:
        return recorded == wanted

    before, after = _hashes(recorded), _hashes(wanted)
    common = before.keys() & after.keys()
    place = ("url", "subdirectory")

    return (
        all(recorded.get(key) == wanted.get(key) for key in place)
        and bool(common)
        and all(before[algorithm] == after[algorithm] for algorithm in common)
    )


def _hashes(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hashes of an archive; a document that another tool wrote may be malformed."""
    archive: object = document.get("archive_info")
    hashes: object = cast("dict[str, object]", archive).get("hashes") if isinstance(archive, dict) else None

    return cast("dict[str, Any]", hashes) if isinstance(hashes, dict) else {}


def local_digests(urls: Iterable[str | None]) -> dict[str, str]:
    """Return the SHA-256 of each URL, its fragment left off, that is a local file which can be read."""
    digests: dict[str, str] = {}

    for url in urls:
        if url is not None and url.startswith("file:"):
            import hashlib

            from zephyr_workers.find_links import local_path

            bare = url.partition("#")[0]

            with contextlib.suppress(OSError), open(local_path(bare), "rb") as file:
                digests[bare] = hashlib.file_digest(file, "sha256").hexdigest()

    return digests
