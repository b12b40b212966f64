"""What every command that fetches or builds works with: index, cache and builds, as tasks of one graph."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr.graph.graph import TaskGraph
from zephyr.model.index import Index
from zephyr.pipeline.built_wheels import BuiltWheels
from zephyr.pipeline.cached_wheels import CachedWheels
from zephyr.pipeline.fetch import build_rules
from zephyr.pipeline.sources import Sources
from zephyr.pipeline.wheels import Tasks
from zephyr_workers.build_settings import BuildSettings
from zephyr_workers.credentials import Credentials, ask_keyring
from zephyr_workers.http_client import HttpClient
from zephyr_workers.index_client import IndexClient

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping

    from zephyr.graph.events import Listener
    from zephyr.model.interpreter import Interpreter
    from zephyr.pipeline.request import SupplyRequest
    from zephyr_cache import Cache


@dataclass(frozen=True, slots=True)
class Supply:
    """One command's tasks, while its graph is open."""

    graph: TaskGraph
    tasks: Tasks
    sources: Sources
    cache: Cache
    work: str
    """A folder of this command, which goes with it."""


@asynccontextmanager
async def open_supply(
    request: SupplyRequest,
    interpreter: Interpreter,
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
    places: Iterable[str] = (),
) -> AsyncGenerator[Supply]:
    """Open the supply of a command; ``places`` are addresses, with credentials, beside the indexes'."""
    indexes = (*request.sources.indexes, *(Index(place) for place in places))
    client = HttpClient(request.network, Credentials(indexes, environ, ask_keyring), environment=environ)
    index = IndexClient(request.sources, client, cache, refresh=request.refresh)
    wheels = CachedWheels(cache, {})
    building = request.building
    built = BuiltWheels(
        cache,
        interpreter,
        BuildSettings(building.config_settings),
        tuple(line.text for line in building.constraints),
        isolation=building.isolation,
    )

    # What builds leave goes with this folder, also when the command is killed; and it goes last, when
    # no task writes to it any more.
    with cache.staging() as work:
        async with client, index, TaskGraph(listener=listener) as graph:
            tasks = Tasks(graph, index, cache, wheels)
            rules = build_rules(request, interpreter, cache, tasks, listener, work)
            tasks.sources = Sources(tasks, cache, built, rules, work)

            yield Supply(graph, tasks, tasks.sources, cache, work)
