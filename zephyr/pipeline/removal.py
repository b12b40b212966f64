"""What removing a distribution takes away, as it is shown to whoever has to agree."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.install.owned import owned_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.install.destination import Destination
    from zephyr.model.environment import InstalledDistribution

COMPILED = ".pyc"


@dataclass(frozen=True, slots=True)
class Removal:
    """One distribution that may leave, and its paths: absolute and sorted."""

    distribution: InstalledDistribution
    files: tuple[str, ...]
    """Every file that goes."""
    leaving: tuple[str, ...]
    """The same in short: without bytecode, folders as ``folder/*``."""
    staying: tuple[str, ...] = ()
    """What lies in its folders and is not its own: somebody put it there."""


def removal_of(distribution: InstalledDistribution, destination: Destination) -> Removal:
    """Return what removing ``distribution`` takes away; raises RemovalError where it cannot be removed."""
    owned = owned_files(distribution, destination)
    files = frozenset(path for path in owned.files if os.path.lexists(path))
    folders = own_folders(files)
    single = [path for path in files if not _is_below(path, folders) and not path.endswith(COMPILED)]
    staying = [
        path
        for folder in folders
        for path in _files_below(folder)
        if path not in files and not path.endswith(COMPILED)
    ]

    return Removal(
        distribution,
        tuple(sorted(files)),
        tuple(sorted([*single, *(f"{folder}/*" for folder in folders)])),
        tuple(sorted(staying)),
    )


def own_folders(files: Iterable[str]) -> list[str]:
    """Return the folders of packages and of metadata among ``files``, without those within others. Pure."""
    marked = {
        os.path.dirname(path)
        for path in files
        if path.endswith("/__init__.py") or ".dist-info/" in path or ".egg-info/" in path
    }
    found: list[str] = []

    for folder in sorted(marked, key=len):
        if not _is_below(folder, found):
            found.append(folder)

    return found


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _files_below(folder: str) -> list[str]:
    return [f"{parent}/{name}" for parent, _, names in os.walk(folder) for name in names]
