"""Finds and removes the staging folders of creations that were killed.

Whoever makes an environment holds a lock on its staging folder; the system drops it with the process.
So a folder that nobody holds is left over, whatever the clock says. Where folders cannot be locked
(Windows, some network file systems) nothing is taken for left over.
"""

from __future__ import annotations

import os

MARK = ".zephyr-"


def fresh_name(root: str) -> str:
    """Return a name, never used before, for a folder that is to become the environment ``root``."""
    return f"{_prefix(root)}{os.urandom(4).hex()}"


class Held:
    """Holds ``folder`` as in use for the time of a block, wherever it is renamed to meanwhile."""

    __slots__ = ("_descriptor", "_folder")

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        self._descriptor = _lock(self._folder)

    def __exit__(self, *_exception: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


def remove_leftovers(root: str) -> None:
    """Remove the folders beside and inside ``root`` that were to become it and that nobody holds."""
    for folder in (os.path.dirname(root), root):
        try:
            names = os.listdir(folder)
        except OSError:
            continue

        for name in names:
            path = os.path.join(folder, name)

            if name.startswith(_prefix(root)) and (descriptor := _lock(path)) is not None:
                remove_tree(path)
                os.close(descriptor)


def remove_tree(folder: str) -> None:
    """Remove ``folder`` as far as possible: what is left of it is no environment."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _prefix(root: str) -> str:
    return f".{os.path.basename(root)}{MARK}"


def _lock(folder: str) -> int | None:
    """Return a descriptor that holds ``folder``, None where another does or where none can."""
    try:
        import fcntl
    except ImportError:
        return None

    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None

    return descriptor
