"""The asking behind a lock: places, metadata from build backends, the universal resolve, missing hashes.

Everything runs as tasks of one graph, with the same index, cache and builds as an install.
"""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
from packaging.requirements import InvalidRequirement

from zephyr.dataclass import replace
from zephyr.metadata.amendments import Amendments
from zephyr.metadata.universal.resolve import resolve_universal
from zephyr.model.artifact import Artifact
from zephyr.model.source_reference import SourceKind
from zephyr.model.source_syntax import parse_place
from zephyr.model.source_words import names_a_place
from zephyr.model.universal import BASE, PinnedSource
from zephyr.pipeline.built_wheels import StoredSources
from zephyr.pipeline.lock_hashes import with_hashes
from zephyr.pipeline.lock_question import LockAnswer, lock_answer, question_of
from zephyr.pipeline.lock_request import DYNAMIC, requirement_lines
from zephyr.pipeline.requested_place import is_place, places_of
from zephyr.pipeline.required_place import PlaceSearch, RequiredPlaces, root_of
from zephyr.pipeline.supplies import supplies_for
from zephyr.pipeline.workshop import open_workshop
from zephyr.project.dynamic import complete_project
from zephyr.project.errors import PyprojectInvalid
from zephyr.project.sources import with_sources
from zephyr_workers.local_folder import local_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from zephyr.graph.events import Listener
    from zephyr.metadata.requirements_file import RequirementLine
    from zephyr.metadata.stored import StoredFacts
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.source_reference import SourceReference
    from zephyr.model.universal import Activation, UniversalResolution
    from zephyr.pipeline.kept import Kept
    from zephyr.pipeline.lock_request import LockRequest
    from zephyr.pipeline.requested_place import FoundPlace, RequestedPlace
    from zephyr.pipeline.supplies import Supplies
    from zephyr.pipeline.workshop import Workshop
    from zephyr.project.project import Project
    from zephyr_cache import Cache


async def answer(
    request: LockRequest,
    interpreter: Interpreter,
    cache: Cache,
    environ: Mapping[str, str],
    kept: Kept,
    listener: Listener,
) -> LockAnswer:
    """Resolve for every environment. Raises what building, fetching and resolving raise."""
    supplies = supplies_for(request, interpreter, cache, environ, _addresses(request))

    async with open_workshop(supplies, listener) as workshop:
        request = replace(request, project=await completed(request.project, workshop))
        lines = requirement_lines(request)
        found = await _found(lines, workshop, kept)
        requirements = {
            activation: tuple(root_of(line, found) for line in of_activation)
            for activation, of_activation in lines.items()
        }
        question = question_of(request, interpreter, kept, requirements)
        required = await _required_places(question, workshop, kept)
        question = replace(question, constraints=(*question.constraints, *required.roots))
        resolution = await resolve_universal(
            question,
            workshop.tasks,
            workshop.tasks,
            stored=_stored(supplies),
            known=supplies.known,
        )
        await anyio.to_thread.run_sync(supplies.known.save)
        placed = dict.fromkeys((*chain.from_iterable(lines.values()), *required.lines))
        resolution = _with_sources(resolution, placed, {**found, **required.found})
        resolution = await with_hashes(resolution, workshop)

    return lock_answer(request, resolution, requirements[BASE])


def _stored(supplies: Supplies) -> StoredFacts | None:
    """Return what is known already: of sources only where all are built alike."""
    if supplies.request.building.package_settings:
        return None

    return StoredSources(supplies.index, supplies.built)


async def _required_places(question: UniversalRequest, workshop: Workshop, kept: Kept) -> RequiredPlaces:
    """Return the places that are required by places, whatever the environment."""
    if question.rules.no_dependencies:
        return RequiredPlaces()

    search = PlaceSearch(
        workshop,
        Amendments(question.overrides, question.excludes),
        holds=lambda _: True,
        fixed=lambda place: _fixed(place, kept),
    )
    roots = [*chain.from_iterable(question.requirements.values())]

    return await search.required(roots, (*question.constraints, *question.overrides))


