"""The few headers of METADATA and PKG-INFO that an installed distribution is known by.

A file is read no further than its headers go: a hundred distributions have to be read in milliseconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.model.headers import headers_in, split, unfolded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

BLOCK = 65536


def read_headers(path: str) -> dict[str, list[str]]:
    """Return the headers of the file at ``path`` as `parse_headers` does, read no further than needed.

    Raises OSError.
    """
    data = b""

    with open(path, "rb", buffering=0) as file:
        while block := file.read(BLOCK):
            data += block

            if split(data)[1]:
                break

    return parse_headers(data)


def parse_headers(data: bytes) -> dict[str, list[str]]:
    """Return the values of all headers at the start of ``data`` by lower-case name, folded lines joined."""
    headers: dict[str, list[str]] = {}

    for name, value in headers_in(split(data)[0]):
        headers.setdefault(name, []).append(unfolded(value))

    return headers


def identify(headers: Mapping[str, list[str]], file_name: str) -> tuple[str, Version] | None:
    """Return name and version from ``headers``, where they lack from ``name-version.dist-info``, or None."""
    stem = file_name.rpartition(".")[0]
    guess = re.match(r"(.+?)-([^-]+)(-py\d.*)?$", stem)
    display_name = headers.get("name", [""])[0] or (guess[1] if guess else "")
    spelled = headers.get("version", [""])[0] or (guess[2] if guess else "")

    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", display_name):
        return None

    from packaging.version import InvalidVersion, Version

    try:
        return display_name, Version(spelled)
    except InvalidVersion:
        return None
