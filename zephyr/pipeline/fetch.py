"""Resolves and fetches, both at once, inside one task graph: what an install needs of the network.

As soon as the solver has decided on a version its wheel starts to be fetched, on a guess: a decision
that is taken back costs bytes, never correctness. When the resolution is there, its wheels become
wanted and the other guesses are stopped.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from zephyr.graph.node import Node, Resource
from zephyr.graph.steps import step
from zephyr.pipeline.acquired import Acquired
from zephyr.pipeline.heap import drop_garbage, without_collections
from zephyr.pipeline.requested_place import directs_of, with_places
from zephyr.pipeline.workshop import open_workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.graph.graph import TaskGraph
    from zephyr.graph.work import Work
    from zephyr.metadata.request import ResolveRequest
    from zephyr.model.artifact import Artifact
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.acquire import Sought
    from zephyr.pipeline.direct_url import Directs
    from zephyr.pipeline.requested_place import FoundPlace
    from zephyr.pipeline.wheels import Index, Tasks
    from zephyr.pipeline.workshop import Workshop
    from zephyr_workers.unpack_processes import UnpackProcesses
    from zephyr_workers.wheel import UnpackedWheel

LARGEST_GUESS = 64 * 1024 * 1024
"""A wheel larger than this is fetched only when the whole resolution is there; bytes."""


async def fetch(sought: Sought, unpacking: UnpackProcesses, listener: Listener) -> Acquired:
    """Run the graph until the resolution and the wheels are there; ``unpacking`` unpacks them."""
    index = _mirrored(sought) if sought.mirrors else None

    async with open_workshop(sought.supplies, listener, index, unpacking) as workshop:
        return await _fetch(sought, workshop, listener)


def _mirrored(sought: Sought) -> Index:
    """Return the index, with the files of a lock taken from the mirrors of their indexes."""
    from zephyr.pipeline.mirrored import MirroredIndex, mirrored_files

    pins = sought.wanted.resolution.pins if sought.wanted.resolution is not None else ()

    return MirroredIndex(sought.supplies.index, mirrored_files(pins, sought.mirrors))


async def _fetch(sought: Sought, workshop: Workshop, listener: Listener) -> Acquired:
    begin = time.monotonic()
    wanted, graph, tasks = sought.wanted, workshop.graph, workshop.tasks
    question, placed = await _with_places_looked_at(sought, workshop)
    guesses: dict[str, Node[UnpackedWheel]] = {}

    def guess(name: NormalizedName, version: Version, artifact: Artifact) -> None:
        small = artifact.size is None or artifact.size <= LARGEST_GUESS

        # Nothing is ever built on a guess.
        if artifact.is_wheel and small and wanted.is_likely(name, version):
            guesses[artifact.url] = tasks.wheel(name, artifact)
            graph.start(guesses[artifact.url])

    if wanted.resolution is not None:
        resolution = with_places(wanted.resolution, placed)
    else:
        # All that a resolve learns stays until its end: looking for garbage in it finds none.
        from zephyr.metadata.resolve import resolve
        from zephyr.pipeline.installed_port import InstalledPort

        with step(listener, "resolve"), without_collections():
            port = InstalledPort(tasks, sought.kept)
            resolution = await resolve(question, port, known=sought.supplies.known, on_decided=guess)

    resolved = time.monotonic() - begin
    drop_garbage()
    directs = directs_of(placed)
    pins = wanted.pick(resolution, directs)
    largest_first = sorted(pins, key=lambda pin: pin.artifact.size or 0, reverse=True)
    _stop_wrong_guesses(graph, guesses, pins)
    nodes = [_arrival(pin, tasks, wanted.on_wheel, directs) for pin in largest_first]
    wheels = await graph.get_all(nodes)

    by_name = {pin.name: wheel for pin, wheel in zip(largest_first, wheels, strict=True)}

    return Acquired(resolution, pins, by_name, resolved, directs)


def _arrival(
    pin: Pin, tasks: Tasks, on_wheel: Callable[[Pin, UnpackedWheel, Directs], None] | None, directs: Directs
) -> Node[UnpackedWheel]:
    """Return the task that has a wheel in the cache, and tells of it if somebody wants to know."""
    wheel = tasks.wheel(pin.name, pin.artifact)

    if on_wheel is None:
        return wheel

    async def arrive(work: Work) -> UnpackedWheel:
        arrived = await work.get(wheel)
        await work.run_sync(on_wheel, pin, arrived, directs)

        return arrived

    return Node(("stage", pin.name), Resource.LINK, arrive, dependencies=(wheel,), label=pin.name)


async def _with_places_looked_at(
    sought: Sought, workshop: Workshop
) -> tuple[ResolveRequest, list[FoundPlace]]:
    """Return the question with the places that it names, and what they turned out to be."""
    if not (sought.places or sought.question.requirements):
        return sought.question, []

    from zephyr.pipeline.required_place import with_every_place

    return await with_every_place(sought.question, workshop, sought.places, _working_copies(sought))


def _working_copies(sought: Sought) -> str | None:
    """Return where editable repositories are kept, None for nowhere."""
    request = sought.supplies.request

    # Nothing is left behind by a command that changes nothing.
    if request.installation.dry_run:
        return None

    return request.building.working_copies or os.path.join(sought.question.interpreter.prefix, "src")


def _stop_wrong_guesses(
    graph: TaskGraph, guesses: Mapping[str, Node[UnpackedWheel]], pins: Iterable[Pin]
) -> None:
    right = {pin.artifact.url for pin in pins}

    for url, node in guesses.items():
        if url not in right:
            graph.cancel(node)
