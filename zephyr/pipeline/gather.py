"""``zephyr download`` and ``zephyr wheel``: what an install would take, as files in a folder.

Nothing that is installed counts, and no environment is changed. Files are proven as they land in the cache's
staging folder, and put into the folder of the user when all of them are there.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from zephyr.dataclass import dataclass, replace
from zephyr.environments.discovery import find_interpreter
from zephyr.environments.errors import NoEnvironment
from zephyr.environments.opening import of_interpreter
from zephyr.environments.selection import select_environment
from zephyr.environments.surroundings import Surroundings
from zephyr.pipeline.allowed_hashes import allowed_hashes
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.document_packs import CachedPacks
from zephyr.pipeline.hash_rules import check_hash_rules
from zephyr.pipeline.question import places_for, question_of
from zephyr.pipeline.saving import save, zip_source
from zephyr.pipeline.supplies import supplies_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.graph.events import Listener
    from zephyr.metadata.request import ResolveRequest
    from zephyr.model.environment import Environment
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.request import InstallRequest
    from zephyr.pipeline.requested_place import FoundPlace, RequestedPlace
    from zephyr.pipeline.saving import Saved
    from zephyr.pipeline.supplies import Supplies
    from zephyr.pipeline.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Gathering:
    """Where files go, and of which kind they are to be."""

    folder: str
    """Absolute."""
    wheels: bool = False
    """Build the wheels of sources, instead of keeping the sources."""


@dataclass(frozen=True, slots=True)
class GatherOutcome:
    """What was gathered."""

    pins: tuple[Pin, ...]
    """What was asked for comes first."""
    files: tuple[Saved, ...]
    folders: tuple[str, ...]
    """Addresses of projects in folders, which are here already: as with pip, they are not copied."""
    warnings: tuple[str, ...]
    seconds: float

    @property
    def sources(self) -> tuple[Pin, ...]:
        """The pins that are no wheels, or were none."""
        return tuple(pin for pin in self.pins if not pin.artifact.is_wheel)


def run_gather(
    request: InstallRequest, gathering: Gathering, environ: Mapping[str, str], listener: Listener
) -> GatherOutcome:
    """Gather what ``request`` asks for and everything that it needs, all or nothing.

    Raises `ZephyrError` of whatever part fails, and OSError where the folder cannot be written.
    """
    from zephyr.pipeline.event_loop import run_in_loop

    begin = time.monotonic()
    warnings: list[str] = []

    with open_cache(request.cache, warnings.append) as cache:
        environment = _environment(request, Surroundings(os.getcwd(), environ, cache))
        question = question_of(request, environment, {}, CachedPacks(cache))
        places = places_for(request, question)
        check_hash_rules(question, places)
        supplies = supplies_for(
            request,
            question.interpreter,
            cache,
            environ,
            [root.direct.given for root in question.requirements if root.direct],
            allowed_hashes(question),
        )
        run = _Run(request, gathering, question, places, supplies)

        try:
            gathered = run_in_loop(_gathered, run, listener)
        finally:
            supplies.known.save()

    return replace(
        gathered,
        warnings=(*warnings, *request.warnings, *gathered.warnings),
        seconds=time.monotonic() - begin,
    )


@dataclass(frozen=True, slots=True)
class _Run:
    request: InstallRequest
    gathering: Gathering
    question: ResolveRequest
    places: tuple[RequestedPlace, ...]
    supplies: Supplies


def _environment(request: InstallRequest, surroundings: Surroundings) -> Environment:
    """Return the environment that files are to suit; outside of any, the first Python stands for one."""
    try:
        return select_environment(request.environment, surroundings, changes=False)
    except NoEnvironment:
        return of_interpreter(find_interpreter(None, surroundings))


async def _gathered(run: _Run, listener: Listener) -> GatherOutcome:
    import anyio

    from zephyr.metadata.resolve import resolve
    from zephyr.pipeline.required_place import with_every_place
    from zephyr.pipeline.workshop import open_workshop

    async with open_workshop(run.supplies, listener) as workshop:
        question, placed = await with_every_place(run.question, workshop, run.places)
        resolution = await resolve(question, workshop.tasks, known=run.supplies.known)
        chosen = (pin for pin in resolution.pins if not (run.request.only_dependencies and pin.requested))
        pins = sorted(chosen, key=lambda pin: not pin.requested)
        paths: dict[str, str] = {}

        async with anyio.create_task_group() as group:
            for pin in pins:
                group.start_soon(_fetch, pin, run, placed, workshop, paths)

        files = save([paths[pin.name] for pin in pins if pin.name in paths], run.gathering.folder)
        folders = [pin.artifact.url for pin in pins if pin.name not in paths]

    return GatherOutcome(tuple(pins), tuple(files), tuple(folders), resolution.warnings, 0.0)


async def _fetch(
    pin: Pin, run: _Run, placed: list[FoundPlace], workshop: Workshop, paths: dict[str, str]
) -> None:
    """Put the file of a pin into a folder of the command, and note its path; a folder has none."""
    folder = os.path.join(workshop.sources.folder, f"file-{pin.name}")
    os.mkdir(folder)
    place = next((one for one in placed if one.root.requirement.name == pin.name), None)

    if run.gathering.wheels and not pin.artifact.is_wheel:
        paths[pin.name] = await workshop.graph.get(workshop.sources.built_file(pin.artifact, folder))
    elif place is not None and "dir_info" in place.direct_url:
        return
    elif place is not None and "vcs_info" in place.direct_url:
        source = await workshop.graph.get(workshop.sources.source(pin.artifact))
        paths[pin.name] = zip_source(source.folder, pin.name, f"{folder}/{pin.name}-{pin.version}.zip")
    else:
        downloaded = await workshop.graph.get(workshop.tasks.download(pin.artifact, folder))
        workshop.tasks.check(pin.name, pin.artifact, downloaded.sha256, downloaded.path)
        paths[pin.name] = _under_its_own_name(pin, downloaded.path)


def _under_its_own_name(pin: Pin, path: str) -> str:
    """Give the archive that a requirement names by its place the name that it has there."""
    name = unquote(urlsplit(pin.artifact.url).path).rpartition("/")[2] if pin.direct else ""

    if not name or name == os.path.basename(path):
        return path

    renamed = os.path.join(os.path.dirname(path), name)
    os.rename(path, renamed)

    return renamed
