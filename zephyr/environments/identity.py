"""What facts about an interpreter are remembered by: everything that changes when they could."""

from __future__ import annotations

import os
import sys

from zephyr.environments.layout import CONFIGURATION


def interpreter_identity(executable: str) -> str | None:
    """Return a text that stays the same for as long as ``executable`` is the same interpreter here.

    It covers the path, the file it leads to, a ``pyvenv.cfg`` beside it (PEP 405) and the running
    system. None when the file cannot be looked at.
    """
    target = os.path.realpath(executable)
    file = _stamp(target)

    if file is None:
        return None

    folder = os.path.dirname(executable)
    configurations = (
        _stamp(os.path.join(place, CONFIGURATION)) for place in (folder, os.path.dirname(folder))
    )

    return "\n".join([executable, target, file, *(stamp or "" for stamp in configurations), _system()])


def _stamp(path: str) -> str | None:
    try:
        found = os.stat(path)
    except OSError:
        return None

    return f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _system() -> str:
    """Return the release of the operating system and of its C library: a marker and tags follow from them."""
    if sys.platform == "win32":
        return str(sys.getwindowsversion())

    system = os.uname()

    try:
        library = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (OSError, ValueError):
        library = ""

    return f"{system.sysname} {system.release} {system.version} {system.machine} {library}"
