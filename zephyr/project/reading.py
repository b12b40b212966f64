"""Reads a ``pyproject.toml``: ``[project]`` (PEP 621), ``[dependency-groups]``, ``[tool.zephyr]``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name
from packaging.version import Version

from zephyr.dataclass import replace
from zephyr.project.errors import PyprojectInvalid, ToolZephyrInvalid
from zephyr.project.fields import Fields, Reading
from zephyr.project.finding import FILE, read_document
from zephyr.project.groups import read_groups
from zephyr.project.itself import without_itself
from zephyr.project.project import Project
from zephyr.project.requirements import read_requirements
from zephyr.project.tool_reading import read_tool

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.project.document import Document
    from zephyr.project.project import Requirements

STATED = frozenset({"dependencies", "optional-dependencies"})
"""The fields of ``[project]`` that hold requirements."""


def read_project(path: str) -> Project:
    """Read the ``pyproject.toml`` at ``path``, or in the folder ``path``.

    Raises `PyprojectMissing`; `PyprojectInvalid` and its kinds for what breaks TOML, PEP 621 or PEP 735,
    and for wrong requirements of the project on itself; `ToolZephyrInvalid`.
    """
    path = os.path.join(path, FILE) if os.path.isdir(path) else path
    document = read_document(path)
    reading = Reading(document, PyprojectInvalid)
    top = Fields(document.table, "", reading)
    statement = top.table("project")
    groups = top.table("dependency-groups")
    absolute = os.path.abspath(path)
    project = Project(
        root=os.path.dirname(absolute),
        path=absolute,
        groups=read_groups(groups, FILE) if groups else {},
        has_build_system=top.table("build-system") is not None,
    )

    if statement is not None:
        project = _with_statement(project, statement)

    return with_tool(project, document, reading.warnings)


def with_tool(project: Project, document: Document, warnings: Iterable[str] = ()) -> Project:
    """Return ``project`` with the ``[tool.zephyr]`` of its document, and what was noticed.

    Raises `ToolZephyrInvalid`.
    """
    reading = Reading(document, ToolZephyrInvalid, [*warnings])
    tool = Fields(document.table, "", reading).table("tool")
    fields = tool.table("zephyr") if tool else None

    if fields is None:
        return replace(project, warnings=tuple(reading.warnings))

    extras = None if "optional-dependencies" in project.dynamic else project.optional_dependencies
    table = read_tool(fields, extras, project.groups)

    return replace(project, tool=table, warnings=tuple(reading.warnings))


def read_requires_python(fields: Fields) -> str | None:
    """Return the ``requires-python`` of a project or a script; raise the error of the reading."""
    text = fields.text("requires-python") or None

    try:
        SpecifierSet(text or "")
    except InvalidSpecifier as error:
        raise fields.invalid("requires-python", 'a range of versions (">=3.11")', text) from error

    return text


def _with_statement(project: Project, fields: Fields) -> Project:
    project = replace(
        project,
        name=_name(fields),
        version=_version(fields),
        requires_python=read_requires_python(fields),
        dependencies=read_requirements(fields, "dependencies", f"{FILE} [project.dependencies]"),
        optional_dependencies=_extras(fields),
        dynamic=frozenset(fields.texts("dynamic") or ()),
    )

    # What only the build backend knows cannot be looked into yet.
    return project if project.dynamic & STATED else without_itself(project)


def _name(fields: Fields) -> NormalizedName:
    text = fields.required("name")

    try:
        return canonicalize_name(text, validate=True)
    except InvalidName as error:
        raise fields.invalid("name", "the name of a project (letters, digits, -, _ and .)", text) from error


def _version(fields: Fields) -> str | None:
    text = fields.text("version")

    try:
        return None if text is None else str(Version(text))
    except ValueError as error:  # its subclass for what is no version, and itself for one of absurd length
        raise fields.invalid("version", "a version (PEP 440)", text) from error


def _extras(fields: Fields) -> dict[NormalizedName, Requirements]:
    extras: dict[NormalizedName, Requirements] = {}
    stated = fields.table("optional-dependencies")

    if stated is None:
        return extras

    for spelling in stated.names():
        try:
            name = canonicalize_name(spelling, validate=True)
        except InvalidName as error:
            raise fields.error(spelling, f"{spelling!r} is not a name for an extra") from error

        if name in extras:
            raise fields.error(spelling, f"two extras of {fields.name} are called {name}")

        origin = f"{FILE} [project.optional-dependencies.{name}]"
        extras[name] = read_requirements(stated, spelling, origin)

    return extras
