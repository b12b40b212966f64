"""Executable scripts: entry points and the ``#!python`` files of wheels, for POSIX and Windows.

The Windows launchers and the program texts in them are those of the ``installer`` library; the first
line follows the same rules (a path that is too long or holds spaces goes through ``/bin/sh``), and also
takes care of other characters that a kernel would split at.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

from zephyr.install.errors import ScriptError

if TYPE_CHECKING:
    from zephyr.install.destination import Destination
    from zephyr_workers.entry_points import EntryPoint

LONGEST_LINE = 127
"""Bytes of a first line that every kernel reads, ``#!`` and the line's end included."""

PROGRAM = """\
import sys

from {module} import {name}

if __name__ == "__main__":
    sys.exit({attribute}())
"""

LAUNCHERS = {
    "amd64": "win-amd64",
    "x86_64": "win-amd64",
    "x86": "win-ia32",
    "arm64": "win-arm64",
    "arm": "win-arm",
}


def entry_point_script(entry_point: EntryPoint, destination: Destination) -> tuple[str, bytes]:
    """Return the file name and the contents of an entry point's script. Raises ScriptError."""
    if destination.platform == "nt":
        return _launcher(entry_point, destination)

    program = PROGRAM.format(
        module=entry_point.module,
        name=entry_point.attribute.partition(".")[0],
        attribute=entry_point.attribute,
    )

    return entry_point.name, first_line(destination.executable) + program.encode()


def _launcher(entry_point: EntryPoint, destination: Destination) -> tuple[str, bytes]:
    from installer.scripts import Script

    section: Literal["gui", "console"] = "gui" if entry_point.gui else "console"
    script = Script(entry_point.name, entry_point.module, entry_point.attribute, section)
    kind = LAUNCHERS.get(destination.machine.lower(), "win-amd64")

    return script.generate(destination.executable, kind)  # type: ignore[arg-type]


def rewritten(program: bytes, destination: Destination) -> bytes:
    """Return a wheel's script with ``#!python`` or ``#!pythonw`` made the environment's interpreter.

    What follows the word on that line is kept (options). Raises ScriptError.
    """
    line, separator, body = program.partition(b"\n")
    options = line.removeprefix(b"#!pythonw").removeprefix(b"#!python").strip()

    if destination.platform == "nt":
        executable = destination.executable.encode()

        return b"#!" + executable + (b" " + options if options else b"") + b"\n" + body

    return first_line(destination.executable, options) + (body if separator else b"")


def first_line(executable: str, options: bytes = b"") -> bytes:
    r"""Return the line, its end included, that makes a text file run by ``executable``.

    A plain path stands behind ``#!``. Any other is run by ``/bin/sh`` through two lines that Python
    reads as a string, for which a path with a backslash or an undecodable byte is unfit.
    """
    try:
        path = executable.encode("utf-8")
    except UnicodeEncodeError:
        raise _unusable(executable) from None

    line = b"#!" + path + (b" " + options if options else b"") + b"\n"

    if len(line) <= LONGEST_LINE and not any(character.isspace() for character in executable):
        return line

    if "\\" in executable:
        raise _unusable(executable)

    words = shlex.quote(executable).encode() + (b" " + options if options else b"")

    return b"#!/bin/sh\n'''exec' " + words + b' "$0" "$@"\n' + b"' '''\n"


def _unusable(executable: str) -> ScriptError:
    return ScriptError(
        f"No script can start the interpreter {executable!r}: its path is not text that scripts can hold",
        hint="Create the environment in a folder with a plainer name.",
    )
