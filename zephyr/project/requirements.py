"""The requirements (PEP 508) that a project states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from zephyr.model.source_address import redacted

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from zephyr.project.fields import Fields


@dataclass(frozen=True, slots=True)
class ProjectRequirement:
    """One requirement."""

    text: str
    """In the spelling of `packaging`. The place of one with a source may be a path (relative to the root of
    the project) or an address, as `zephyr.model.source_syntax.parse_place` reads it."""
    origin: str
    """``pyproject.toml [project.dependencies]``."""
    name: NormalizedName
    editable: bool = False
    """To be installed so that changes of its folder count at once; only by `zephyr.project.sources`."""


def stated(requirement: Requirement, origin: str) -> ProjectRequirement:
    """Return a parsed requirement as one of the project."""
    return ProjectRequirement(str(requirement), origin, canonicalize_name(requirement.name))


def with_marker(requirement: ProjectRequirement, marker: Marker | None) -> ProjectRequirement:
    """Return ``requirement`` with ``marker`` as a further condition."""
    if marker is None:
        return requirement

    parsed = Requirement(requirement.text)
    parsed.marker = marker & parsed.marker if parsed.marker else marker

    return ProjectRequirement(str(parsed), requirement.origin, requirement.name, requirement.editable)


def read_requirements(fields: Fields, key: str, origin: str) -> tuple[ProjectRequirement, ...]:
    """Read a list of requirements; raise the error of the reading that names the entry that is none."""
    found: list[ProjectRequirement] = []

    for number, text in enumerate(fields.texts(key) or (), 1):
        try:
            found.append(stated(Requirement(text), origin))
        except InvalidRequirement as error:
            said = str(error).splitlines()[0]
            raise fields.error(
                text,
                f"entry {number} of {fields.where(key)} is not a requirement: {redacted(text)!r} ({said})",
                hint='Write it as in "name", "name>=1.2" or "name[extra]==1.2".',
            ) from error

    return tuple(found)
