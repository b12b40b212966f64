"""What the solver has been told: packages by number, their universes, constraints lowered to version sets.

A generator method yields a `Need` for as long as something it was asked for is unknown; its
answer never depends on when the facts arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.solver.errors import SolverBug
from zephyr.solver.provider import Dependency, Need, Unavailable
from zephyr.solver.version_set import NOT_SELECTED, everything

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable, Iterable, Sequence

    from zephyr.solver.provider import Provider, Universe
    from zephyr.solver.version_set import VersionSet


class Facts:
    """The provider's answers, kept by package number. Numbers are given in order of first mention."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.keys: list[Hashable] = []
        self.universes: list[Universe] = []
        self.full: list[VersionSet] = []
        self.base: list[int] = []
        """The number of the package whose version this one must equal; its own where there is none."""
        self.rank: list[int] = []
        self._numbers: dict[Hashable, int] = {}
        self._lowered: dict[tuple[int, Hashable], VersionSet] = {}

    def number(self, key: Hashable) -> int:
        """Return the number of a package that was introduced."""
        return self._numbers[key]

    def introduce(self, keys: Iterable[Hashable]) -> Generator[Need, None, Sequence[int]]:
        """Give numbers to the packages not met before, bases first, and return the new numbers."""
        bases = {key: self.provider.same_versions(key) for key in keys if key not in self._numbers}
        fresh = dict.fromkeys(
            key
            for tied, base in bases.items()
            for key in (base, tied)
            if key is not None and key not in self._numbers
        )
        yield from self._wait_for(fresh)
        return [self._add(key, bases.get(key)) for key in fresh]

    def known_dependencies(self, package: int, version: int) -> Sequence[Dependency] | Unavailable | None:
        """Return what a version requires, None where that is not known yet."""
        return self.provider.dependencies(self.keys[package], version)

    def dependencies(
        self, package: int, version: int
    ) -> Generator[Need, None, Sequence[Dependency] | Unavailable]:
        """Return what a version requires, once that is known."""
        key = self.keys[package]
        answer = self.known_dependencies(package, version)

        if answer is None:
            yield Need(dependencies=frozenset(((key, version),)))
            answer = self.known_dependencies(package, version)

        if answer is None:
            raise SolverBug(f"resumed without the dependencies of {key}, version number {version}")

        return answer

    def lower(self, package: int, constraint: Hashable) -> VersionSet:
        """Return the versions that a constraint names. Asked of the provider once."""
        versions = self._lowered.get((package, constraint))

        if versions is None:
            versions = self.provider.versions_matching(self.keys[package], constraint)
            if versions & ~self.full[package] or versions & NOT_SELECTED:
                raise SolverBug(f"{constraint!r} names versions of {self.keys[package]} that are not listed")

            self._lowered[package, constraint] = versions

        return versions

    def _wait_for(self, keys: Iterable[Hashable]) -> Generator[Need, None, None]:
        missing = [key for key in keys if self.provider.universe(key) is None]
        if not missing:
            return

        yield Need(universes=frozenset(missing))
        for key in missing:
            if self.provider.universe(key) is None:
                raise SolverBug(f"resumed without the versions of {key}")

    def _add(self, key: Hashable, base: Hashable | None) -> int:
        universe = self.provider.universe(key)
        assert universe is not None
        number = self._numbers[key] = len(self.keys)
        self.keys.append(key)
        self.universes.append(universe)
        self.full.append(everything(len(universe.versions)))
        self.rank.append(self.provider.priority(key))
        self.base.append(number if base is None else self._numbers[base])

        if self.full[self.base[number]] != self.full[number]:
            raise SolverBug(f"{key} and {base} must share one universe")

        return number
