"""The few kinds of change a commit consists of, each of which can be undone.

An operation moves something between its final path and a private one (staging, trash, a kept
copy), or creates a folder. Which of the two paths exists tells whether it was done, so the list of
operations is all that a journal needs.

Undoing goes in two halves, because the same final path may first lose its old tree and then
receive a new one: the arrivals are taken back, then (`recovery` notes that) the departures return.
Both halves may be interrupted and started again.
"""

from __future__ import annotations

import errno
import os

from zephyr.dataclass import dataclass
from zephyr.install.filesystem import mode_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from zephyr.install.filesystem import FileSystem

REFUSED = frozenset({errno.EXDEV, errno.EBUSY, errno.EACCES, errno.EPERM, errno.EOPNOTSUPP})
"""How file systems refuse to rename a folder whose files can still be renamed one by one."""


@dataclass(frozen=True, slots=True)
class Retire:
    """Move what is at ``path`` to the private path ``kept``."""

    path: str
    kept: str
    folders: tuple[tuple[str, int], ...] | None = None
    """For a folder: it ("") and every folder in it, parents first, with their modes; None for a file."""


@dataclass(frozen=True, slots=True)
class Make:
    """Create the folder ``path``, which several distributions share."""

    path: str


@dataclass(frozen=True, slots=True)
class Place:
    """Move the private path ``source`` to ``path``, which is free by then."""

    source: str
    path: str
    tree: bool = False


Departure = Retire | Make
"""What clears the way: what leaves, and the private folders it goes to."""

Arrival = Make | Place
"""What comes in."""


def perform(operation: Departure | Arrival, filesystem: FileSystem) -> bool:
    """Do one operation; tell whether a folder had to be moved file by file."""
    match operation:
        case Make(path):
            filesystem.make_folder(path)

            return False
        case Retire(path, kept, folders):
            return _move(path, kept, filesystem, tree=folders is not None)
        case Place(source, path, tree):
            return _move(source, path, filesystem, tree=tree)


def take_back(operation: Arrival, filesystem: FileSystem) -> None:
    """Undo an arrival, as far as it was done."""
    if isinstance(operation, Make):
        _remove_if_empty(operation.path, filesystem)

        return

    if not operation.tree:
        if not os.path.lexists(operation.source) and os.path.lexists(operation.path):
            filesystem.rename(operation.path, operation.source)

        return

    if os.path.isdir(operation.path):
        _move(operation.path, operation.source, filesystem, tree=True)


def give_back(operation: Departure, filesystem: FileSystem) -> None:
    """Undo a departure, as far as it was done."""
    if isinstance(operation, Make):
        _remove_if_empty(operation.path, filesystem)

        return

    path, kept, folders = operation.path, operation.kept, operation.folders

    if not os.path.lexists(kept):
        return

    if folders is None:
        filesystem.rename(kept, path)

        return

    if not os.path.lexists(path) and _renamed_whole(kept, path, filesystem):
        return

    for folder, mode in folders:
        _ensure_folder(f"{path}/{folder}".rstrip("/"), mode, filesystem)

    _merge(kept, path, filesystem)


def _move(source: str, target: str, filesystem: FileSystem, *, tree: bool) -> bool:
    if not tree:
        filesystem.rename(source, target)

        return False

    if not os.path.lexists(target) and _renamed_whole(source, target, filesystem):
        return False

    _merge(source, target, filesystem)

    return True


def _renamed_whole(source: str, target: str, filesystem: FileSystem) -> bool:
    try:
        filesystem.rename_folder(source, target)
    except OSError as error:
        if error.errno in REFUSED:
            return False

        raise

    return True


def _merge(source: str, target: str, filesystem: FileSystem) -> None:
    """Move a folder's files one by one, then remove it; what was moved before is fine."""
    if not os.path.isdir(target):
        _ensure_folder(target, mode_of(source), filesystem)

    with os.scandir(source) as entries:
        found = sorted(entries, key=lambda entry: entry.name)

    for entry in found:
        destination = f"{target}/{entry.name}"

        if entry.is_dir(follow_symlinks=False):
            _merge(entry.path, destination, filesystem)
        else:
            filesystem.rename(entry.path, destination)

    filesystem.remove_folder(source)


def _ensure_folder(path: str, mode: int, filesystem: FileSystem) -> None:
    if not os.path.isdir(path):
        filesystem.make_folder(path, mode)

    if mode_of(path) != mode:
        filesystem.set_mode(path, mode)


def _remove_if_empty(path: str, filesystem: FileSystem) -> None:
    try:
        filesystem.remove_folder(path)
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
