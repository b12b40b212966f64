"""The driver: runs the solver, fetches what it needs, and fetches ahead what it is likely to need.

Guesses decide what is fetched, never what is decided: a fetch only ever adds a fact to the world,
and a fetch that fails is remembered and raised when (and only if) the solver needs that fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from zephyr.errors import ZephyrError
from zephyr.metadata.crew import Crew
from zephyr.metadata.demands import NOTHING
from zephyr.metadata.package import Package
from zephyr.metadata.prefetch import Guesses
from zephyr.metadata.reasons import FAULT_OF_THE_FILE, MetadataUnavailable
from zephyr.metadata.search import Unread
from zephyr.model.resolution import Resolution
from zephyr.solver.provider import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from anyio.abc import TaskGroup
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.metadata.port import IndexPort
    from zephyr.metadata.search import Search
    from zephyr.metadata.world import Release
    from zephyr.model.artifact import Artifact
    from zephyr.solver.provider import Dependency, Need

    Fact: TypeAlias = NormalizedName | Release
    Listener: TypeAlias = Callable[[NormalizedName, Version, Artifact], None]


class Stream:
    """Facts on their way from a port into a world. Each is asked for once."""

    def __init__(
        self, search: Search, port: IndexPort, group: TaskGroup, on_decided: Listener | None = None
    ) -> None:
        self._search = search
        self._world = search.world
        self._port = port
        self._on_decided = on_decided
        self._considered: Release | None = None
        self._guesses = Guesses(search.world)
        self._crew: Crew[Fact] = Crew(group, self._fetch)
        self._failures: dict[Fact, ZephyrError] = {}
        search.world.on_considering = self._on_considering

    async def run(self) -> Resolution:
        """Drive the search to its end; raises what it raises, and the error of a fetch that it needed."""
        self._follow(self._search.roots)

        while True:
            step = self._search.go_on()

            if isinstance(step, Resolution):
                self._announce()
                return step

            if isinstance(step, Unread):
                await self._read(step)
            else:
                await self._obtain(step)

    async def _read(self, unread: Unread) -> None:
        """Have the texts of documents that were known already.

        Where there is one no more, that fails: the next run will not know it either, and pass over it.
        """
        failures: dict[Release, ZephyrError] = {}

        async def one(release: Release) -> None:
            try:
                self._world.texts[release] = await self._port.metadata(self._world.file_describing(release))
            except ZephyrError as error:
                failures[release] = error

                if error.id in FAULT_OF_THE_FILE:
                    self._world.forget(release)

        async with anyio.create_task_group() as group:
            for release in unread.releases:
                group.start_soon(one, release)

        if failures:
            raise failures[min(failures)]

    async def _obtain(self, need: Need) -> None:
        facts: list[Fact] = [package.name for package in need.universes if isinstance(package, Package)]
        facts += [
            (package.name, place) for package, place in need.dependencies if isinstance(package, Package)
        ]

        await self._crew.complete(facts)

        for fact in sorted(facts, key=str):
            if fact in self._failures:
                raise self._failures[fact]

    def _start_ahead(self, release: Release) -> None:
        """Begin to fetch what may turn out not to be needed: never what would have to be built."""
        if not self._world.is_described(release) and self._world.file_describing(release).is_wheel:
            self._crew.guess(release)

    async def _fetch(self, fact: Fact) -> None:
        try:
            if isinstance(fact, str):
                await self._fetch_listing(fact)
            else:
                await self._fetch_metadata(fact)
        except ZephyrError as error:
            self._failures[fact] = error

    async def _fetch_listing(self, name: NormalizedName) -> None:
        if name not in self._world.candidates:
            self._world.add_listing(await self._port.listing(name))

        self._follow(self._start_guess(name))
        pinned = self._guesses.current(name) if self._world.demands.get(name, NOTHING).exact else None

        # What the user has pinned is as good as decided on.
        if pinned is not None:
            self._tell(pinned)

    async def _fetch_metadata(self, release: Release) -> None:
        artifact = self._world.file_describing(release)

        try:
            self._world.add_metadata(release, await self._port.metadata(artifact))
        except ZephyrError as error:
            if error.id not in FAULT_OF_THE_FILE:
                raise

            self._world.add_unavailable(release, MetadataUnavailable(error.message))

        self._follow(self._start_guess(release[0]))

    def _follow(self, dependencies: Iterable[Dependency]) -> None:
        """Fetch ahead what these dependencies are likely to lead to."""
        pending = list(dependencies)

        while pending:
            touched = self._guesses.add(pending)
            pending.clear()

            for name in touched:
                self._crew.guess(name)
                pending += self._start_guess(name)

    def _start_guess(self, name: NormalizedName) -> list[Dependency]:
        """Fetch the version that a project is likely to get; return its dependencies where they are known."""
        guess = self._guesses.current(name)

        if guess is None:
            return []

        if not self._world.is_described(guess):
            self._start_ahead(guess)
            return []

        answers = [self._world.dependencies(package, guess[1]) for package in self._guesses.packages(name)]

        return [
            dependency
            for answer in answers
            if answer is not None and not isinstance(answer, Unavailable)
            for dependency in answer
        ]

    def _on_considering(self, package: Package, allowed: int, tried: int) -> None:
        releases = list(self._guesses.next_candidates(package.name, allowed, tried))

        for release in releases:
            self._start_ahead(release)

        if self._considered is not None and self._considered[0] != package.name:
            self._announce()

        self._considered = releases[0] if releases and not tried else None

    def _announce(self) -> None:
        """Tell of the release considered before: going on with another project means that it was taken."""
        if self._considered is not None:
            self._tell(self._considered)

    def _tell(self, release: Release) -> None:
        """Tell of a release that is likely to be needed."""
        name, place = release
        candidates = self._world.candidates[name]
        choice = candidates.choices[place]

        if choice is not None and self._on_decided is not None:
            self._on_decided(name, candidates.versions[place], choice.artifact)
