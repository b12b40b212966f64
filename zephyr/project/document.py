"""TOML documents that know where their words stand, as far as that can be told.

The standard library's reader gives the line and column of broken syntax alone. Of a value that is
wrong in itself only its text is known, so it is looked for: where that text stands at one place, the
place is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.errors import ZephyrError

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Document:
    """One TOML document: a file, or a block of comments in a script."""

    path: str
    """As it is shown."""
    text: str
    table: Mapping[str, object]
    first_line: int = 1
    """The line of the file that the document begins in."""

    def place(self, culprit: str) -> str:
        """Return the file, with the line of ``culprit`` (a quoted text or a key) if it stands but once."""
        word = re.escape(culprit)
        found = list(re.finditer(rf"""(["']){word}\1|(?<![\w."'-]){word}(?=[ \t]*=)""", self.text))

        if len(found) != 1:
            return self.path

        line = self.first_line + self.text.count("\n", 0, found[0].start())

        return f"{self.path} line {line}"


def parse_document(
    path: str, text: str, error: type[ZephyrError], *, first_line: int = 1, indent: int = 0
) -> Document:
    """Read ``text``, which begins in ``first_line`` of the file, ``indent`` columns to the right.

    Raises ``error`` with line and column for what is no TOML.
    """
    import tomllib

    try:
        return Document(path, text, tomllib.loads(text), first_line)
    except ValueError as problem:  # its subclass for broken TOML, and itself for a number of absurd length
        raise _broken(path, text, str(problem), error, first_line, indent) from problem
    except RecursionError as problem:
        raise error(f"{path}: tables or lists are nested too deeply") from problem


def decoded(path: str, data: bytes, error: type[ZephyrError]) -> str:
    """Return the text of a file; raise ``error`` with the line of a byte that is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        column = problem.start - data.rfind(b"\n", 0, problem.start)

        raise error(
            f"{path} line {line}, column {column}: the file is not valid UTF-8",
            hint="Save the file as UTF-8 and try again.",
        ) from problem


def _broken(
    path: str, text: str, problem: str, error: type[ZephyrError], first_line: int, indent: int
) -> ZephyrError:
    found = _POSITION.search(problem)
    said = f"this is not TOML: {_POSITION.sub('', problem)}"
    hint = "Mend the syntax there; nothing was read."

    if found is None:
        return error(f"{path}: {said}", hint=hint)

    line, column = text.count("\n") + 1, len(text) - text.rfind("\n")

    if found[1]:
        line, column = int(found[1]), int(found[2])

    return error(f"{path} line {first_line + line - 1}, column {column + indent}: {said}", hint=hint)
