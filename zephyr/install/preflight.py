"""Checks before the first change that all of it is allowed and finds room."""

from __future__ import annotations

import errno
import os

from zephyr.install.operations import Make, Retire
from zephyr_cache.link import LinkMode

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.install.operations import Arrival, Departure
    from zephyr.install.staging import Staging
    from zephyr_cache.link import Linker


def preflight(operations: Iterable[Departure | Arrival]) -> None:
    """Refuse what is known to fail, or could not be undone.

    Raises PermissionError for a folder whose entries would change and may not be written, and
    FileExistsError for a folder to be made that is there already, and does not leave before: undoing
    would take it for ours. Folders that the operations themselves make are not looked at. A file
    system that refuses in spite of its permissions (an immutable file) is met later, and everything is
    undone.
    """
    folders: set[str] = set()
    leaving: tuple[str, ...] = ()  # the prefixes of whole folders

    for operation in operations:
        match operation:
            case Make(path):
                folders.add(os.path.dirname(path))

                if os.path.lexists(path) and not f"{path}/".startswith(leaving):
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
            case Retire(path, _, tree):
                folders.add(os.path.dirname(path))

                if tree is not None:
                    folders.add(path)
                    leaving = (*leaving, f"{path}/")
            case _:
                folders.add(os.path.dirname(operation.path))

    for folder in sorted(folders):
        if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)


def refuse_without_room(staging: Staging, linker: Linker) -> None:
    """Raise OSError (ENOSPC) where files would have to be copied and there is not enough room."""
    if linker.mode is not LinkMode.COPY or not hasattr(os, "statvfs"):
        return

    needed = staging.size * 11 // 10
    status = os.statvfs(staging.base)

    if status.f_bavail * status.f_frsize < needed:
        raise OSError(errno.ENOSPC, f"{needed} bytes are needed for {staging.name}", staging.base)
