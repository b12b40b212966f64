"""Requirements of a project on itself: ``demo[test]`` in the extra ``all`` of demo is what ``test`` holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from zephyr.dataclass import replace
from zephyr.model.names import canonicalize_name
from zephyr.project.errors import DependsOnItself, ExtraUnknown, nearest
from zephyr.project.requirements import both, with_marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from zephyr.project.project import Project, Requirements
    from zephyr.project.requirements import ProjectRequirement


def without_itself(project: Project) -> Project:
    """Return ``project`` with what it requires of itself in place of those requirements.

    Whatever is turned on comes with the project's dependencies, so that an extra which names the project
    alone adds nothing. A group can be meant without them: what it requires of the project has them all.
    Extras that lead back to themselves are fine and end. Raises `DependsOnItself` for dependencies that
    name the project without an extra, `ExtraUnknown` for an extra that the project does not have.
    """
    if project.name is None:
        return project

    name = project.name
    base = _Walk(name, project).of(_checked(project))
    extras = {
        extra: _Walk(name, project).of(requirements, chain=(extra,))
        for extra, requirements in project.optional_dependencies.items()
    }
    groups = {
        group: _Walk(name, project, base).of(requirements) for group, requirements in project.groups.items()
    }

    return replace(project, dependencies=base, optional_dependencies=extras, groups=groups)


def _checked(project: Project) -> Requirements:
    for requirement in project.dependencies:
        if requirement.name == project.name and not Requirement(requirement.text).extras:
            raise DependsOnItself(
                f"The project {project.name} requires itself: {requirement.text!r} ({requirement.origin})",
                hint="Remove the requirement, or give the project a name that no dependency has.",
            )

    return project.dependencies


class _Walk:
    """One walk from requirements through the extras that they ask of the project."""

    __slots__ = ("_base", "_name", "_project", "_seen")

    def __init__(self, name: NormalizedName, project: Project, base: Requirements = ()) -> None:
        self._name = name
        self._project = project
        self._base = base
        """What the project brings by itself."""
        self._seen: set[tuple[NormalizedName, str]] = set()
        """Extras by the marker they were reached under: there may be a great many ways to one."""

    def of(self, requirements: Requirements, *, chain: tuple[NormalizedName, ...] = ()) -> Requirements:
        """Return ``requirements`` without the project; ``chain`` are the extras that they are of."""
        return tuple(dict.fromkeys(self._through(requirements, None, chain)))

    def _through(
        self, requirements: Requirements, marker: Marker | None, chain: tuple[NormalizedName, ...]
    ) -> Iterator[ProjectRequirement]:
        for requirement in requirements:
            if requirement.name != self._name:
                yield with_marker(requirement, marker)
                continue

            parsed = Requirement(requirement.text)
            condition = both(marker, parsed.marker)
            yield from (with_marker(each, condition) for each in self._base)

            for extra in sorted(canonicalize_name(spelling) for spelling in parsed.extras):
                reached = (extra, str(condition))

                # An extra of the chain was reached under a marker that holds wherever this one does.
                if extra not in chain and reached not in self._seen:
                    self._seen.add(reached)
                    yield from self._through(self._extra(extra, requirement), condition, (*chain, extra))

    def _extra(self, extra: NormalizedName, requirement: ProjectRequirement) -> Requirements:
        extras = self._project.optional_dependencies

        if extra not in extras:
            raise ExtraUnknown(
                f"{requirement.text!r} asks for the extra {extra!r}, which {self._name} does not have"
                f" ({requirement.origin})",
                hint=nearest(extra, extras) or "Define it in [project.optional-dependencies].",
            )

        return extras[extra]
