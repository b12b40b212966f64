"""What is worth fetching before it is needed: guesses, and batches of further candidates.

A guess is the version that a project would get if all that is known so far were all there is to
know. It is made of the same facts and preferences as a decision, but of whatever has arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.package import Package
from zephyr.solver.version_set import oldest, single

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName

    from zephyr.metadata.candidates import Candidates
    from zephyr.metadata.world import Release, World
    from zephyr.solver.provider import Dependency

_GUESSES_PER_NAME = 4
"""After so many corrections a name is contested: its versions are then fetched in batches."""
_FIRST_BATCH = 5
_LARGEST_BATCH = 50


class Guesses:
    """What the facts so far suggest, by name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._constraints: dict[NormalizedName, dict[str, None]] = {}
        self._packages: dict[NormalizedName, dict[Package, None]] = {}
        self._made: dict[NormalizedName, list[int]] = {}
        self._next_batch: dict[NormalizedName, int] = {}

    def add(self, dependencies: Iterable[Dependency]) -> Sequence[NormalizedName]:
        """Take dependencies into account; returns the names for which that may change something."""
        touched: dict[NormalizedName, None] = {}

        for dependency in dependencies:
            package = dependency.package
            assert isinstance(package, Package)
            constraints = self._constraints.setdefault(package.name, {})
            packages = self._packages.setdefault(package.name, {package.base: None})
            specifier = str(dependency.constraint)

            if specifier not in constraints or package not in packages:
                constraints[specifier] = packages[package] = None
                touched[package.name] = None

        return tuple(touched)

    def packages(self, name: NormalizedName) -> Iterable[Package]:
        """Return the base and the extras that are wanted of a project."""
        return tuple(self._packages.get(name, ()))

    def current(self, name: NormalizedName) -> Release | None:
        """Return the release that a project would get as far as is known, None without a listing."""
        candidates = self._world.candidates.get(name)

        if candidates is None:
            return None

        made = self._made.setdefault(name, [])

        if len(made) < _GUESSES_PER_NAME:
            place = candidates.choose(self._allowed(name, candidates))

            if place is not None and place not in made:
                made.append(place)

        return (name, made[-1]) if made else None

    def next_candidates(self, name: NormalizedName, allowed: int, tried: int) -> Iterator[Release]:
        """Yield the releases to fetch when the solver considers ``allowed`` after ``tried`` rejections.

        The first one is the one it will take. After 5, 10, 20 and then every 20 rejections follow as
        many more, at most 50, of those still allowed or else of the older ones.
        """
        candidates = self._world.candidates[name]
        wanted = 1
        due = self._next_batch.get(name, _FIRST_BATCH)

        if tried >= due:
            wanted = min(tried, _LARGEST_BATCH)
            self._next_batch[name] = tried + min(tried, 20)

        usable = candidates.usable
        older = usable & (single(oldest(allowed)) - 1) if allowed else 0

        for source in (allowed & usable, older if wanted > 1 else 0):
            rest = source

            while wanted and (place := candidates.choose(rest)) is not None:
                yield name, place
                rest &= ~single(place)
                wanted -= 1

    def _allowed(self, name: NormalizedName, candidates: Candidates) -> int:
        """Return what satisfies every constraint met so far that leaves anything."""
        allowed = candidates.usable

        for specifier in self._constraints.get(name, ()):
            allowed = allowed & candidates.matching(specifier) or allowed

        return allowed
