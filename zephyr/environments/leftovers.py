"""Finds and removes the staging folders of creations that were killed.

Whoever makes an environment holds a lock on its staging folder; the system drops it with the process.
So a folder that nobody holds is left over, whatever the clock says. Where folders cannot be locked
(Windows, some network file systems) nothing is taken for left over.
"""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Generator

MARK = ".zephyr-"


def fresh_name(root: str) -> str:
    """Return a name, never used before, for a folder that is to become the environment ``root``."""
    return f"{_prefix(root)}{os.urandom(4).hex()}"


@contextlib.contextmanager
def held(folder: str) -> Generator[None]:
    """Hold ``folder`` as in use, wherever it is renamed to meanwhile."""
    descriptor = _lock(folder)

    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


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
