"""The direct_url.json (PEP 610) of what was asked for by URL or path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zephyr.model.index import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.resolution import Pin


def direct_url_of(pin: Pin, sha256: str | None = None) -> Mapping[str, Any]:
    """Return the document for a pin that was chosen by a direct reference, without credentials.

    ``sha256`` is the archive's, where the reference gives no hash itself.
    """
    hashes = dict(pin.artifact.hashes) or ({"sha256": sha256} if sha256 else {})
    archive: dict[str, Any] = {}

    if hashes:
        algorithm = "sha256" if "sha256" in hashes else next(iter(hashes))
        archive = {"hash": f"{algorithm}={hashes[algorithm]}", "hashes": hashes}

    return {"url": without_credentials(pin.artifact.url), "archive_info": archive}
