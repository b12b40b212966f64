"""Places that are required by what was named by place: ``lib @ git+https://…`` in a project's own metadata.

What the user names by place may name others by place, and those again, as with pip; what an index offers
may not (`zephyr.metadata.reasons.TransitiveReference`). Such places enter a resolve as constraints: they
say where a project comes from, should it be required.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.markers import Marker

from zephyr.dataclass import dataclass, field, replace
from zephyr.errors import ZephyrError
from zephyr.metadata.amendments import Amendments
from zephyr.metadata.demands import gather
from zephyr.metadata.document import UnusableDocument, read_document
from zephyr.metadata.package import Package
from zephyr.metadata.reading import lines_of
from zephyr.metadata.requirements import UnusableLine, parse_line, parse_root
from zephyr.metadata.requirements_file import RequirementLine
from zephyr.metadata.target import Target
from zephyr.model.index import Index
from zephyr.model.source_syntax import parse_place
from zephyr.pipeline.requested_place import is_place, places_of
from zephyr.project.extra_markers import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from packaging.utils import NormalizedName

    from zephyr.metadata.direct import DirectReference
    from zephyr.metadata.document import Document
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.requirements import Requirement, RootRequirement
    from zephyr.pipeline.requested_place import FoundPlace, RequestedPlace
    from zephyr.pipeline.workshop import Workshop


@dataclass(frozen=True, slots=True)
class RequiredPlaces:
    """Every place that is required by another one."""

    lines: tuple[RequirementLine, ...] = ()
    """Each as a requirement, under the marker that it is required under."""
    found: Mapping[RequirementLine, FoundPlace] = field(
        default_factory=dict["RequirementLine", "FoundPlace"], hash=False
    )
    """Of those that hold sources, what they turned out to be."""

    @property
    def roots(self) -> tuple[RootRequirement, ...]:
        """The places as constraints."""
        return tuple(root_of(line, self.found) for line in self.lines)


@dataclass(frozen=True, slots=True)
class PlaceSearch:
    """Finds them, with the tasks of one command."""

    workshop: Workshop
    amendments: Amendments
    holds: Callable[[str], bool]
    """Whether a marker can be true: what is required under another one is not looked at."""
    fixed: Callable[[RequestedPlace], RequestedPlace] = lambda place: place
    """Adds what is known of a place beforehand, such as the commit that a lock has of it."""
    hashed: bool = False
    """Look only at what has a hash in its address: nothing else may be installed."""

    async def required(
        self, requirements: Sequence[RootRequirement], bounds: Sequence[RootRequirement]
    ) -> RequiredPlaces:
        """Return what is required by the places among ``requirements`` and ``bounds``, and by those again.

        Raises what looking at places raises.
        """
        documents: dict[NormalizedName, list[Document]] = {}
        lines: dict[str, RequirementLine] = {}
        found: dict[RequirementLine, FoundPlace] = {}
        named = [root for root in (*requirements, *bounds) if root.direct is not None]
        unread = named

        while unread:
            await self._read(unread, documents)
            wanted = _lines(_required_by_url(requirements, documents, self._requirements), named)
            new = {line.text: line for line in wanted if line.text not in lines and self._may_be(line)}
            found.update(await self._found([*new.values()]))
            lines.update(new)
            unread = [root_of(line, found) for line in new.values()]

        return RequiredPlaces(tuple(lines.values()), found)

    async def _found(self, lines: Sequence[RequirementLine]) -> dict[RequirementLine, FoundPlace]:
        """Look at those of the lines that name places with sources."""
        for line in lines:
            address = parse_place(line.text, line.origin).given
            self.workshop.supplies.client.credentials.add(Index(address))

        sources = [line for line in lines if is_place(line)]

        if not sources:
            return {}

        places = tuple(self.fixed(place) for place in places_of(sources, bounds=True))

        return dict(zip(sources, await self.workshop.places().placed(places), strict=True))

    async def _read(
        self, roots: Iterable[RootRequirement], documents: dict[NormalizedName, list[Document]]
    ) -> None:
        """Add what the metadata of each says; where there is none, it is for the resolve to say so."""
        from anyio import create_task_group

        async def read(direct: DirectReference) -> None:
            with suppress(ZephyrError, UnusableDocument):
                raw = await self.workshop.tasks.metadata(direct.artifact)
                documents.setdefault(direct.name, []).append(read_document(raw, direct.name, direct.version))

        async with create_task_group() as group:
            for root in roots:
                if root.direct is not None:
                    group.start_soon(read, root.direct)

    def _may_be(self, line: RequirementLine) -> bool:
        return not self.hashed or bool(parse_place(line.text, line.origin).hashes)

    def _requirements(self, package: Package, document: Document) -> Iterator[Requirement]:
        """Yield what a project, or one extra of it, may require; markers are left without extras."""
        for line in lines_of(package, document):
            requirement = parse_line(line)

            if isinstance(requirement, UnusableLine):
                continue

            marker = requirement.marker

            if package.extra is not None and (marker is None or "extra" not in marker):
                continue

            left = True if marker is None else settled(Marker(marker), package.extra or "")

            if left is True or (isinstance(left, str) and self._can_hold(left)):
                for amended in self.amendments.requirements(requirement):
                    yield replace(amended, marker=None if left is True else left)

    def _can_hold(self, marker: str) -> bool:
        try:
            return self.holds(marker)
        except ValueError:
            # A marker without a meaning: the resolve says so.
            return False


async def with_every_place(
    question: ResolveRequest,
    workshop: Workshop,
    places: tuple[RequestedPlace, ...],
    working_copies: str | None = None,
) -> tuple[ResolveRequest, list[FoundPlace]]:
    """Look at the places that are requested, and at those that they require.

    Editable repositories are kept in ``working_copies``. Returns the question with all of them in it, and
    what those with sources turned out to be. Raises what looking at places raises.
    """
    placed = await workshop.places(working_copies).placed(places) if places else []
    requirements = (*question.requirements, *(one.root for one in placed if not one.bounds))
    constraints = (*question.constraints, *(one.root for one in placed if one.bounds))
    question = replace(question, requirements=requirements, constraints=constraints)

    named = (*requirements, *constraints, *question.overrides)

    if question.rules.no_dependencies or all(root.direct is None for root in named):
        return question, placed

    target = question.target or Target.of(question.interpreter)
    # What contradicts itself is refused before anything else is fetched.
    gather(requirements, constraints, target)
    search = PlaceSearch(
        workshop,
        Amendments(question.overrides, question.excludes),
        holds=target.holds,
        hashed=question.rules.require_hashes,
    )
    required = await search.required(requirements, (*constraints, *question.overrides))

    return replace(question, constraints=(*constraints, *required.roots)), [*placed, *required.found.values()]


def root_of(line: RequirementLine, found: Mapping[RequirementLine, FoundPlace]) -> RootRequirement:
    """Return a line as what is asked of a resolve; ``found`` has those that name places with sources."""
    if line in found:
        return found[line].root

    return parse_root(line.text, line.origin, hashes=line.hashes, folder=line.folder)


def _required_by_url(
    roots: Iterable[RootRequirement],
    documents: Mapping[NormalizedName, Sequence[Document]],
    requirements_of: Callable[[Package, Document], Iterable[Requirement]],
) -> Iterator[tuple[NormalizedName, Requirement]]:
    """Yield every requirement by URL that the roots lead to, with the name of who has it."""
    pending = [root.requirement for root in roots]
    seen: set[Package] = set()

    while pending:
        requirement = pending.pop()

        for package in (
            Package(requirement.name),
            *(Package(requirement.name, one) for one in requirement.extras),
        ):
            if package in seen:
                continue

            seen.add(package)

            for document in documents.get(package.name, ()):
                for needed in requirements_of(package, document):
                    pending.append(needed)

                    if needed.url is not None:
                        yield package.name, needed


def _lines(
    wanted: Iterable[tuple[NormalizedName, Requirement]], named: Iterable[RootRequirement]
) -> Iterator[RequirementLine]:
    """Yield as lines what the user does not name by the same place anyway."""
    directs = {root.requirement.name: root.direct for root in named}

    for name, requirement in wanted:
        direct = directs.get(requirement.name)

        if direct is None or not direct.is_named_by(requirement.url or ""):
            marker = f" ; {requirement.marker}" if requirement.marker else ""

            yield RequirementLine(f"{requirement.name} @ {requirement.url}{marker}", f"required by {name}")
