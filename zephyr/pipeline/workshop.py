"""Where a command's tasks run: one graph over its supplies, and a folder that goes with it."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.graph.graph import TaskGraph
from zephyr.metadata.requirements import parse_root
from zephyr.pipeline.sources import BuildRules, Sources
from zephyr.pipeline.wheels import Tasks
from zephyr_workers.build_settings import BuildOptions, BuildSettings
from zephyr_workers.unpack_processes import UnpackProcesses

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from zephyr.graph.events import Listener
    from zephyr.graph.work import Work
    from zephyr.pipeline.build_environments import InsideWork
    from zephyr.pipeline.places import Places
    from zephyr.pipeline.supplies import Supplies
    from zephyr.pipeline.wheels import Index

LOGS = "trees-build-logs-v1"
"""Bucket of the cache for the logs of builds that failed."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The tasks of one command, while its graph is open."""

    supplies: Supplies
    graph: TaskGraph
    tasks: Tasks
    sources: Sources

    def places(self, working_copies: str | None = None) -> Places:
        """Return what finds out about places; editable repositories are kept in ``working_copies``."""
        from zephyr.pipeline.places import Places

        request = self.supplies.request

        return Places(
            self.graph,
            self.sources,
            self.supplies.cache,
            self.supplies.environ,
            working_copies or self.sources.folder,
            offline=request.network.offline,
            refresh=request.refresh,
        )


@asynccontextmanager
async def open_workshop(
    supplies: Supplies,
    listener: Listener,
    index: Index | None = None,
    unpacking: UnpackProcesses | None = None,
) -> AsyncGenerator[Workshop]:
    """Open the graph of a command; ``index`` stands in for that of its supplies.

    Wheels are unpacked by the processes of ``unpacking``, or in threads.
    """
    # What builds leave goes with this folder, also when the command is killed; and it goes last, when
    # no task writes to it any more.
    with supplies.cache.staging() as folder:
        async with supplies.client, supplies.index, TaskGraph(listener=listener) as graph:
            unpacking = unpacking or UnpackProcesses()
            tasks = Tasks(graph, index or supplies.index, supplies.cache, supplies.wheels, unpacking)
            rules = build_rules(supplies, tasks, listener, folder)
            tasks.sources = Sources(tasks, supplies.cache, supplies.built, rules, folder)

            yield Workshop(supplies, graph, tasks, tasks.sources)


def build_rules(supplies: Supplies, tasks: Tasks, listener: Listener, folder: str) -> BuildRules:
    """Return how a command builds: below ``folder``, in environments that its own tasks fill."""
    building = supplies.request.building
    constraints = tuple(
        parse_root(line.text, line.origin, hashes=line.hashes, folder=line.folder)
        for line in building.constraints
    )

    def environments(work: Work) -> InsideWork:
        from zephyr.pipeline.build_environments import EngineEnvironments

        made = EngineEnvironments(tasks, supplies.cache, supplies.interpreter, constraints, listener)

        return made.inside(work)

    return BuildRules(
        interpreter=supplies.interpreter,
        options=BuildOptions(
            isolation=building.isolation,
            check_dependencies=building.check_dependencies,
            sandbox=building.sandbox,
            work=folder,
        ),
        settings=BuildSettings(building.config_settings),
        package_settings={
            name: BuildSettings(settings) for name, settings in building.package_settings.items()
        },
        environments=environments,
        logs=os.path.join(supplies.cache.root, LOGS),
    )
