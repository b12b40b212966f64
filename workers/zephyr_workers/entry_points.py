"""entry_points.txt: the commands a wheel asks for, and nothing that could be more than a command.

Names become file names and values become Python source in generated scripts, so both are held to
strict patterns. Other groups are left to whoever reads them.
"""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr_workers.paths import check_path
from zephyr_workers.wheel_errors import InvalidWheel, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS = {"console_scripts": False, "gui_scripts": True}
_NAME = re.compile(r"[A-Za-z0-9_.+@-]+")
_VALUE = re.compile(
    r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*:\s*(?P<attribute>[^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*(?:\[[\w\s,.-]*\])?"
)
_RESERVED = re.compile(
    r"(?:python|pypy)w?[0-9.]*[td]?|activate(?:_this)?|deactivate|pyvenv",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\.(?:exe|com|bat|cmd|ps1|psm1|sh|csh|fish|nu|xsh|py|pyw|cfg)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A command: running ``name`` imports ``module`` and calls its ``attribute`` (dotted)."""

    name: str
    module: str
    attribute: str
    gui: bool


def is_reserved(name: str) -> bool:
    """Whether a script of this name would take the place of the interpreter or an activation script."""
    return _RESERVED.fullmatch(_SUFFIX.sub("", name)) is not None


def parse_entry_points(data: bytes) -> tuple[EntryPoint, ...]:
    """Return the commands of entry_points.txt in their order.

    Raises `InvalidWheel`: ``wheel-entry-points`` when the file cannot be read,
    ``wheel-entry-point-name``, ``wheel-entry-point-value``, ``wheel-entry-point-duplicate`` (names
    that differ only in case are one file on some systems) and ``wheel-script-reserved``.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidWheel("wheel-entry-points", "entry_points.txt is not UTF-8") from error

    found: dict[str, EntryPoint] = {}

    for group, name, value in _lines(text):
        point = _entry_point(name, value, gui=_GROUPS[group])

        if point.name.lower() in found:
            raise InvalidWheel("wheel-entry-point-duplicate", f"two commands are named {visible(name)!r}")

        found[point.name.lower()] = point

    return tuple(found.values())


def _lines(text: str) -> Iterator[tuple[str, str, str]]:
    """Give group, name and value of each line in the groups of commands."""
    group = ""

    for line in text.split("\n"):
        stripped = line.strip()

        if not stripped or stripped[0] in "#;":
            continue

        if stripped.startswith("[") and stripped.endswith("]"):
            group = stripped[1:-1].strip()
        elif group in _GROUPS:
            name, equals, value = stripped.partition("=")

            if not equals:
                raise InvalidWheel(
                    "wheel-entry-points", f"entry_points.txt has the line {visible(stripped)!r}"
                )

            yield group, name.strip(), value.strip()


def _entry_point(name: str, value: str, *, gui: bool) -> EntryPoint:
    if not _NAME.fullmatch(name):
        raise InvalidWheel("wheel-entry-point-name", f"a command cannot be named {visible(name)!r}")

    try:
        check_path(name)
    except InvalidWheel as error:
        raise InvalidWheel(
            "wheel-entry-point-name", f"a command cannot be named {visible(name)!r}"
        ) from error

    if is_reserved(name):
        raise InvalidWheel(
            "wheel-script-reserved", f"the command {visible(name)!r} belongs to the environment"
        )

    match = _VALUE.fullmatch(value)

    if match is None or any(map(keyword.iskeyword, f"{match['module']}.{match['attribute']}".split("."))):
        raise InvalidWheel("wheel-entry-point-value", f"the command {name} cannot call {visible(value)!r}")

    return EntryPoint(name, match["module"], match["attribute"], gui)
