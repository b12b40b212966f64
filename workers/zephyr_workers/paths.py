"""Which names an archive's entries may have: the same rules on every operating system.

A wheel that would be safe on Linux and dangerous on Windows is refused on both: a cache, a lock
and an answer must not depend on where they were made.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from zephyr_workers.wheel_errors import InvalidWheel, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_PATH = 1024
LONGEST_COMPONENT = 255
"""Both in UTF-8 bytes."""
DEEPEST_PATH = 100
MOST_FOLDERS = 200_000
"""Folders take no space in an archive: a small one could ask for millions of them."""

_PLAIN = re.compile(r"(?:[A-Za-z0-9_+@~-][A-Za-z0-9_+@~.-]*/)*[A-Za-z0-9_+@~-][A-Za-z0-9_+@~.-]*(?<!\.)/?")
"""Names that need no further look, except for devices: nearly all of them."""
_DEVICE = re.compile(
    r"(?:^|/)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=[./ ]|$)", re.IGNORECASE
)
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""General categories of Unicode: control, format (bidirectional marks), unassigned, private; line ends."""
_DRIVE = re.compile(r"[A-Za-z]:")


def check_path(name: str) -> None:
    """Refuse a name (a folder's ends with a slash) that is not a plain relative path."""
    if len(name) > LONGEST_COMPONENT or name.count("/") >= DEEPEST_PATH:
        _check_lengths(name)

    if not _PLAIN.fullmatch(name) or "./" in name:
        _check_unusual(name)

    if _DEVICE.search(name):
        raise InvalidWheel("wheel-path-unportable", "a part of the path is a device on Windows", entry=name)


def _check_lengths(name: str) -> None:
    parts = name.encode("utf-8", "surrogatepass").split(b"/")
    longest = max(map(len, parts))

    if (
        sum(map(len, parts)) + len(parts) > LONGEST_PATH
        or longest > LONGEST_COMPONENT
        or len(parts) > DEEPEST_PATH
    ):
        raise InvalidWheel("wheel-path-too-long", "its path is too long", entry=name)


def _check_unusual(name: str) -> None:
    for character in name:
        if unicodedata.category(character) in _UNPRINTABLE:
            raise InvalidWheel("wheel-path-unprintable", f"its path holds {visible(character)!r}", entry=name)

    if name.startswith(("/", "\\")) or _DRIVE.match(name):
        raise InvalidWheel("wheel-path-escapes", "its path is absolute", entry=name)

    _check_lengths(name)
    parts = name.removesuffix("/").split("/")

    if ".." in parts or ".." in name.replace("\\", "/").split("/"):
        raise InvalidWheel("wheel-path-escapes", "its path leads out of the wheel", entry=name)

    if "" in parts or "." in parts:
        raise InvalidWheel("wheel-path-not-canonical", "its path has empty parts", entry=name)

    if "\\" in name or ":" in name or any(part[-1] in ". " for part in parts):
        raise InvalidWheel("wheel-path-unportable", "its path means another one on Windows", entry=name)


def check_tree(files: Iterable[str], folders: Iterable[str]) -> tuple[str, ...]:
    """Refuse duplicate names and files that are also folders; return warnings about near duplicates.

    ``folders`` are the folder entries, without their final slash. Names that are equal without
    regard to case or Unicode composition are legal here and collide on some file systems: where the
    cache lies on one, creating the second file fails, and the wheel is refused there.
    """
    seen: set[str] = set()
    parents: set[str] = set()

    for name in files:
        if name in seen:
            raise InvalidWheel("wheel-duplicate-entry", "two entries have this name", entry=name)

        seen.add(name)
        parent = name.rpartition("/")[0]

        while parent and parent not in parents:
            parents.add(parent)
            parent = parent.rpartition("/")[0]

        if len(parents) > MOST_FOLDERS:
            raise InvalidWheel("wheel-too-large", f"it has more than {MOST_FOLDERS} folders")

    listed: set[str] = set()

    for name in folders:
        if name in listed:
            raise InvalidWheel("wheel-duplicate-entry", "two entries have this name", entry=name)

        listed.add(name)

    for name in seen & (parents | listed):
        raise InvalidWheel("wheel-file-and-folder", "it is a file and a folder", entry=name)

    return tuple(_near_duplicates(seen | parents))


def _near_duplicates(names: set[str]) -> Iterable[str]:
    keys = {name: _folded(name) for name in names}

    if len(set(keys.values())) == len(names):
        return

    folded: dict[str, str] = {}

    for name, key in sorted(keys.items()):
        other = folded.setdefault(key, name)

        if other != name:
            yield f"{visible(other)} and {visible(name)} are one file where names ignore case"


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()
