"""The RECORD of an installed distribution (recording installed projects, PEP 376 and 627)."""

from __future__ import annotations

import csv
import io
import os
from binascii import b2a_base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DIGEST = 64
"""Characters of a SHA-256 in hexadecimal."""
ENCODED = 43
"""Characters of it in Base64 without padding; one byte more makes 44 of it, so that many can be joined."""
URL_SAFE = str.maketrans("+/", "-_")
QUOTED = ',"\r\n'
"""Characters of a path that have it quoted."""


def record(rows: Iterable[str], dist_info: str) -> bytes:
    """Return the document of ``rows``, sorted, with one for the RECORD itself."""
    listed = [*rows, *unhashed_rows([f"{dist_info}/RECORD"])]
    listed.sort()

    return "".join(listed).encode("utf-8", "surrogateescape")


def hashed_rows(paths: list[str], sha256: str, sizes: Iterable[int]) -> list[str]:
    """Return the rows of files; ``sha256`` are their digests in hexadecimal, joined."""
    digests = _encoded(sha256)
    starts = range(0, len(digests), ENCODED + 1)

    return [
        f"{path},sha256={digests[start : start + ENCODED]},{size}\n"
        for path, start, size in zip(_quoted(paths), starts, sizes, strict=True)
    ]


def unhashed_rows(paths: list[str]) -> list[str]:
    """Return the rows of files that may change: bytecode, which an interpreter may write anew, and RECORD."""
    return [f"{path},,\n" for path in _quoted(paths)]


def recorded_path(path: str, site: str) -> str:
    """Return how RECORD spells the absolute ``path`` when its ``.dist-info`` lies in ``site``."""
    if path.startswith(f"{site}/"):
        return path[len(site) + 1 :]

    try:
        return os.path.relpath(path, site).replace(os.sep, "/")
    except ValueError:  # another drive
        return path


def _encoded(sha256: str) -> str:
    padded = "".join([f"{sha256[start : start + DIGEST]}00" for start in range(0, len(sha256), DIGEST)])

    return b2a_base64(bytes.fromhex(padded), newline=False).decode().translate(URL_SAFE)


def _quoted(paths: list[str]) -> list[str]:
    joined = "".join(paths)

    if not any(character in joined for character in QUOTED):
        return paths

    return [_field(path) for path in paths]


def _field(path: str) -> str:
    output = io.StringIO()
    csv.writer(output, lineterminator="\r\n").writerow([path])

    return output.getvalue().removesuffix("\r\n")
