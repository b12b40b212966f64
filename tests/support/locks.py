"""Writes lock files as tools do (PEP 751), right by default and wrong on request.

    cli.write("pylock.toml", lock_text(
        package("demo", "1.0", wheels=[file_of(index, wheel)]),
        package("tests", "2.0", marker="'dev' in dependency_groups", wheels=[...]),
        default_groups=["dev"],
    ))

Words become keys, with ``-`` for ``_``; a value of None leaves its key out.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.support.fake_index import FakeIndex
    from tests.support.source_archives import BuiltSource
    from tests.support.wheels import BuiltWheel


def lock_text(*packages: Mapping[str, Any], **top: Any) -> str:
    """Return the text of a lock."""
    head: dict[str, Any] = {"lock_version": "1.0", "created_by": "tests", **top}
    head["packages"] = None if packages else []
    blocks = ["\n".join(_lines(head)), *("\n".join(["[[packages]]", *_lines(one)]) for one in packages)]

    return "\n\n".join([*blocks, ""])


def package(name: str, version: str | None = None, **keys: Any) -> dict[str, Any]:
    """Return one entry."""
    return {"name": name, "version": version, **keys}


def file_of(index: FakeIndex, file: BuiltWheel | BuiltSource, **changes: Any) -> dict[str, Any]:
    """Return what a lock says of a file that ``index`` serves."""
    return {
        "name": file.filename,
        "url": index.file_url(file.filename),
        "size": len(file.data),
        "hashes": {"sha256": hashlib.sha256(file.data).hexdigest()},
        **changes,
    }


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [
        f"{key.replace('_', '-')} = {_written(value)}" for key, value in table.items() if value is not None
    ]


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(_lines(cast("Mapping[str, Any]", value))) + "}"

    if isinstance(value, list):
        return "[" + ", ".join(map(_written, cast("Iterable[Any]", value))) + "]"

    return json.dumps(value)
