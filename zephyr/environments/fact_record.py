"""The facts about an interpreter as bytes, in which they are kept between runs.

Names and values in turn, with NUL between them, which no path, marker or tag can hold. Entries of the markers
and of the scheme have that before their names: ``markers.os_name``. Every command reads this, and needs
nothing but to split it.
"""

from __future__ import annotations

from zephyr.dataclass import fields
from zephyr.model.interpreter import Interpreter, Scheme

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

MARKERS, SCHEME = "markers.", "scheme."


def packed(interpreter: Interpreter) -> bytes:
    """Return the record of ``interpreter``, without what PEP 668's file says: that comes and goes."""
    values: dict[str, Any] = {**_by_field(interpreter), "tags": " ".join(interpreter.tags)}
    values["free_threaded"] = "yes" if interpreter.free_threaded else ""
    del values["externally_managed"]

    for prefix, group in ((MARKERS, values.pop("markers")), (SCHEME, _by_field(values.pop("scheme")))):
        values |= {f"{prefix}{name}": value for name, value in group.items()}

    words = [word for pair in values.items() for word in pair]

    return "\0".join(words).encode("utf-8", "surrogatepass")


def unpacked(record: bytes) -> Interpreter | None:
    """Undo `packed`; None for anything that is not of the present form."""
    try:
        words = record.decode("utf-8", "surrogatepass").split("\0")
        entries = dict(zip(words[::2], words[1::2], strict=True))
        values: dict[str, Any] = {name: value for name, value in entries.items() if "." not in name}
        values["markers"], values["scheme"] = _group(entries, MARKERS), Scheme(**_group(entries, SCHEME))
        values["tags"] = tuple(values["tags"].split(" "))
        values["free_threaded"] = values["free_threaded"] == "yes"

        return Interpreter(**values)
    except (ValueError, TypeError, KeyError):
        return None


def _by_field(value: Interpreter | Scheme) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _group(values: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name[len(prefix) :]: value for name, value in values.items() if name.startswith(prefix)}
