"""Requirements that name a place, ``./project`` or ``git+https://…``, and what is found there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zephyr.model.source_syntax import names_a_place, parse_place
from zephyr.pipeline.direct_url import Directs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zephyr.metadata.requirements import RootRequirement
    from zephyr.metadata.requirements_file import RequirementLine
    from zephyr.model.source_reference import SourceReference


@dataclass(frozen=True, slots=True)
class RequestedPlace:
    """A requirement that names a place, and where it stands."""

    reference: SourceReference
    origin: str
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What a place turned out to be."""

    root: RootRequirement
    direct_url: Mapping[str, Any]
    """The document of PEP 610 for it."""
    changes: bool
    """Whether its content may differ under the same document: a folder."""


def is_place(line: RequirementLine) -> bool:
    """Tell whether a requirement names a place that holds sources; a wheel by path or URL does not."""
    if not names_a_place(line.text, editable=line.editable):
        return False

    return line.editable or not line.text.partition("#")[0].partition(";")[0].strip().endswith(".whl")


def places_of(lines: Iterable[RequirementLine]) -> tuple[RequestedPlace, ...]:
    """Return the places among the requirements. Raises what `parse_place` raises."""
    return tuple(
        RequestedPlace(
            parse_place(line.text, line.origin, folder=line.folder, editable=line.editable),
            line.origin,
            line.hashes,
        )
        for line in lines
        if is_place(line)
    )


def directs_of(placed: Iterable[FoundPlace]) -> Directs:
    """Return what the places have to say of their installations."""
    documents: dict[str, Mapping[str, Any]] = {}
    changing: set[Any] = set()

    for one in placed:
        assert one.root.direct is not None
        documents[one.root.direct.url] = one.direct_url

        if one.changes:
            changing.add(one.root.requirement.name)

    return Directs(documents, frozenset(changing))
