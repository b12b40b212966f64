"""Checks before the first change that all of it is allowed (E15)."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from zephyr.install.operations import Make, Retire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.install.operations import Arrival, Departure


def preflight(operations: Iterable[Departure | Arrival]) -> None:
    """Raise PermissionError for a folder whose entries would change and may not be written.

    Folders that the operations themselves make are not looked at. A file system that refuses in spite
    of its permissions (an immutable file) is met later, and everything is undone.
    """
    folders: set[str] = set()

    for operation in operations:
        match operation:
            case Make(path):
                folders.add(os.path.dirname(path))
            case Retire(path, _, tree):
                folders.add(os.path.dirname(path))

                if tree is not None:
                    folders.add(path)
            case _:
                folders.add(os.path.dirname(operation.path))

    for folder in sorted(folders):
        if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
