"""What only a build backend knows of a project (PEP 621, ``dynamic``), put into the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.requirements import Requirement

from zephyr.dataclass import replace
from zephyr.model.names import canonicalize_name
from zephyr.model.universal import ActivationKind
from zephyr.project.errors import ToolZephyrInvalid, nearest
from zephyr.project.extra_markers import settled
from zephyr.project.itself import without_itself
from zephyr.project.requirements import parsed, stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zephyr.project.project import Project, Requirements

ORIGIN = "the metadata from the build backend"


def complete_project(
    project: Project,
    *,
    version: str,
    requires_python: str | None,
    requires_dist: Iterable[str],
    extras: Iterable[str],
) -> Project:
    """Return ``project`` with its dynamic fields from the METADATA that its build backend made.

    ``requires_dist`` and ``extras`` are the values of Requires-Dist and Provides-Extra. Nothing is dynamic
    afterwards, and requirements of the project on itself are worked out. Raises `DependsOnItself`,
    `ExtraUnknown`, `ToolZephyrInvalid` for a conflict of an extra that there is not, and
    `packaging.requirements.InvalidRequirement` for a line that is none.
    """
    dynamic = project.dynamic
    lines = [parsed(line) for line in requires_dist]
    base = _required(lines)
    found = {
        canonicalize_name(extra): tuple(item for item in _required(lines, extra) if item not in base)
        for extra in extras
    }

    completed = replace(
        project,
        version=version if "version" in dynamic else project.version,
        requires_python=requires_python if "requires-python" in dynamic else project.requires_python,
        dependencies=base if "dependencies" in dynamic else project.dependencies,
        optional_dependencies=found if "optional-dependencies" in dynamic else project.optional_dependencies,
        dynamic=frozenset(),
    )
    _check_conflicts(completed)

    return without_itself(completed)


def _check_conflicts(project: Project) -> None:
    """Refuse a conflict of an extra that there is not; the reading could not know the dynamic ones."""
    extras = project.optional_dependencies

    for conflict in project.tool.conflicts:
        for activation in conflict:
            if activation.kind is ActivationKind.EXTRA and activation.name not in extras:
                raise ToolZephyrInvalid(
                    f"{project.path}: conflicts in [tool.zephyr] names {activation}, which the project"
                    " does not have",
                    hint=nearest(activation.name, extras),
                )


def _required(lines: Iterable[Requirement], extra: str = "") -> Requirements:
    """Return what is required with ``extra`` turned on (empty: none), without ``extra`` in the markers."""
    return tuple(stated(line, ORIGIN) for line in _settled(lines, extra))


def _settled(lines: Iterable[Requirement], extra: str) -> Iterator[Requirement]:
    for line in lines:
        left = settled(line.marker, extra) if line.marker else True

        if left is not False:
            remaining = Requirement(str(line))
            remaining.marker = Marker(left) if isinstance(left, str) else None
            yield remaining
