"""A parsed listing as bytes: what the cache keeps of an index page, five times as quick to read again.

One JSON array of rows. The format has no number of its own: the cache bucket's name carries it.
"""

from __future__ import annotations

import json

from zephyr.model.artifact import Artifact, Listing, ProjectStatus


def pack_listing(listing: Listing) -> bytes:
    """Return the record of a listing, without the index's name: that is the asker's business."""
    rows = [
        (
            artifact.filename,
            artifact.url,
            artifact.hashes,
            artifact.size,
            artifact.requires_python,
            artifact.yanked,
            artifact.upload_time,
            artifact.metadata_hashes,
        )
        for artifact in listing.artifacts
    ]
    document = [listing.name, listing.status.value, listing.status_reason, listing.skipped, rows]

    return json.dumps(document, separators=(",", ":")).encode()


def unpack_listing(record: bytes) -> Listing | None:
    """Return the listing of a record, None when it is not one."""
    try:
        name, status, reason, skipped, rows = json.loads(record)

        return Listing(
            name=name,
            artifacts=tuple(Artifact(*row) for row in rows),
            status=ProjectStatus(status),
            status_reason=reason,
            skipped=tuple(skipped),
        )
    except (ValueError, TypeError):
        return None
