"""Random small worlds against brute force.

The seeds are the same in every run; `ZEPHYR_SOLVER_EXAMPLES` asks for more of them.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.oracle import contradicts_itself, is_minimal, is_satisfiable, is_valid, untrue_leaves
from tests.support.world import World, meets
from zephyr.solver import decision
from zephyr.solver.errors import NoSolution
from zephyr.solver.solution import Solution

SEARCH = settings(
    max_examples=int(os.environ.get("ZEPHYR_SOLVER_EXAMPLES", "300")),
    deadline=None,
    derandomize=True,
    database=None,
)
NAMES = "abcdef"
VERSIONS = "1234"
OPERATORS = ("==", "!=", "!=", ">=", ">=", "<=", "<=")


class RandomWorld:
    """A world of at most 6 packages with 4 versions each, and what is required of it.

    Half of the worlds get a hidden solution, and some of these lose it again: that makes the searches hard.
    """

    def __init__(self, seed: int) -> None:
        self.random = random = Random(seed)
        self.world = World()
        self.names = NAMES[: random.randint(2, 6)]
        self.hidden = {name: random.choice(VERSIONS) for name in self.names} if random.random() < 0.5 else {}
        self.density = random.choice([0.2, 0.4, 0.6, 0.8] if self.hidden else [0.1, 0.2, 0.3, 0.5])

        for name in self.names:
            self._add_package(name)

        self.roots = [self._requirement(bool(self.hidden)) for _ in range(random.randint(1, 3))]

        if self.hidden and random.random() < 0.4:
            self._spoil()

    def _add_package(self, name: str) -> None:
        random = self.random
        hidden = self.hidden.get(name)

        for version in VERSIONS if hidden else VERSIONS[: random.randint(1, 4)]:
            needed = version == hidden
            unavailable = random.choice(["broken", "empty"]) if random.random() < 0.1 and not needed else None
            extras = {"x": self._requirements(needed)}
            self.world.add(name, version, self._requirements(needed), extras=extras, unavailable=unavailable)

        for reason in ("yanked", "too new"):
            constraint = self._bound()
            if random.random() < 0.15 and not (hidden and meets(hidden, constraint)):
                self.world.restrict(name, constraint, reason)

        if random.random() < 0.3:
            self.world.prefer(name, self._bound(), lowest=random.random() < 0.5)

    def _spoil(self) -> None:
        """Take the hidden solution away again: what remains is often nearly possible."""
        name = self.random.choice(self.names)
        self.world.packages[name].unavailable[self.hidden[name]] = "spoilt"

    def _requirements(self, needed: bool) -> list[str]:
        return [self._requirement(needed) for _ in self.names if self.random.random() < self.density]

    def _requirement(self, needed: bool) -> str:
        """A random requirement; one that the hidden solution meets, where it is needed there."""
        random = self.random
        while True:
            name = random.choice(self.names)
            constraint = self._bound() if random.random() < 0.75 else ""
            if constraint and random.random() < 0.2:
                constraint = f"{constraint},{self._bound()}"

            if not needed or meets(self.hidden[name], constraint):
                return f"{name}{random.choice(['', '', '', '', '[x]'])} {constraint}".strip()

    def _bound(self) -> str:
        return f"{self.random.choice(OPERATORS)}{self.random.choice(VERSIONS)}"


def random_world(seed: int) -> tuple[World, list[str]]:
    made = RandomWorld(seed)
    return made.world, made.roots


def outcome(world: World, roots: list[str], random: Random | None = None) -> Solution | NoSolution:
    try:
        return world.solve(*roots, random=random)
    except NoSolution as error:
        return error


def test_a_third_of_the_random_worlds_has_no_solution() -> None:
    worlds = [random_world(seed) for seed in range(300)]
    unsatisfiable = sum(not is_satisfiable(world, roots) for world, roots in worlds)
    assert 100 <= unsatisfiable <= 200


@given(st.integers(0, 2**32))
@SEARCH
def test_the_answer_is_that_of_brute_force(seed: int) -> None:
    world, roots = random_world(seed)
    result = outcome(world, roots)

    if isinstance(result, NoSolution):
        assert not is_satisfiable(world, roots)
    else:
        selection = world.named(result)
        assert is_valid(world, roots, selection)
        assert is_minimal(world, roots, selection)


@given(st.integers(0, 2**32))
@SEARCH
def test_the_answer_is_right_when_every_conflict_changes_the_order(seed: int) -> None:
    """Small worlds seldom see as many conflicts as it takes: here, one is enough."""
    world, roots = random_world(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decision, "THRESHOLD", 1)
        result = outcome(world, roots)

    if isinstance(result, NoSolution):
        assert not is_satisfiable(world, roots)
        assert not list(untrue_leaves(world, roots, result.proof))
        assert contradicts_itself(result.proof)
    else:
        assert is_valid(world, roots, world.named(result))


@given(st.integers(0, 2**32))
@SEARCH
def test_the_leaves_of_a_proof_are_true_and_contradict_each_other(seed: int) -> None:
    world, roots = random_world(seed)
    result = outcome(world, roots)

    if isinstance(result, NoSolution):
        assert not list(untrue_leaves(world, roots, result.proof))
        assert contradicts_itself(result.proof)


@given(st.integers(0, 2**32))
@SEARCH
def test_the_order_in_which_facts_arrive_changes_nothing(seed: int) -> None:
    world, roots = random_world(seed)
    expected = outcome(world, roots)
    result = outcome(world, roots, Random(seed + 1))

    if isinstance(expected, NoSolution):
        assert isinstance(result, NoSolution)
        assert result.proof.steps == expected.proof.steps
    else:
        assert isinstance(result, Solution)
        assert result == expected
        assert list(result.versions) == list(expected.versions)
