"""The network's and the disk's work as tasks of the graph: listings, metadata, wheels into the cache.

`Tasks` is the port that `zephyr.metadata` asks, with the graph's limits around the index client. Who resolves
asks for each fact once, so listings and metadata are performed and not kept. A wheel is one task that looks
into the cache, else downloads into a staging folder and unpacks, which are tasks of their own; processes that
want the same wheel at once wait for each other, so it is fetched once.

Keys are tuples that begin with the kind of task: ``("listing", name)`` (of one index: with its name),
``("metadata", url)``, ``("wheel", url)``, ``("download", url)``, ``("unpack", url)``.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from zephyr.graph.node import Node, Resource
from zephyr_workers.cache_lock import exclusive

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from packaging.utils import NormalizedName

    from zephyr.graph.graph import TaskGraph
    from zephyr.graph.work import Work
    from zephyr.model.artifact import Artifact, Listing
    from zephyr.pipeline.cached_wheels import CachedWheels
    from zephyr.pipeline.sources import Sources
    from zephyr_cache import Cache
    from zephyr_workers.download import Downloaded, Progress
    from zephyr_workers.unpack_processes import UnpackProcesses
    from zephyr_workers.wheel import UnpackedWheel

T = TypeVar("T")

LOCK_LIMIT = 600.0
"""Seconds that another process may take to fetch the same wheel."""


class Index(Protocol):
    """What the tasks need of `zephyr_workers.index_client.IndexClient`."""

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return all files of a project."""
        ...

    async def listing_on(self, index: str, name: NormalizedName, /) -> Listing:
        """Return all files of a project on one certain index."""
        ...

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return a wheel's METADATA."""
        ...

    async def download(self, artifact: Artifact, folder: str, progress: Progress, /) -> Downloaded:
        """Put a proven file into ``folder``."""
        ...


class Asker(Protocol):
    """Whoever asks for nodes: the graph for those outside, an action's `Work` for the inside."""

    async def get(self, node: Node[T]) -> T:
        """Return the value of ``node``."""
        ...

    async def perform(self, node: Node[T]) -> T:
        """Run ``node`` in the caller's own task, and keep nothing."""
        ...


class Tasks:
    """Makes and runs the nodes of one command."""

    def __init__(
        self,
        graph: TaskGraph,
        index: Index,
        cache: Cache,
        wheels: CachedWheels,
        unpacking: UnpackProcesses,
    ) -> None:
        self._graph = graph
        self._asker: Asker = graph
        self._index = index
        self._cache = cache
        self._wheels = wheels
        self._unpacking = unpacking
        self.sources: Sources | None = None
        """What builds source archives; set before the first one is asked for."""

    def inside(self, work: Work) -> Tasks:
        """Return the same tasks for use in an action, which gives its slot back while it waits."""
        tasks = Tasks(self._graph, self._index, self._cache, self._wheels, self._unpacking)
        tasks._asker = work
        tasks.sources = self.sources

        return tasks

    def check(self, name: NormalizedName, artifact: Artifact, sha256: str, path: str | None = None) -> None:
        """Raise `HashNotAllowed` where the requirements do not allow a file of this digest, at ``path``."""
        self._wheels.check(name, artifact, sha256, path)

    async def listing(self, name: NormalizedName, /) -> Listing:
        """Return all files of a project; see `zephyr.metadata.port`."""

        async def ask(work: Work) -> Listing:  # noqa: ARG001 - the signature of an action
            return await self._index.listing(name)

        return await self._asker.perform(Node(("listing", name), Resource.NETWORK, ask, label=name))

    async def listing_on(self, index: str, name: NormalizedName, /) -> Listing:
        """Return all files of a project on one certain index."""

        async def ask(work: Work) -> Listing:  # noqa: ARG001
            return await self._index.listing_on(index, name)

        return await self._asker.perform(Node(("listing", name, index), Resource.NETWORK, ask, label=name))

    async def metadata(self, artifact: Artifact, /) -> bytes:
        """Return the METADATA of a wheel or source; see `zephyr.metadata.port`."""
        if not artifact.is_wheel:
            assert self.sources is not None

            return await self._asker.get(self.sources.metadata(artifact))

        async def ask(work: Work) -> bytes:  # noqa: ARG001
            return await self._index.metadata(artifact)

        return await self._asker.perform(
            Node(("metadata", artifact.url), Resource.NETWORK, ask, label=artifact.filename)
        )

    def wheel(self, name: NormalizedName, artifact: Artifact) -> Node[UnpackedWheel]:
        """Return the task that has this wheel, or the one built of this source, in the cache."""
        if not artifact.is_wheel:
            assert self.sources is not None

            return self.sources.wheel(name, artifact)

        async def obtain(work: Work) -> UnpackedWheel:
            cached = self._wheels.find(name, artifact)

            if cached is not None:
                return cached

            async with self._alone(artifact, work):
                return self._wheels.find(name, artifact) or await self._fetch(name, artifact, work)

        return Node(
            ("wheel", artifact.url), Resource.WHEEL, obtain, label=artifact.filename, size=artifact.size
        )

    async def _fetch(self, name: NormalizedName, artifact: Artifact, work: Work) -> UnpackedWheel:
        with self._cache.staging() as folder:
            downloaded = await work.get(self.download(artifact, folder), keep_slot=True)

            return await work.get(self._unpack(name, artifact, downloaded), keep_slot=True)

    def _unpack(
        self, name: NormalizedName, artifact: Artifact, downloaded: Downloaded
    ) -> Node[UnpackedWheel]:
        """Return the task that checks a file which has landed, and unpacks it into the cache."""

        def check_and_unpack() -> UnpackedWheel:
            self._wheels.check(name, artifact, downloaded.sha256, downloaded.path)
            wheel = self._unpacking.unpack(downloaded.path, artifact.filename, self._cache, downloaded.sha256)
            self._wheels.remember(artifact, downloaded.sha256)

            # What stays goes with its folder, but there may be many of them at once.
            with suppress(OSError):
                os.unlink(downloaded.path)

            return wheel

        async def unpack(work: Work) -> UnpackedWheel:
            return await work.run_sync(check_and_unpack)

        return Node(
            ("unpack", artifact.url), Resource.DISK, unpack, label=artifact.filename, size=artifact.size
        )

    def download(self, artifact: Artifact, folder: str) -> Node[Downloaded]:
        """Return the task that puts a proven file into ``folder``."""

        async def download(work: Work) -> Downloaded:
            return await self._index.download(artifact, folder, work.progress)

        return Node(
            ("download", artifact.url),
            Resource.NETWORK,
            download,
            label=artifact.filename,
            size=artifact.size,
        )

    def _alone(self, artifact: Artifact, work: Work) -> AbstractAsyncContextManager[None]:
        """Keep other processes from fetching the same wheel meanwhile."""

        def waiting() -> None:
            work.notice("info", f"Waiting for another process that fetches {artifact.filename}")

        return exclusive(self._cache, f"wheel {artifact.sha256 or artifact.url}", LOCK_LIMIT, waiting)
