"""What the files that a command line names ask for: requirements, constraints, projects, groups, scripts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.errors import UsageError
from zephyr.metadata.requirements_file import (
    RequirementLine,
    RequirementsFile,
    merged,
    read_requirements_file,
)
from zephyr.model.names import canonicalize_name
from zephyr.project.errors import PyprojectMissing, ScriptWithoutMetadata, nearest
from zephyr.project.finding import FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zephyr.cli.input_options import InputOptions
    from zephyr.cli.options import ResolverOptions
    from zephyr.metadata.requirements_file import Fetch
    from zephyr.project.project import Project, Requirements, RequirementsByName
    from zephyr.project.tool import DeclaredIndex


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the files ask for."""

    files: RequirementsFile
    python_ranges: Mapping[str, str] = field(default_factory=dict[str, str])
    """By script: the Pythons that it runs on."""
    indexes: tuple[DeclaredIndex, ...] = ()
    """What the projects among them say of indexes."""


def overrides_of(paths: Iterable[str], fetch: Fetch) -> tuple[RequirementLine, ...]:
    """Return the requirements in the files of ``--override``; raises what `inputs_of` raises for files."""
    files = [read_requirements_file(path, os.environ, fetch=fetch) for path in paths]

    return tuple(line for file in files for line in file.requirements)


def inputs_of(resolver: ResolverOptions, options: InputOptions, fetch: Fetch | None = None) -> Inputs:
    """Read all files that are named; those of constraints first, as their options count first in pip.

    ``fetch`` gets files by their address. Raises `UsageError` for files and options that cannot be
    understood, and what reading projects and scripts raises.
    """
    reading = _Reading(options, fetch)
    constraints = [
        read_requirements_file(path, os.environ, constraint=True, fetch=fetch)
        for path in resolver.constraint or ()
    ]
    files = [reading.file(path) for path in resolver.requirement or ()]
    groups = [_of_lines(_group_lines(text)) for text in options.group or ()]
    scripts = [reading.script(path) for path in _only_one(options.requirements_from_script or ())]
    reading.check_extras()

    return Inputs(
        merged((*constraints, *groups, *files, *scripts)), reading.python_ranges, tuple(reading.indexes)
    )


class _Reading:
    """One reading of files of all kinds, told apart by their names."""

    __slots__ = ("_fetch", "_options", "_projects", "indexes", "python_ranges")

    def __init__(self, options: InputOptions, fetch: Fetch | None) -> None:
        self._options = options
        self._fetch = fetch
        self._projects: list[Project] = []
        self.python_ranges: dict[str, str] = {}
        self.indexes: list[DeclaredIndex] = []

    def file(self, path: str) -> RequirementsFile:
        """Read what one ``-r`` names."""
        if "://" not in path and os.path.basename(path) == FILE:
            return self._project(path)

        if "://" not in path and path.endswith((".py", ".pyw")):
            try:
                return self.script(path)
            except ScriptWithoutMetadata:
                pass  # whatever it is called, it is read as what -r asks for

        return read_requirements_file(path, os.environ, fetch=self._fetch)

    def script(self, path: str) -> RequirementsFile:
        """Read the inline metadata of a script."""
        from zephyr.project.script import read_script

        script = self._sourced(read_script(path))

        if script.requires_python is not None:
            self.python_ranges[f"Script {path!r}"] = script.requires_python

        return _of_lines(_lines(script.dependencies, script.root), script.warnings)

    def check_extras(self) -> None:
        """Raise `UsageError` for extras that no project has."""
        wanted = self._options.extra or ()

        if not self._projects and (wanted or self._options.all_extras):
            raise UsageError(
                "Extras are asked for, and no project that could have any",
                hint=f"Name it with -r {FILE}, or ask for NAME[extra].",
                id="extra-unknown",
            )

        known = {extra for project in self._projects for extra in project.optional_dependencies}

        for name in wanted:
            if canonicalize_name(name) not in known:
                raise UsageError(
                    f"There is no extra {name} in {self._projects[0].path}",
                    hint=nearest(name, known),
                    id="extra-unknown",
                )

    def _project(self, path: str) -> RequirementsFile:
        from zephyr.project.reading import read_project

        project = self._sourced(read_project(path))
        self._projects.append(project)
        asks_extras = bool(self._options.extra or self._options.all_extras)
        unknown = {"dependencies", *(["optional-dependencies"] if asks_extras else [])} & project.dynamic

        if unknown:
            raise UsageError(
                f"{path}: {min(unknown)} are dynamic, so only the build backend knows them",
                hint="Install the project itself by its folder.",
                id="dependencies-dynamic",
            )

        extras = project.optional_dependencies
        wanted = {canonicalize_name(name) for name in self._options.extra or ()}
        chosen = [
            line for extra in extras if self._options.all_extras or extra in wanted for line in extras[extra]
        ]

        return _of_lines(_lines((*project.dependencies, *chosen), project.root), project.warnings)

    def _sourced(self, project: Project) -> Project:
        """Put places for names; raise `UsageError` where names are to come from an index of their own."""
        from zephyr.project.sources import with_sources

        sourced = with_sources(project)

        if sourced.package_indexes:
            name = min(sourced.package_indexes)
            raise UsageError(
                f"{project.path}: {name} has an index of its own, which only a lock can hold to",
                hint="Lock and sync it: zephyr sync.",
                id="source-needs-lock",
            )

        self.indexes += project.tool.indexes

        return sourced.project


def _only_one(scripts: list[str] | tuple[str, ...]) -> list[str] | tuple[str, ...]:
    if len(scripts) > 1:
        raise UsageError("--requirements-from-script can only be given once", id="conflicting-options")

    return scripts


def _group_lines(text: str) -> Iterator[RequirementLine]:
    """Read what one ``--group`` names: ``[PATH:]NAME``."""
    path, colon, name = text.rpartition(":")
    path = path if colon else FILE

    if os.path.basename(path) != FILE:
        raise UsageError(
            f"--group is {text!r}: group paths use local '{FILE}' files",
            hint=f"Write it as NAME or as folder/{FILE}:NAME.",
            id="group-invalid",
        )

    groups, root = _groups(path)
    group = canonicalize_name(name)

    if group not in groups:
        raise UsageError(
            f"There is no dependency group {name!r} in {path}. Cannot resolve '--group' option.",
            hint=nearest(group, groups) or f"It has {', '.join(sorted(groups)) or 'none'}.",
            id="group-unknown",
        )

    return _lines(groups[group], root)


def _groups(path: str) -> tuple[RequirementsByName, str]:
    from zephyr.project.reading import read_project
    from zephyr.project.sources import with_sources

    try:
        project = with_sources(read_project(path)).project
    except PyprojectMissing as error:
        raise UsageError(
            f"{path} not found. Cannot resolve '--group' option.", hint=error.hint, id=error.id
        ) from error

    return project.groups, project.root


def _lines(requirements: Requirements, root: str) -> Iterator[RequirementLine]:
    return (RequirementLine(one.text, one.origin, folder=root, editable=one.editable) for one in requirements)


def _of_lines(lines: Iterator[RequirementLine], warnings: tuple[str, ...] = ()) -> RequirementsFile:
    return RequirementsFile(tuple(lines), warnings=warnings)
