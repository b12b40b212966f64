"""Changes single options of the user's ``zephyr.toml``, and leaves the rest of it as it was written. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any


def with_option(text: str, name: str, value: Any) -> str:  # noqa: ANN401 - what a command line option holds
    """Return ``text`` with ``name`` set to ``value``: a text, a list of texts or a bool.

    ``text`` is valid TOML. An option that is there already is replaced where it stands; a new one comes
    before the first table, for behind it it would belong to that.
    """
    line = f"{name} = {_as_toml(value)}"
    lines = _lines(text)
    place = _statement(lines, name)

    if place is None:
        table = next((number for number, one in enumerate(lines) if one.lstrip().startswith("[")), len(lines))
        place = slice(table, table)

    lines[place] = [line]

    return "\n".join(lines) + "\n"


def without_option(text: str, name: str) -> str | None:
    """Return ``text`` without the option ``name``, None where it has none."""
    lines = _lines(text)
    place = _statement(lines, name)

    if place is None:
        return None

    del lines[place]

    return "".join(f"{line}\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Split where TOML does; strings may hold what Python takes for other ends of lines."""
    return text.removesuffix("\n").split("\n") if text else []


def _statement(lines: list[str], name: str) -> slice | None:
    """Return the lines of ``name = …`` outside of tables; a list may go over several lines."""
    words = "[-_]".join(map(re.escape, re.split("[-_]", name)))
    begins = re.compile(rf"""\s*["']?{words}["']?\s*=""")

    for number, line in enumerate(lines):
        if line.lstrip().startswith("["):
            return None

        if begins.match(line):
            return slice(number, _end(lines, number))

    return None


def _end(lines: list[str], begin: int) -> int:
    """Return where the statement that begins on a line ends: where it is whole for the first time."""
    for end in range(begin + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[begin:end]))
        except tomllib.TOMLDecodeError:
            continue

        return end

    return begin + 1


def _as_toml(value: Any) -> str:  # noqa: ANN401
    """Spell a value in TOML, which has JSON's strings, lists and truth."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
