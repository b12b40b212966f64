"""How much work a solve is, counted and never timed: a change that makes the search blind shows here."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.support.world import World
from zephyr.solver.errors import NoSolution
from zephyr.solver.provider import Dependency, Universe
from zephyr.solver.solver import solve
from zephyr.solver.version_set import everything, single

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from zephyr.solver.solution import Solution

ANY = -1
"""A constraint that every version meets; the others are version sets themselves."""

WALK = 2000


class Masks:
    """A provider whose constraints are version sets, for worlds too large to lower by text."""

    def __init__(self, **counts: int) -> None:
        self.universes = {name: Universe(range(count)) for name, count in counts.items()}
        self.requires: dict[tuple[Hashable, int], Sequence[Dependency]] = {}
        self.first: set[Hashable] = set()
        self.considered: Counter[Hashable] = Counter()

    def universe(self, package: Hashable) -> Universe:
        return self.universes[str(package)]

    def dependencies(self, package: Hashable, version: int) -> Sequence[Dependency]:
        return self.requires.get((package, version), ())

    def versions_matching(self, package: Hashable, constraint: Hashable) -> int:
        assert isinstance(constraint, int)
        return constraint & (everything(len(self.universe(package).versions)) - 1)

    def same_versions(self, package: Hashable) -> None:
        return None

    def priority(self, package: Hashable) -> int:
        return 0 if package in self.first else 1

    def considering(self, package: Hashable, candidates: int, tried: int) -> None:
        self.considered[package] += 1

    def solve(self, **roots: int) -> Solution:
        try:
            next(solve(self, [Dependency(package, constraint) for package, constraint in roots.items()]))
        except StopIteration as stop:
            solution: Solution = stop.value
            return solution

        raise AssertionError("no fact was missing")


def pinned_pairs() -> Masks:
    """2,000 versions of `boto`, each pinned to its own of `core`, all but five of which refuse old `url`."""
    world = Masks(boto=WALK, core=WALK, url=10)
    for version in range(WALK):
        world.requires["boto", version] = [Dependency("core", single(version))]
        world.requires["core", version] = [Dependency("url", ANY if version < 5 else ANY << 6)]

    return world


def test_without_conflict_every_package_is_decided_once_and_visited_a_few_times() -> None:
    count = 450
    world = Masks(**{f"p{number}": 50 for number in range(count)})
    for number in range(count - 1):
        targets = {number + 1, *(number + step for step in (7, 31, 100) if number + step < count)}
        for version in range(50):
            world.requires[f"p{number}", version] = [
                Dependency(f"p{target}", ANY << (number % 20)) for target in sorted(targets)
            ]

    effort = world.solve(p0=ANY).effort
    assert (effort.decisions, effort.conflicts) == (count, 0)
    assert effort.checks < 10 * count


def test_a_walk_over_pinned_pairs_costs_a_constant_number_of_visits_per_version() -> None:
    solution = pinned_pairs().solve(boto=ANY, url=everything(5))
    assert solution.versions == {"boto": 4, "core": 4, "url": 4}
    assert solution.effort.decisions <= 10
    assert solution.effort.conflicts <= 2 * WALK
    assert solution.effort.checks < 2 * WALK


def test_what_is_looked_at_ahead_is_told_of_so_that_it_can_be_fetched_ahead() -> None:
    world = pinned_pairs()
    world.solve(boto=ANY, url=everything(5))
    assert world.considered["core"] > WALK - 10


def test_a_walk_reads_each_version_once() -> None:
    world = pinned_pairs()
    reads: Counter[tuple[Hashable, int]] = Counter()
    dependencies = world.dependencies

    def counted(package: Hashable, version: int) -> Sequence[Dependency]:
        reads[package, version] += 1
        return dependencies(package, version)

    world.dependencies = counted  # type: ignore[method-assign]
    world.solve(boto=ANY, url=everything(5))
    assert max(reads.values()) == 1


def test_the_walk_is_no_longer_when_the_reason_is_a_decision() -> None:
    world = pinned_pairs()
    world.first = {"gate"}
    world.universes["gate"] = Universe(range(2))
    world.requires["gate", 1] = [Dependency("url", everything(5))]
    effort = world.solve(gate=single(1), boto=ANY).effort
    assert effort.decisions <= WALK + 4
    assert effort.checks < 4 * WALK


def test_a_walk_takes_back_no_unrelated_decision() -> None:
    world = pinned_pairs()
    others = {f"other{number}": 3 for number in range(300)}
    world.universes.update((name, Universe(range(count))) for name, count in others.items())
    effort = world.solve(**dict.fromkeys(others, ANY), boto=ANY, url=everything(5)).effort
    assert effort.decisions <= WALK + len(others) + 3


def test_a_walk_that_ends_in_nothing_costs_no_more() -> None:
    world = pinned_pairs()
    for version in range(5):
        world.requires["core", version] = [Dependency("url", ANY << 6)]

    with pytest.raises(NoSolution) as caught:
        world.solve(boto=ANY, url=everything(5))

    assert len(caught.value.proof.steps) < 6 * WALK


def test_versions_that_need_the_same_are_ruled_out_together() -> None:
    """Going back to `a` again and again does not try the versions of `b` again and again."""
    world = World()
    for version in range(1, 5):
        world.add("a", str(version), ["b", f"c =={version}"])

    for version in range(1, 31):
        world.add("b", str(version), ["d >=2"])

    for version in range(1, 5):
        world.add("c", str(version), ["d >=2"])

    world.add("d", "1")
    with pytest.raises(NoSolution) as caught:
        world.resolve("a", "d")

    leaves = list(caught.value.proof.leaves())
    assert len(leaves) < 10


def test_a_package_that_keeps_losing_is_decided_before_the_one_in_its_way() -> None:
    """The newest `starlette`, decided first, would leave but an ancient `fastapi` that bounds nothing."""
    world = World()
    for version in range(1, 11):
        world.add("starlette", str(version))

    world.add("fastapi", "1")
    for version in range(2, 41):
        world.add("fastapi", str(version), ["starlette <6"])

    solution = world.solve("starlette", "fastapi")
    assert world.named(solution) == {"starlette": "5", "fastapi": "40"}
    assert solution.effort.conflicts < 10


def test_two_packages_in_each_others_way_do_not_take_turns_for_ever() -> None:
    world = World()
    for version in range(1, 41):
        world.add("a", str(version), [f"b <{version + 1}", f"b !={version}"] if version > 1 else [])
        world.add("b", str(version), [f"a <{version + 1}", f"a !={version}"] if version > 1 else [])

    solution = world.solve("a", "b")
    assert solution.effort.conflicts < 200


def test_a_deep_derivation_does_not_recurse() -> None:
    """Deeper than Python's stack by far."""
    length = 3000
    world = Masks(**{f"p{number}": 2 for number in range(length)}, end=2)
    for number in range(length - 1):
        world.requires[f"p{number}", 0] = world.requires[f"p{number}", 1] = [
            Dependency(f"p{number + 1}", ANY)
        ]

    world.requires[f"p{length - 1}", 0] = world.requires[f"p{length - 1}", 1] = [Dependency("end", single(1))]
    with pytest.raises(NoSolution) as caught:
        world.solve(p0=ANY, end=single(0))

    assert len(caught.value.proof.steps) > length
