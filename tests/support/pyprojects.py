"""A ``pyproject.toml`` in a line or two, and what a lock has of it.

cli.write("pyproject.toml", pyproject("a", extras={"docs": ["b"]}, groups={"dev": ["c"]}))
cli("lock")
assert entries(cli) == {"a 1.0": None, "b 1.0": '"docs" in extras', "c 1.0": '"dev" in dependency_groups'}
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from zephyr.lock.reading import read_lock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packaging.pylock import Package

    from tests.support.command_line import CommandLine, Said

BUILT = '[build-system]\nrequires = ["test-backend"]\nbuild-backend = "test_backend"\n'
"""For a project that can be installed; see `tests.support.source_archives.serve_backend`."""


def pyproject(
    *dependencies: str,
    extras: Mapping[str, Sequence[str]] | None = None,
    groups: Mapping[str, Sequence[str | Mapping[str, str]]] | None = None,
    requires_python: str | None = ">=3.11",
    name: str = "mine",
    tool: str = "",
    build_system: str = "",
) -> str:
    """Return the text; ``tool`` is what stands under ``[tool.zephyr]``, subtables included."""
    lines = ["[project]", f"name = {json.dumps(name)}", 'version = "1.0"']
    lines += [f"requires-python = {json.dumps(requires_python)}"] if requires_python is not None else []
    lines += ["dependencies = [", *(f"    {json.dumps(dependency)}," for dependency in dependencies), "]"]
    lines += _table("project.optional-dependencies", extras or {})
    lines += _table("dependency-groups", groups or {})
    lines += ["[tool.zephyr]", tool, build_system]

    return "\n".join([*lines, ""])


def lock(cli: CommandLine, *dependencies: str, options: Sequence[str] = (), **words: Any) -> Said:
    """Write the project, lock it, which must work, and return what was said."""
    cli.write("pyproject.toml", pyproject(*dependencies, **words))

    return relock(cli, *options)


def relock(cli: CommandLine, *options: str) -> Said:
    """Lock what is there, which must work, and return what was said."""
    result = cli("lock", *options)
    assert result.code == 0, result.err

    return result


def packages(cli: CommandLine, file: str = "pylock.toml") -> list[Package]:
    """Return the entries of a lock."""
    return list(read_lock(str(cli.folder / file)).document.packages)


def entries(cli: CommandLine, file: str = "pylock.toml") -> dict[str, str | None]:
    """Return the marker of each entry, by name and version."""
    return {
        f"{package.name} {package.version or ''}".strip(): str(package.marker) if package.marker else None
        for package in packages(cli, file)
    }


def locked_table(cli: CommandLine, file: str = "pylock.toml") -> dict[str, Any]:
    """Return a lock as TOML has it."""
    return tomllib.loads((cli.folder / file).read_text(encoding="utf-8"))


def entry(cli: CommandLine, name: str, file: str = "pylock.toml") -> dict[str, Any]:
    """Return the only entry of a name as TOML has it."""
    named: list[dict[str, Any]] = [one for one in locked_table(cli, file)["packages"] if one["name"] == name]
    (found,) = named

    return found


def _table(name: str, lists: Mapping[str, Sequence[str | Mapping[str, str]]]) -> list[str]:
    if not lists:
        return []

    return [f"[{name}]", *(f"{key} = {_array(values)}" for key, values in lists.items())]


def _array(values: Sequence[str | Mapping[str, str]]) -> str:
    return "[" + ", ".join(map(_value, values)) + "]"


def _value(value: str | Mapping[str, str]) -> str:
    if isinstance(value, str):
        return json.dumps(value)

    return "{" + ", ".join(f"{key} = {json.dumps(text)}" for key, text in value.items()) + "}"
