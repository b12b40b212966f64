"""Small worlds of packages for the solver's tests, with a constraint language of their own.

    world = World()
    world.add("a", "1.0", requires=["b >=2", "c"])
    world.add("b", "2.0")
    assert world.resolve("a") == {"a": "1.0", "b": "2.0"}

Versions are dotted numbers; a constraint is a comma-separated list of ``== != >= <= > <`` bounds. An
extra, ``a[x]``, is a package that shares the versions of ``a`` (``world.add(..., extras={"x": [...]})``).
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr.solver.provider import Dependency, Restriction, Unavailable, Universe
from zephyr.solver.solver import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from random import Random

    from zephyr.solver.provider import Need
    from zephyr.solver.solution import Limits, Solution

OPERATORS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


def parse_version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def parse_dependency(text: str) -> Dependency:
    name, _, constraint = text.partition(" ")
    return Dependency(name, constraint)


def meets(version: str, constraint: str) -> bool:
    bounds = (
        re.fullmatch(r"([=!<>]=?)(.*)", bound.strip()) for bound in constraint.split(",") if bound.strip()
    )
    return all(
        bound is not None and OPERATORS[bound[1]](parse_version(version), parse_version(bound[2]))
        for bound in bounds
    )


@dataclass
class Package:
    """One package of the world, by version text; sorted when it is asked for."""

    requires: dict[str, list[Dependency]] = field(default_factory=dict[str, list[Dependency]])
    extras: dict[str, dict[str, list[Dependency]]] = field(
        default_factory=dict[str, dict[str, list[Dependency]]]
    )
    unavailable: dict[str, str] = field(default_factory=dict[str, str])
    restrictions: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    preferences: list[str] = field(default_factory=list[str])
    lowest: bool = False

    @property
    def versions(self) -> list[str]:
        return sorted(self.requires, key=parse_version)


class World:
    """All packages there are."""

    def __init__(self) -> None:
        self.packages: dict[str, Package] = {}

    def add(
        self,
        name: str,
        version: str,
        requires: Sequence[str] = (),
        *,
        extras: Mapping[str, Sequence[str]] | None = None,
        unavailable: str | None = None,
    ) -> None:
        package = self.packages.setdefault(name, Package())
        package.requires[version] = [parse_dependency(text) for text in requires]

        for extra, texts in (extras or {}).items():
            package.extras.setdefault(extra, {})[version] = [parse_dependency(text) for text in texts]

        if unavailable is not None:
            package.unavailable[version] = unavailable

    def restrict(self, name: str, constraint: str, reason: str) -> None:
        """Exclude the versions that meet the constraint."""
        self.packages[name].restrictions.append((constraint, reason))

    def prefer(self, name: str, *constraints: str, lowest: bool = False) -> None:
        self.packages[name].preferences = list(constraints)
        self.packages[name].lowest = lowest

    def matching(self, name: str, constraint: str) -> int:
        """Lower a constraint to a version set."""
        versions = self.packages[name].versions if name in self.packages else []
        return sum(1 << (place + 1) for place, version in enumerate(versions) if meets(version, constraint))

    def resolve(
        self, *roots: str, limits: Limits | None = None, random: Random | None = None
    ) -> dict[str, str]:
        """Solve and return the selected version of every package."""
        return self.named(self.solve(*roots, limits=limits, random=random))

    def named(self, solution: Solution) -> dict[str, str]:
        return {
            str(key): self.packages[base_name(str(key))].versions[place]
            for key, place in solution.versions.items()
        }

    def solve(self, *roots: str, limits: Limits | None = None, random: Random | None = None) -> Solution:
        """Solve, with all facts known from the start, or arriving one by one in a random order."""
        provider = FakeProvider(self, random)
        search = solve(provider, [parse_dependency(root) for root in roots], limits=limits)

        try:
            need = next(search)
            while True:
                provider.learn(need)
                need = search.send(None)
        except StopIteration as stop:
            solution: Solution = stop.value
            return solution


def base_name(name: str) -> str:
    return name.partition("[")[0]


class FakeProvider:
    """Answers from a world. With ``random``, only what was asked for, and some rumours, are known."""

    def __init__(self, world: World, random: Random | None = None) -> None:
        self.world = world
        self.random = random
        self.considered: list[tuple[str, int, int]] = []
        self.lowered = 0
        self._universes: dict[str, Universe] = {}
        self._known: set[Hashable] = set()

    def learn(self, need: Need) -> None:
        """Let the facts asked for arrive, and by chance others with them."""
        assert self.random is not None, "the solver asked for facts that are known"
        assert need.universes or need.dependencies
        assert not self._known & need.universes
        assert not self._known & need.dependencies
        self._known |= need.universes | need.dependencies

        for name, package in self.world.packages.items():
            for extra in ("", *(f"[{extra}]" for extra in package.extras)):
                rumours: Iterable[Hashable] = (
                    name + extra,
                    *((name + extra, place) for place in range(len(package.versions))),
                )
                self._known.update(fact for fact in rumours if self.random.random() < 0.1)

    def universe(self, package: Hashable) -> Universe | None:
        assert isinstance(package, str)
        if not self._is_known(package):
            return None

        name = base_name(package)
        if name not in self._universes:
            self._universes[name] = self._make_universe(name)

        return self._universes[name]

    def dependencies(self, package: Hashable, version: int) -> Sequence[Dependency] | Unavailable | None:
        assert isinstance(package, str)
        if not self._is_known((package, version)):
            return None

        name, _, extra = package.partition("[")
        stored = self.world.packages[name]
        text = stored.versions[version]
        if text in stored.unavailable:
            return Unavailable(stored.unavailable[text])

        return stored.extras[extra[:-1]].get(text, []) if extra else stored.requires[text]

    def versions_matching(self, package: Hashable, constraint: Hashable) -> int:
        assert isinstance(package, str)
        assert isinstance(constraint, str)
        assert self._is_known(package)
        self.lowered += 1
        return self.world.matching(base_name(package), constraint)

    def same_versions(self, package: Hashable) -> Hashable | None:
        name = base_name(str(package))
        return name if name != package else None

    def priority(self, package: Hashable) -> int:
        return 1

    def considering(self, package: Hashable, candidates: int, tried: int) -> None:
        self.considered.append((str(package), candidates, tried))

    def _is_known(self, fact: Hashable) -> bool:
        return self.random is None or fact in self._known

    def _make_universe(self, name: str) -> Universe:
        package = self.world.packages.get(name, Package())
        return Universe(
            tuple(package.versions),
            tuple(
                Restriction(self.world.matching(name, constraint), reason)
                for constraint, reason in package.restrictions
            ),
            tuple(self.world.matching(name, constraint) for constraint in package.preferences),
            package.lowest,
        )
