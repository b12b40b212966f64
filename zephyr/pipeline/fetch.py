"""Resolves and fetches, both at once, inside one task graph: what an install needs of the network.

As soon as the solver has decided on a version its wheel starts to be fetched, on a guess: a decision
that is taken back costs bytes, never correctness. When the resolution is there, its wheels become
wanted and the other guesses are stopped.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from zephyr.graph.graph import TaskGraph
from zephyr.metadata.resolve import resolve
from zephyr.pipeline.acquire import Acquired
from zephyr.pipeline.heap import drop_garbage
from zephyr.pipeline.installed_port import InstalledPort
from zephyr.pipeline.wheels import Tasks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.graph.node import Node
    from zephyr.model.artifact import Artifact
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.acquire import Sought
    from zephyr_workers.wheel import UnpackedWheel

LARGEST_GUESS = 64 * 1024 * 1024
"""A wheel larger than this is fetched only when the whole resolution is there; bytes."""


async def fetch(sought: Sought, listener: Listener) -> Acquired:
    """Run the graph until the resolution and the wheels are there."""
    begin = time.monotonic()
    wanted = sought.wanted

    async with sought.client, sought.index, TaskGraph(listener=listener) as graph:
        tasks = Tasks(graph, sought.index, sought.cache, sought.wheels)
        guesses: dict[str, Node[UnpackedWheel]] = {}

        def guess(name: NormalizedName, version: Version, artifact: Artifact) -> None:
            small = artifact.size is None or artifact.size <= LARGEST_GUESS

            if small and wanted.is_likely(name, version):
                guesses[artifact.url] = tasks.wheel(name, artifact)
                graph.start(guesses[artifact.url])

        resolution = wanted.resolution or await resolve(
            sought.question, InstalledPort(tasks, sought.kept), on_decided=guess
        )
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
