"""Requirements of a project on itself: ``demo[test]`` in the extra ``all`` of demo is what ``test`` holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from zephyr.project.errors import DependsOnItself, ExtraUnknown, nearest
from zephyr.project.requirements import with_marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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

    expansion = _Expansion(project.name, project)
    base = expansion.of(_checked(project))
    extras = {
        name: expansion.of(requirements, chain=frozenset({name}))
        for name, requirements in project.optional_dependencies.items()
    }
    groups = {name: expansion.of(requirements, base=base) for name, requirements in project.groups.items()}

    return replace(project, dependencies=base, optional_dependencies=extras, groups=groups)


def _checked(project: Project) -> Requirements:
    for requirement in project.dependencies:
        if requirement.name == project.name and not Requirement(requirement.text).extras:
            raise DependsOnItself(
                f"The project {project.name} requires itself: {requirement.text!r} ({requirement.origin})",
                hint="Remove the requirement, or give the project a name that no dependency has.",
            )

    return project.dependencies


@dataclass(frozen=True, slots=True)
class _Expansion:
    name: NormalizedName
    project: Project

    def of(
        self, requirements: Requirements, *, base: Requirements = (), chain: frozenset[str] = frozenset()
    ) -> Requirements:
        """Return ``requirements`` without the project; ``base`` is what the project brings by itself."""
        return tuple(dict.fromkeys(self._walk(requirements, base, chain)))

    def _walk(
        self, requirements: Iterable[ProjectRequirement], base: Requirements, chain: frozenset[str]
    ) -> Iterator[ProjectRequirement]:
        """Yield what stands for ``requirements``; ``chain`` are the extras that led here."""
        for requirement in requirements:
            if requirement.name != self.name:
                yield requirement
                continue

            parsed = Requirement(requirement.text)
            yield from _conditioned(base, parsed.marker)

            for spelling in sorted(parsed.extras):
                extra = canonicalize_name(spelling)

                if extra not in chain:
                    inner = self._walk(self._extra(extra, requirement), base, chain | {extra})
                    yield from _conditioned(inner, parsed.marker)

    def _extra(self, extra: NormalizedName, requirement: ProjectRequirement) -> Requirements:
        extras = self.project.optional_dependencies

        if extra not in extras:
            raise ExtraUnknown(
                f"{requirement.text!r} asks for the extra {extra!r}, which {self.name} does not have"
                f" ({requirement.origin})",
                hint=nearest(extra, extras) or "Define it in [project.optional-dependencies].",
            )

        return extras[extra]


def _conditioned(
    requirements: Iterable[ProjectRequirement], marker: Marker | None
) -> Iterator[ProjectRequirement]:
    return (with_marker(requirement, marker) for requirement in requirements)
