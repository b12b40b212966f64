"""Resolves and fetches, both at once, inside one task graph: what an install needs of the network.

As soon as the solver has decided on a version its wheel starts to be fetched, on a guess: a decision
that is taken back costs bytes, never correctness. When the resolution is there, its wheels become
wanted and the other guesses are stopped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from zephyr.graph.graph import TaskGraph
from zephyr.metadata.resolve import resolve
from zephyr.model.index import Index
from zephyr.pipeline.heap import drop_garbage, share_one_heap
from zephyr.pipeline.installed_port import InstalledPort
from zephyr.pipeline.wheels import Tasks
from zephyr_workers.credentials import Credentials, ask_keyring
from zephyr_workers.http_client import HttpClient
from zephyr_workers.index_client import IndexClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.graph.node import Node
    from zephyr.metadata.request import ResolveRequest
    from zephyr.model.artifact import Artifact
    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.pipeline.request import InstallRequest
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel

LARGEST_GUESS = 64 * 1024 * 1024
"""A wheel larger than this is fetched only when the whole resolution is there; bytes."""


@dataclass(frozen=True, slots=True)
class Acquired:
    """A resolution, and the wheels in the cache of those pins that were wanted."""

    resolution: Resolution
    pins: tuple[Pin, ...]
    """Those that were wanted."""
    wheels: Mapping[NormalizedName, UnpackedWheel]
    resolved: float
    """Seconds until the resolution was there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the chosen wheels are to be fetched."""

    pick: Callable[[Resolution], tuple[Pin, ...]]
    """The pins whose wheels are needed."""
    is_likely: Callable[[NormalizedName, Version], bool]
    """Whether the wheel of a version that was decided on would be needed."""
    kept: Mapping[NormalizedName, InstalledDistribution] = field(
        default_factory=dict["NormalizedName", "InstalledDistribution"]
    )
    """What is installed and may stay as it is."""
    resolution: Resolution | None = None
    """A resolution that is there already: then only wheels are fetched."""


def acquire(
    request: InstallRequest,
    question: ResolveRequest,
    wanted: Wanted,
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
) -> Acquired:
    """Run the graph until the resolution and the wheels are there.

    Raises what resolving, downloading and unpacking raise; the cache stays usable whatever happens.
    """
    share_one_heap()

    return anyio.run(_acquire, request, question, wanted, cache, environ, listener)


async def _acquire(
    request: InstallRequest,
    question: ResolveRequest,
    wanted: Wanted,
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
) -> Acquired:
    begin = time.monotonic()
    direct = tuple(Index(root.direct.given) for root in question.requirements if root.direct)
    credentials = Credentials((*request.sources.indexes, *direct), environ, ask_keyring)

    async with (
        HttpClient(request.network, credentials, environment=environ) as client,
        IndexClient(request.sources, client, cache, refresh=request.refresh) as index,
        TaskGraph(listener=listener) as graph,
    ):
        tasks = Tasks(graph, index, cache, _allowed_hashes(question))
        guesses: dict[str, Node[UnpackedWheel]] = {}

        def guess(name: NormalizedName, version: Version, artifact: Artifact) -> None:
            small = artifact.size is None or artifact.size <= LARGEST_GUESS

            if small and wanted.is_likely(name, version):
                guesses[artifact.url] = tasks.wheel(name, artifact)
                graph.start(guesses[artifact.url])

        port = InstalledPort(tasks, wanted.kept)
        resolution = wanted.resolution or await resolve(question, port, on_decided=guess)
        resolved = time.monotonic() - begin
        drop_garbage()
        pins = wanted.pick(resolution)
        _stop_wrong_guesses(graph, guesses, pins)
        wheels = await graph.get_all([tasks.wheel(pin.name, pin.artifact) for pin in pins])

    return Acquired(resolution, pins, {wheel.name: wheel for wheel in wheels}, resolved)


def _stop_wrong_guesses(
    graph: TaskGraph, guesses: Mapping[str, Node[UnpackedWheel]], pins: Iterable[Pin]
) -> None:
    right = {pin.artifact.url for pin in pins}

    for url, node in guesses.items():
        if url not in right:
            graph.cancel(node)


def _allowed_hashes(question: ResolveRequest) -> dict[NormalizedName, frozenset[str]]:
    allowed: dict[NormalizedName, frozenset[str]] = {}

    for root in (*question.requirements, *question.constraints):
        if root.hashes:
            name = root.requirement.name
            allowed[name] = allowed.get(name, frozenset()) | root.hashes

    return allowed
