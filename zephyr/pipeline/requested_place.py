"""Requirements that name a place, ``./project`` or ``git+https://…``, and what is found there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass, field, replace
from zephyr.model.resolution import Pin, Resolution
from zephyr.model.source_words import names_a_place
from zephyr.pipeline.config_settings import parse_settings
from zephyr.pipeline.direct_url import Directs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.metadata.requirements import RootRequirement
    from zephyr.metadata.requirements_file import RequirementLine
    from zephyr.model.source_reference import SourceReference

_WHEEL = re.compile(r"\.whl\s*(\[[^\[\]]*\])?\s*$")


@dataclass(frozen=True, slots=True)
class RequestedPlace:
    """A requirement that names a place, and where it stands."""

    reference: SourceReference
    origin: str
    hashes: tuple[str, ...] = ()
    commit_id: str | None = None
    """What a lock says of a repository: this commit is fetched, whatever the revision is by now."""
    version: Version | None = None
    """What a lock says the project has there; None for any."""
    config_settings: Mapping[str, str | list[str]] = field(
        default_factory=dict[str, "str | list[str]"], hash=False
    )
    """For its build alone, in place of those of the command."""
    bounds: bool = False
    """A constraint: what is taken if its name is required, and nothing to be installed for itself."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What a place turned out to be."""

    root: RootRequirement
    direct_url: Mapping[str, Any]
    """The document of PEP 610 for it."""
    source: str | None = None
    """Of a folder, whose content may change under the same document: digest of what its wheel depends on."""
    bounds: bool = False
    """It was asked for by a constraint."""


def is_place(line: RequirementLine) -> bool:
    """Tell whether a requirement names a place that holds sources; a wheel by path or URL does not."""
    if not names_a_place(line.text, editable=line.editable):
        return False

    return line.editable or not _WHEEL.search(line.text.partition("#")[0].partition(";")[0])


def places_of(lines: Iterable[RequirementLine], *, bounds: bool = False) -> tuple[RequestedPlace, ...]:
    """Return the places among requirements, or else among constraints. Raises what `parse_place` raises."""
    placed = [line for line in lines if is_place(line)]

    if not placed:
        return ()

    from zephyr.model.source_syntax import parse_place

    return tuple(
        RequestedPlace(
            parse_place(line.text, line.origin, folder=line.folder, editable=line.editable),
            line.origin,
            line.hashes,
            config_settings=parse_settings(line.config_settings),
            bounds=bounds,
        )
        for line in placed
    )


def with_places(resolution: Resolution, placed: Iterable[FoundPlace]) -> Resolution:
    """Return a resolution that has pins of these places too; one that it has already stays as it is."""
    known = {pin.name for pin in resolution.pins}
    pins = [_pin(one.root) for one in placed if not one.bounds and one.root.requirement.name not in known]

    return replace(resolution, pins=tuple(sorted((*resolution.pins, *pins), key=lambda pin: pin.name)))


def _pin(root: RootRequirement) -> Pin:
    assert root.direct is not None

    return Pin(root.direct.name, root.direct.version, root.direct.artifact, None, None, direct=True)


def directs_of(placed: Iterable[FoundPlace]) -> Directs:
    """Return what the places have to say of their installations."""
    documents: dict[str, Mapping[str, Any]] = {}
    sources: dict[NormalizedName, str] = {}

    for one in placed:
        assert one.root.direct is not None
        documents[one.root.direct.url] = one.direct_url

        if one.source is not None:
            sources[one.root.requirement.name] = one.source

    return Directs(documents, sources)