async def complete(
    request: LockRequest,
    interpreter: Interpreter,
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
) -> LockRequest:
    """Return the request with what the build backend of its project says. Raises what `completed` raises."""
    async with open_workshop(supplies_for(request, interpreter, cache, environ), listener) as workshop:
        return replace(request, project=await completed(request.project, workshop))


async def completed(project: Project, workshop: Workshop) -> Project:
    """Return the project with what its build backend says of it, where it leaves that to the backend.

    Raises `PyprojectInvalid` for metadata that has no meaning, and what building raises.
    """
    if not project.dynamic & DYNAMIC:
        return project

    from email.parser import BytesHeaderParser

    here = Artifact(os.path.basename(project.root), Path(project.root).as_uri())
    tree = await anyio.to_thread.run_sync(local_source, project.root, workshop.supplies.cache)
    workshop.sources.add(here.url, tree)
    headers = BytesHeaderParser().parsebytes(await workshop.graph.get(workshop.sources.metadata(here)))

    try:
        whole = complete_project(
            project,
            version=str(headers["Version"]),
            requires_python=headers["Requires-Python"],
            requires_dist=headers.get_all("Requires-Dist", []),
            extras=headers.get_all("Provides-Extra", []),
        )
    except InvalidRequirement as error:
        raise PyprojectInvalid(
            f"The build backend of {project.path} gives a requirement that is none: {error}"
        ) from error

    return with_sources(whole).project


def _addresses(request: LockRequest) -> Iterator[str]:
    """Yield the addresses, with their credentials, of what is required by place."""
    for lines in requirement_lines(request).values():
        for line in lines:
            if line.editable or names_a_place(line.text):
                yield parse_place(line.text, line.origin, folder=line.folder, editable=line.editable).given


async def _found(
    lines: Mapping[Activation, tuple[RequirementLine, ...]], workshop: Workshop, kept: Kept
) -> dict[RequirementLine, FoundPlace]:
    """Look at every place that is required, each once."""
    wanted = [
        line for line in dict.fromkeys(line for each in lines.values() for line in each) if is_place(line)
    ]

    if not wanted:
        return {}

    found = await workshop.places().placed(tuple(_fixed(place, kept) for place in places_of(wanted)))

    return dict(zip(wanted, found, strict=True))


def _fixed(place: RequestedPlace, kept: Kept) -> RequestedPlace:
    """Return a repository as one that is not worked on: a lock says which commit is meant, and keeps it."""
    if place.reference.kind is not SourceKind.GIT:
        return place

    reference = replace(place.reference, editable=False)

    return replace(place, reference=reference, commit_id=kept.commit(reference))


def _with_sources(
    resolution: UniversalResolution,
    lines: Iterable[RequirementLine],
    found: Mapping[RequirementLine, FoundPlace],
) -> UniversalResolution:
    """Say of every pin that is named by place how it was asked for, and what was found there."""
    sources: dict[str, PinnedSource] = {}

    for line in lines:
        root = root_of(line, found)

        if root.direct is not None:
            reference = parse_place(line.text, line.origin, folder=line.folder, editable=line.editable)
            document: Mapping[str, Any] = found[line].direct_url if line in found else {}
            sources.setdefault(root.direct.url, _pinned(reference, document))

    return replace(
        resolution,
        pins=tuple(
            replace(pin, source=sources[pin.place.url]) if pin.place is not None else pin
            for pin in resolution.pins
        ),
    )


def _pinned(reference: SourceReference, document: Mapping[str, Any]) -> PinnedSource:
    vcs: Mapping[str, Any] = document.get("vcs_info", {})
    archive: Mapping[str, Any] = document.get("archive_info", {})

    return PinnedSource(
        reference=reference,
        commit_id=vcs.get("commit_id"),
        hashes={**reference.hashes, **archive.get("hashes", {})},
    )
