"""The text of a lock file, and how it gets to its place.

The same document is the same bytes everywhere: keys in the order of the standard, entries sorted, one
file per line, so that a reader can follow a difference and git can merge two of them.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from packaging.markers import Marker
from packaging.pylock import is_valid_pylock_path
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from zephyr.lock.entries import entry_order
from zephyr.lock.errors import LockNameInvalid, LockUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from _typeshed import DataclassInstance
    from packaging.pylock import Package, Pylock

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f]')
_LITERAL = re.compile(r"[^\x00-\x1f'\x7f]*")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def render(document: Pylock) -> str:
    """Return the file's text: TOML 1.0 with line feeds, the same for equal documents."""
    # An empty array of packages is written: a lock without the key is a damaged one.
    apart = {"tool", "packages"} if document.packages else {"tool"}
    head = [(key, value) for key, value in _items(document) if key not in apart]

    blocks = [_assignments(head)]
    blocks += [_block(package) for package in sorted(document.packages, key=entry_order)]
    blocks += _tables("tool", document.tool)

    return "\n".join(blocks)


def check_name(path: str) -> None:
    """Raise `LockNameInvalid` for a path that does not end in the name of a lock (PEP 751)."""
    if not is_valid_pylock_path(Path(path)):
        raise LockNameInvalid(
            f"{os.path.basename(path)!a} is not the name of a lock file",
            hint="The standard has pylock.toml and pylock.NAME.toml, NAME without a dot.",
        )


def write_lock(path: str, text: str) -> bool:
    """Put ``text`` at ``path`` in one step, and say whether that changed the file.

    What is there keeps its mode; a link stays, and its target is replaced. Raises what `check_name`
    raises, and `LockUnwritable`; then all is as it was before.
    """
    check_name(path)
    data = text.encode()
    try:
        target = os.path.realpath(path)

        if _content(target) == data:
            return False

        replace_file(target, data)
    except OSError as error:
        raise LockUnwritable(
            f"{path} cannot be written: {error.strerror or error}",
            hint="Check the folder's permissions and its free space; the lock is as it was.",
        ) from error

    return True


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def replace_file(path: str, data: bytes) -> None:
    """Put ``data`` at ``path`` in one step and for good; what is there keeps its mode. Raises OSError."""
    folder, name = os.path.split(path)
    temporary = f"{folder}/.{name}.{os.urandom(4).hex()}"
    try:
        with open(temporary, "xb") as file:
            with contextlib.suppress(FileNotFoundError):
                os.chmod(temporary, os.stat(path).st_mode & 0o7777)

            file.write(data)
            file.flush()
            os.fsync(file.fileno())

        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)

        raise

    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    # Not every system can: then a power cut may bring the old lock back, whole.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _block(package: Package) -> str:
    items = [(key, value) for key, value in _items(package) if key != "tool"]

    return "\n".join([f"[[packages]]\n{_assignments(items)}", *_tables("packages.tool", package.tool)])


def _tables(path: str, table: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield a table and those inside it, each under its header; a table of nothing but tables needs none."""
    if table is None:
        return

    inner = sorted(key for key, value in table.items() if isinstance(value, dict))
    plain = sorted(table.keys() - set(inner))

    if plain or not inner:
        yield f"[{path}]\n{_assignments((key, table[key]) for key in plain)}"

    for key in inner:
        yield from _tables(f"{path}.{_key(key)}", table[key])


def _items(record: DataclassInstance) -> Iterator[tuple[str, Any]]:
    """Yield what is set of a part of the document, in the order of the standard."""
    for name, key in _keys(type(record)):
        value = getattr(record, name)

        if value is not None:
            yield key, value


@cache
def _keys(kind: type[DataclassInstance]) -> tuple[tuple[str, str], ...]:
    return tuple((part.name, part.name.replace("_", "-")) for part in fields(kind))


def _assignments(items: Iterable[tuple[str, Any]]) -> str:
    return "".join(f"{_key(key)} = {_lines(value)}\n" for key, value in items)


def _lines(value: object) -> str:
    """Return a value; an array has one element per line."""
    lines = "".join(f"    {_inline(element)},\n" for element in _elements(value))

    return f"[\n{lines}]" if lines else _inline(value)


def _elements(value: object) -> Iterable[object]:
    return cast("Iterable[object]", value) if isinstance(value, (list, tuple)) else ()


def _inline(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_inline, cast('Iterable[object]', value)))}]"

    if isinstance(value, dict):
        return _inline_table(sorted(cast("dict[str, object]", value).items(), key=_name_first))

    if is_dataclass(value) and not isinstance(value, type):
        return _inline_table(_items(value))

    return _scalar(value)


def _inline_table(items: Iterable[tuple[str, object]]) -> str:
    pairs = [f"{_key(key)} = {_inline(value)}" for key, value in items]

    return f"{{ {', '.join(pairs)} }}" if pairs else "{}"


def _name_first(item: tuple[str, object]) -> tuple[bool, str]:
    return item[0] != "name", item[0]


def _scalar(value: object) -> str:
    if isinstance(value, (str, Version, Marker, SpecifierSet)):
        return _string(str(value))

    if isinstance(value, bool):
        return "true" if value else "false"

    if isinstance(value, datetime) and value.utcoffset() == timedelta(0):
        return value.replace(tzinfo=None).isoformat() + "Z"

    if isinstance(value, (date, time)):
        return value.isoformat()

    if isinstance(value, (int, float)):
        return repr(value)

    raise TypeError(f"{type(value).__name__} has no form in TOML")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _string(text: str) -> str:
    # Markers are full of quotes: as a literal string they are as readable as they were written.
    if '"' in text and _LITERAL.fullmatch(text):
        return f"'{text}'"

    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]

    return _SHORT_ESCAPES.get(character, f"\\u{ord(character):04x}")
