"""What facts about an interpreter are remembered by: everything that changes when they could."""

from __future__ import annotations

import os
import sys

from zephyr.environments.layout import CONFIGURATION


def interpreter_identity(executable: str) -> str | None:
    """Return a text that stays the same for as long as ``executable`` is the same interpreter here.

    It covers the path, the file it leads to, what a ``pyvenv.cfg`` beside it says (PEP 405) and the running
    system: an environment that is made anew at its place is the same. None when the file cannot be looked at.
    """
    target = os.path.realpath(executable)
    file = _stamp(target)

    if file is None:
        return None

    folder = os.path.dirname(executable)
    configurations = [
        _content(os.path.join(place, CONFIGURATION)) for place in (folder, os.path.dirname(folder))
    ]

    return "\0".join([executable, target, file, *configurations, _system()])


def _stamp(path: str) -> str | None:
    try:
        found = os.stat(path)
    except OSError:
        return None

    return f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _content(path: str) -> str:
    """Return the bytes of a small file as characters; none where there is no file."""
    try:
        with open(path, "rb") as file:
            return file.read().decode("latin-1")
    except OSError:
        return ""


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
