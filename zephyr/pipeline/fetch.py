"""Resolves and fetches, both at once, inside one task graph: what an install needs of the network.

As soon as the solver has decided on a version its wheel starts to be fetched, on a guess: a decision
that is taken back costs bytes, never correctness. When the resolution is there, its wheels become
wanted and the other guesses are stopped.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from zephyr.graph.graph import TaskGraph
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.resolve import resolve
from zephyr.pipeline.acquire import Acquired
from zephyr.pipeline.build_environments import EngineEnvironments
from zephyr.pipeline.heap import drop_garbage
from zephyr.pipeline.installed_port import InstalledPort
from zephyr.pipeline.requested_place import directs_of, with_places
from zephyr.pipeline.sources import BuildRules, Sources
from zephyr.pipeline.wheels import Tasks
from zephyr_workers.build_settings import BuildOptions, BuildSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.graph.node import Node
    from zephyr.model.artifact import Artifact
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.acquire import Sought
    from zephyr.pipeline.request import SupplyRequest
    from zephyr.pipeline.requested_place import FoundPlace
    from zephyr.pipeline.wheels import Index
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel

LARGEST_GUESS = 64 * 1024 * 1024
"""A wheel larger than this is fetched only when the whole resolution is there; bytes."""


LOGS = "trees-build-logs-v1"
"""Bucket of the cache for the logs of builds that failed."""


async def fetch(sought: Sought, listener: Listener) -> Acquired:
    """Run the graph until the resolution and the wheels are there."""
    # What builds leave goes with this folder, also when the command is killed; and it goes last, when
    # no task writes to it any more.
    with sought.cache.staging() as work:
        async with sought.client, sought.index, TaskGraph(listener=listener) as graph:
            index = _mirrored(sought) if sought.mirrors else sought.index
            tasks = Tasks(graph, index, sought.cache, sought.wheels)
            interpreter = sought.question.interpreter
            rules = build_rules(sought.request, interpreter, sought.cache, tasks, listener, work)
            tasks.sources = Sources(tasks, sought.cache, sought.built, rules, work)

            return await _fetch(sought, graph, tasks, tasks.sources)


def _mirrored(sought: Sought) -> Index:
    """Return the index, with the files of a lock taken from the mirrors of their indexes."""
    from zephyr.pipeline.mirrored import MirroredIndex, mirrored_files

    pins = sought.wanted.resolution.pins if sought.wanted.resolution is not None else ()

    return MirroredIndex(sought.index, mirrored_files(pins, sought.mirrors))


async def _fetch(sought: Sought, graph: TaskGraph, tasks: Tasks, sources: Sources) -> Acquired:
    begin = time.monotonic()
    wanted = sought.wanted
    placed = await _placed(sought, graph, sources)
    question = replace(
        sought.question, requirements=(*sought.question.requirements, *(one.root for one in placed))
    )
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
        resolution = await resolve(question, InstalledPort(tasks, sought.kept), on_decided=guess)

    resolved = time.monotonic() - begin
    drop_garbage()
    directs = directs_of(placed)
    pins = wanted.pick(resolution, directs)
    _stop_wrong_guesses(graph, guesses, pins)
    wheels = await graph.get_all([tasks.wheel(pin.name, pin.artifact) for pin in pins])

    by_name = {pin.name: wheel for pin, wheel in zip(pins, wheels, strict=True)}

    return Acquired(resolution, pins, by_name, resolved, directs)


async def _placed(sought: Sought, graph: TaskGraph, sources: Sources) -> list[FoundPlace]:
    if not sought.places:
        return []

    from zephyr.pipeline.places import Places

    request = sought.request
    prefix = sought.question.interpreter.prefix
    places = Places(
        graph,
        sources,
        sought.cache,
        sought.environ,
        sources.folder if request.installation.dry_run else os.path.join(prefix, "src"),
        offline=request.network.offline,
        refresh=request.refresh,
    )

    return await places.placed(sought.places)


def build_rules(
    request: SupplyRequest,
    interpreter: Interpreter,
    cache: Cache,
    tasks: Tasks,
    listener: Listener,
    work: str,
) -> BuildRules:
    """Return how a command builds: below ``work``, in environments that its own tasks fill."""
    building = request.building
    constraints = tuple(
        parse_root(line.text, line.origin, hashes=line.hashes, folder=line.folder)
        for line in building.constraints
    )

    return BuildRules(
        interpreter=interpreter,
        options=BuildOptions(isolation=building.isolation, sandbox=building.sandbox, work=work),
        settings=BuildSettings(building.config_settings),
        environments=EngineEnvironments(tasks, cache, interpreter, constraints, listener),
        logs=os.path.join(cache.root, LOGS),
    )


def _stop_wrong_guesses(
    graph: TaskGraph, guesses: Mapping[str, Node[UnpackedWheel]], pins: Iterable[Pin]
) -> None:
    right = {pin.artifact.url for pin in pins}

    for url, node in guesses.items():
        if url not in right:
            graph.cancel(node)
