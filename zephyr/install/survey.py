"""What is on the disk where a plan is going to change something. Looks, and changes nothing."""

from __future__ import annotations

import bisect
import os

from zephyr.dataclass import dataclass
from zephyr.install.filesystem import mode_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

BYTECODE = "__pycache__"


@dataclass(frozen=True, slots=True)
class Survey:
    """The folders that were listed: absolute path to names, True for the name of a folder.

    Links are not followed: a link to a folder counts as a file. A folder that is not listed though
    its parent is and names it has contents nobody asked about.
    """

    folders: Mapping[str, Mapping[str, bool]]
    modes: Mapping[str, int]
    """Permission bits of each listed folder."""
    order: Sequence[str]
    """The listed folders, sorted."""

    def below(self, path: str) -> Iterator[str]:
        """Give the listed folder ``path`` and all listed folders in it, parents first."""
        yield path
        prefix = f"{path}/"

        for index in range(bisect.bisect_left(self.order, prefix), len(self.order)):
            if not self.order[index].startswith(prefix):
                return

            yield self.order[index]

    def exists(self, path: str) -> bool:
        """Tell whether anything is at ``path``, whose folder was asked about."""
        folder, _, name = path.rpartition("/")

        return name in self.folders.get(folder, ())

    def is_folder(self, path: str) -> bool:
        """Tell whether a real folder is at ``path``."""
        folder, _, name = path.rpartition("/")

        return path in self.folders or self.folders.get(folder, {}).get(name, False)

    def bytecode(self, folder: str) -> Iterable[str]:
        """Return the paths of the files in the ``__pycache__`` folder of ``folder``."""
        cache = f"{folder}/{BYTECODE}"

        return [f"{cache}/{name}" for name, is_folder in self.folders.get(cache, {}).items() if not is_folder]


def survey(paths: Iterable[str], bases: Iterable[str]) -> Survey:
    """List the folders of ``paths`` and all folders above them up to one of ``bases`` that exists.

    ``__pycache__`` folders in listed ones are listed too. What is missing or not a folder is left
    out. Raises OSError for a folder that cannot be read.
    """
    tops = frozenset(step for base in bases for step in _up_to_existing(base))
    wanted: set[str] = set(tops)

    for folder in {path.rpartition("/")[0] for path in paths}:
        step = folder

        while step not in wanted and step:
            wanted.add(step)
            step = step.rpartition("/")[0]

    listed: dict[str, Mapping[str, bool]] = {}
    modes: dict[str, int] = {}

    for folder in sorted(wanted):
        if folder in tops or _may_exist(folder, listed):
            _list(folder, listed, modes)

    return Survey(listed, modes, sorted(listed))


def _up_to_existing(folder: str) -> Iterator[str]:
    """Give a folder and those above it, up to the first that is there: the rest will have to be made."""
    yield folder

    while not os.path.isdir(folder) and "/" in folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _may_exist(folder: str, listed: Mapping[str, Mapping[str, bool]]) -> bool:
    parent, _, name = folder.rpartition("/")

    return listed.get(parent, {}).get(name, False)


def list_folder(folder: str) -> dict[str, bool] | None:
    """Return the names in a folder, True for those of folders; None where there is none."""
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
    except (FileNotFoundError, NotADirectoryError):
        return None


def _list(folder: str, listed: dict[str, Mapping[str, bool]], modes: dict[str, int]) -> None:
    names = list_folder(folder)

    if names is None:
        return

    listed[folder] = names
    modes[folder] = mode_of(folder)
    cache = f"{folder}/{BYTECODE}"

    if names.get(BYTECODE) and cache not in listed:
        _list(cache, listed, modes)
