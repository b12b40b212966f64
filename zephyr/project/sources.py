"""Puts the sources of ``[tool.zephyr.sources]`` in place of the names that a project requires.

Sources are for the project's own requirements, not for those of its dependencies: what a package needs
from where is not for the lock of one project to say, only `overrides` reach that far.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from packaging.markers import Marker
from packaging.requirements import Requirement

from zephyr.dataclass import dataclass, replace
from zephyr.project.errors import SourceMissing, ToolZephyrInvalid, nearest
from zephyr.project.reading import STATED
from zephyr.project.requirements import both
from zephyr.project.source_table import GitSource, IndexSource, PathSource, UrlSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.project.project import Project, Requirements
    from zephyr.project.requirements import ProjectRequirement


@dataclass(frozen=True, slots=True)
class SourcedProject:
    """A project whose requirements name the places that they come from."""

    project: Project
    """As it was but for its requirements, and with warnings of sources that nothing uses."""
    package_indexes: Mapping[NormalizedName, tuple[IndexSource, ...]]
    """The index that a name is looked up on; several with markers of which no two are true together."""


def with_sources(project: Project) -> SourcedProject:
    """Return ``project`` with places instead of names.

    Where every source of a name has a marker, the requirement by name is kept beside the places: it holds
    wherever none of the markers is true (and what stands at a place must satisfy it). Doing it again, for
    requirements that were dynamic, leaves the others as they are. Looks whether the paths exist.

    Raises `SourceMissing` for a path that does not, `ToolZephyrInvalid` for a source of a requirement that
    names another place itself.
    """
    sources = project.tool.sources

    if not sources:
        return SourcedProject(project, {})

    _check_paths(project)
    place = _Placement(project)
    placed = replace(
        project,
        dependencies=place.all(project.dependencies),
        optional_dependencies={
            extra: place.all(requirements) for extra, requirements in project.optional_dependencies.items()
        },
        groups={group: place.all(requirements) for group, requirements in project.groups.items()},
        warnings=tuple(dict.fromkeys((*project.warnings, *_unused(project)))),
    )
    pins = {
        name: tuple(source for source in choices if isinstance(source, IndexSource))
        for name, choices in sources.items()
    }

    return SourcedProject(placed, {name: indexes for name, indexes in pins.items() if indexes})


@dataclass(frozen=True, slots=True)
class _Placement:
    project: Project

    def all(self, requirements: Requirements) -> Requirements:
        placed = (each for requirement in requirements for each in self._placed(requirement))

        return tuple(dict.fromkeys(placed))

    def _placed(self, requirement: ProjectRequirement) -> Iterator[ProjectRequirement]:
        sources = self.project.tool.sources.get(requirement.name, ())
        parsed = Requirement(requirement.text)
        places = [source for source in sources if not isinstance(source, IndexSource)]

        if parsed.url in {_address(source, self.project.root) for source in places}:
            yield requirement
            return

        if sources and parsed.url:
            raise ToolZephyrInvalid(
                f"{requirement.name} has a source in [tool.zephyr.sources], and {requirement.origin} gives"
                " it a place too",
                hint="Leave one of the two out.",
            )

        if all(isinstance(source, IndexSource) or source.marker for source in sources):
            yield requirement

        for source in places:
            yield _at(source, requirement, parsed, self.project.root)


def _at(
    source: PathSource | GitSource | UrlSource,
    requirement: ProjectRequirement,
    parsed: Requirement,
    root: str,
) -> ProjectRequirement:
    placed = Requirement(parsed.name)
    placed.extras = parsed.extras
    placed.url = _address(source, root)
    placed.marker = both(parsed.marker, Marker(source.marker) if source.marker else None)
    editable = isinstance(source, PathSource) and source.editable

    return replace(requirement, text=str(placed), editable=editable)


def _address(source: PathSource | GitSource | UrlSource, root: str) -> str:
    match source:
        case PathSource(path):
            # As a URL: brackets, spaces and semicolons of a path mean nothing there.
            return Path(_absolute(root, path)).as_uri()
        case GitSource(url, revision, subdirectory):
            parts = urlsplit(url)
            # An "@" of the path would begin the revision.
            url = parts._replace(path=parts.path.replace("@", "%40")).geturl()
            at = f"@{quote(revision, safe='/')}" if revision else ""
            return f"git+{url}{at}{_fragment(subdirectory)}"
        case UrlSource(url, subdirectory):
            return f"{url}{_fragment(subdirectory)}"


def _fragment(subdirectory: str | None) -> str:
    return f"#subdirectory={quote(subdirectory, safe='/')}" if subdirectory else ""


def _absolute(root: str, path: str) -> str:
    return os.path.abspath(os.path.join(root, path))


def _check_paths(project: Project) -> None:
    for name, sources in project.tool.sources.items():
        for source in sources:
            if isinstance(source, PathSource) and not os.path.exists(_absolute(project.root, source.path)):
                raise SourceMissing(
                    f"{name} in [tool.zephyr.sources] has the path {source.path!r}, where nothing is",
                    hint=f"Paths are relative to {project.root}.",
                )


def _unused(project: Project) -> Iterator[str]:
    if project.dynamic & STATED:
        return

    lists = (project.dependencies, *project.optional_dependencies.values(), *project.groups.values())
    required = {requirement.name for requirements in lists for requirement in requirements}

    for name in project.tool.sources:
        if name not in required:
            meant = nearest(name, required) or "Sources are for the project's own requirements."
            yield f"{name} in [tool.zephyr.sources] is not required by the project. {meant}"
