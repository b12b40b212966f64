"""The few headers of METADATA and PKG-INFO that an installed distribution is known by.

`email` would parse the whole description too; a hundred distributions have to be read in milliseconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

BLOCK = 65536
BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def read_headers(path: str) -> dict[str, list[str]]:
    """Return the headers of the file at ``path`` as `parse_headers` does, read no further than needed.

    Raises OSError.
    """
    data = b""

    with open(path, "rb", buffering=0) as file:
        while block := file.read(BLOCK):
            data += block

            if BLANK_LINE.search(data, max(0, len(data) - len(block) - 4)):
                break

    return parse_headers(data)


def parse_headers(data: bytes) -> dict[str, list[str]]:
    """Return the headers at the start of ``data`` (core metadata: RFC 822 with UTF-8 values).

    A folded value is joined by one space; a line that is neither header nor continuation is ignored.
    """
    head = BLANK_LINE.split(data, maxsplit=1)[0].decode("utf-8", "replace")
    headers: dict[str, list[str]] = {}
    values: list[str] = []

    for line in head.splitlines():
        if line[:1] in {" ", "\t"}:
            if values:
                values[-1] = f"{values[-1]} {line.strip()}"

            continue

        name, colon, value = line.partition(":")

        if colon:
            values = headers.setdefault(name.strip().lower(), [])
            values.append(value.strip())

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
