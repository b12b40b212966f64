"""The RECORD of an installed distribution (recording installed projects, PEP 376 and 627)."""

from __future__ import annotations

import base64
import csv
import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def record(rows: Iterable[tuple[str, str | None, int]], dist_info: str) -> bytes:
    """Return the document for ``rows`` of (path, hexadecimal SHA-256, size), sorted by path.

    Rows without a digest (bytecode, which an interpreter may write anew) have no size either; the
    RECORD itself is listed the same way.
    """
    listed = [(path, _digest(sha256), str(size)) if sha256 else (path, "", "") for path, sha256, size in rows]
    listed.append((f"{dist_info}/RECORD", "", ""))
    listed.sort()
    output = io.StringIO()
    csv.writer(output, lineterminator="\n").writerows(listed)

    return output.getvalue().encode("utf-8", "surrogateescape")


def recorded_path(path: str, site: str) -> str:
    """Return how RECORD spells the absolute ``path`` when its ``.dist-info`` lies in ``site``."""
    if path.startswith(f"{site}/"):
        return path[len(site) + 1 :]

    try:
        return os.path.relpath(path, site).replace(os.sep, "/")
    except ValueError:  # another drive
        return path


def _digest(sha256: str) -> str:
    encoded = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip("=")

    return f"sha256={encoded}"
