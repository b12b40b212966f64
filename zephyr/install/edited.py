"""Tells the installed files that a user has changed from those that are as they were installed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.environments.records import RecordedPath

ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})
"""Those that the standard allows; a row with another one cannot be checked."""

LARGE = 4 << 20
"""Bytes from which on a file with the right size, not newer than its RECORD, is not read again."""


def edited_files(rows: Mapping[str, RecordedPath], record: str) -> frozenset[str]:
    """Return the paths whose contents differ from their row.

    A file with the modification time that Zephyr gives to such contents is not read. Missing files
    and rows without a hash are not counted.
    """
    try:
        recorded_at = os.stat(record).st_mtime_ns
    except OSError:
        recorded_at = 0

    return frozenset(path for path, row in rows.items() if row.hash and _is_edited(path, row, recorded_at))


def _is_edited(path: str, row: RecordedPath, recorded_at: int) -> bool:
    from zephyr_workers.tree_writer import mtime_of

    algorithm, _, encoded = (row.hash or "").partition("=")

    try:
        status = os.lstat(path)
        wanted = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).hex()
    except (OSError, ValueError, binascii.Error):
        return False

    if not stat.S_ISREG(status.st_mode):
        return False

    if row.size is not None and status.st_size != row.size:
        return True

    if algorithm not in ALGORITHMS:
        return False

    if algorithm == "sha256" and len(wanted) == 64 and status.st_mtime_ns == mtime_of(wanted):
        return False

    if row.size is not None and row.size >= LARGE and status.st_mtime_ns <= recorded_at:
        return False

    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, algorithm).hexdigest() != wanted
