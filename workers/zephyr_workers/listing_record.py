"""A parsed listing as bytes: what the cache keeps of an index page, on any machine and for any Python.

Lines of JSON: the project first, then one file per line, so that one file can be read without the others.
The format has no number of its own: the cache bucket's name carries it.
"""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING

from zephyr.model.artifact import Artifact, Listing, ProjectStatus

if TYPE_CHECKING:
    from collections.abc import Sequence


def pack_listing(listing: Listing) -> bytes:
    """Return the record of a listing, without the index's name: that is the asker's business."""
    head = [listing.name, listing.status.value, listing.status_reason, listing.skipped]
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

    # One document cut into lines, several times as quick as one document per line. Only between two rows
    # does a quote follow these characters: one inside a text has a backslash before it.
    lines = _compact(rows)[1:-1].replace('],["', ']\n["')

    return f"{_compact(head)}\n{lines}".encode("ascii")


def unpack_listing(record: bytes) -> Listing | None:
    """Return the listing of a record, None when it is not one."""
    head, _, lines = record.partition(b"\n")

    try:
        name, status, reason, skipped = json.loads(head)

        return Listing(
            name=name,
            artifacts=unpack_files(lines),
            status=ProjectStatus(status),
            status_reason=reason,
            skipped=tuple(skipped),
        )
    except (ValueError, TypeError):
        return None


def unpack_files(lines: bytes) -> tuple[Artifact, ...]:
    """Return the files of some whole lines of a record; raises ValueError or TypeError for others."""
    return tuple(Artifact(*row) for row in json.loads(b"[%b]" % lines.replace(b"\n", b",")))


def line_bounds(record: bytes) -> Sequence[int]:
    """Return where the files' lines begin in a record, and where one after the last would."""
    head, _, lines = record.partition(b"\n")
    lengths = (len(line) + 1 for line in lines.split(b"\n") if line)

    return tuple(accumulate(lengths, initial=len(head) + 1))


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
