"""The requirements (PEP 508) that a project states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from zephyr.dataclass import dataclass, replace
from zephyr.model.names import canonicalize_name
from zephyr.model.source_address import redacted

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.utils import NormalizedName

    from zephyr.project.fields import Fields


@dataclass(frozen=True, slots=True)
class ProjectRequirement:
    """One requirement."""

    text: str
    """In the spelling of `packaging`; one with a place is read by `zephyr.model.source_syntax.parse_place`,
    relative to the root of the project. An address may hold credentials: it is not to be shown."""
    origin: str
    """``pyproject.toml [project.dependencies]``."""
    name: NormalizedName
    editable: bool = False
    """To be installed so that changes of its folder count at once; only by `zephyr.project.sources`."""


def parsed(text: str) -> Requirement:
    """Parse a requirement; raises `packaging.requirements.InvalidRequirement` for whatever is none."""
    try:
        return Requirement(text)
    except RecursionError as error:
        raise InvalidRequirement("Its marker is nested too deeply") from error


def stated(requirement: Requirement, origin: str) -> ProjectRequirement:
    """Return a parsed requirement as one of the project."""
    return ProjectRequirement(str(requirement), origin, canonicalize_name(requirement.name))


def both(first: Marker | None, second: Marker | None) -> Marker | None:
    """Return the marker that is true where both are; None is always true."""
    if first is None or second is None:
        return first or second

    return first & second


def with_marker(requirement: ProjectRequirement, marker: Marker | None) -> ProjectRequirement:
    """Return ``requirement`` with ``marker`` as a further condition."""
    if marker is None:
        return requirement

    conditioned = Requirement(requirement.text)
    conditioned.marker = both(marker, conditioned.marker)

    return replace(requirement, text=str(conditioned))


def read_requirements(fields: Fields, key: str, origin: str) -> tuple[ProjectRequirement, ...]:
    """Read a list of requirements; raise the error of the reading that names the entry that is none."""
    found: list[ProjectRequirement] = []

    for number, text in enumerate(fields.texts(key) or (), 1):
        try:
            found.append(stated(parsed(text), origin))
        except InvalidRequirement as error:
            said = str(error).splitlines()[0]
            raise fields.error(
                text,
                f"entry {number} of {fields.where(key)} is not a requirement: {redacted(text)!r} ({said})",
                hint='Write it as in "name", "name>=1.2" or "name[extra]==1.2".',
            ) from error

    return tuple(found)
