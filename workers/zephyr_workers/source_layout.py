"""What a source archive's names amount to: one top folder, and every folder that has to be made. Pure."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from zephyr.dataclass import dataclass
from zephyr.model.names import canonicalize_name
from zephyr_workers.archive import MOST_ENTRIES
from zephyr_workers.paths import MOST_FOLDERS, check_path, check_tree
from zephyr_workers.source_errors import InvalidSource
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

_DRIVE = re.compile(r"(?:^|/)[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Layout:
    """A tree that any file system can hold, or that says in ``warnings`` which cannot."""

    top: str
    """The one folder that everything lies in."""
    folders: tuple[str, ...]
    """All folders, told of or not, each after the one that it lies in."""
    warnings: tuple[str, ...]


def check_name(name: str) -> None:
    """Refuse what is not a plain relative path; a name that only Windows cannot hold is refused there."""
    try:
        check_path(name)
    except InvalidWheel as error:
        escapes = "\\" in name or _DRIVE.search(name)

        if error.id != "wheel-path-unportable" or escapes or os.name == "nt":
            raise


def lay_out(files: list[str], folders: list[str]) -> Layout:
    """Return the layout of checked names: of ``files``, which links are too, and of ``folders``.

    Raises `InvalidSource` and `InvalidWheel`: two entries of one name, a file that is also a folder, not
    exactly one top folder, more entries or folders than an archive may ask for.
    """
    if len(files) + len(folders) > MOST_ENTRIES:
        raise InvalidSource("source-too-large", f"it has more than {MOST_ENTRIES} entries")

    warnings = check_tree(files, folders)
    every = _all_folders(files, folders)

    for name in files:
        if name in every:
            raise InvalidSource("source-file-and-folder", "it is a file and a folder", entry=name)

    tops = [name for name in every if "/" not in name]

    if len(tops) != 1 or any("/" not in name for name in files):
        raise InvalidSource(
            "source-top-folder", f"it must hold one folder and nothing beside it, not {len(tops)}"
        )

    return Layout(tops[0], tuple(sorted(every)), warnings)


def _all_folders(files: Iterable[str], folders: Iterable[str]) -> set[str]:
    every: set[str] = set()

    for name in (*folders, *(name.rpartition("/")[0] for name in files)):
        folder = name

        while folder and folder not in every:
            every.add(folder)
            folder = folder.rpartition("/")[0]

        if len(every) > MOST_FOLDERS:
            raise InvalidSource("source-too-large", f"it has more than {MOST_FOLDERS} folders")

    return every


def is_named_after(top: str, name: NormalizedName, version: Version) -> bool:
    """Whether a top folder is called ``{name}-{version}`` (PEP 625), in any spelling of the two."""
    for match in re.finditer("-", top):
        if canonicalize_name(top[: match.start()]) == name and _is_version(top[match.end() :], version):
            return True

    return False


def _is_version(text: str, version: Version) -> bool:
    try:
        return Version(text) == version
    except InvalidVersion:
        return False
