"""Random small worlds against brute force."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.oracle import contradicts_itself, is_minimal, is_satisfiable, is_valid, untrue_leaves
from tests.support.world import World
from zephyr.solver.errors import NoSolution

if TYPE_CHECKING:
    from zephyr.solver.solution import Solution

NAMES = "abcdef"
VERSIONS = "1234"
OPERATORS = ("", "", "==", "!=", "!=", ">=", ">=", "<=", "<=")


def random_world(random: Random) -> tuple[World, list[str]]:
    """A world of at most 6 packages with 4 versions each, and what is required of it."""
    world = World()
    names = NAMES[: random.randint(2, 6)]
    density = random.choice([0.1, 0.2, 0.3, 0.5])

    def requirement() -> str:
        name = random.choice(names) + random.choice(["", "", "", "", "[x]"])
        bound = random.choice(OPERATORS)
        text = f"{name} {bound}{random.choice(VERSIONS)}" if bound else name
        return f"{text},<={random.choice(VERSIONS)}" if bound and random.random() < 0.2 else text

    def requirements() -> list[str]:
        return [requirement() for _ in names if random.random() < density]

    for name in names:
        for version in VERSIONS[: random.randint(1, 4)]:
            unavailable = random.choice(["broken", "empty"]) if random.random() < 0.1 else None
            world.add(name, version, requirements(), extras={"x": requirements()}, unavailable=unavailable)

        for reason in ("yanked", "too new"):
            if random.random() < 0.15:
                world.restrict(name, f"{random.choice(OPERATORS[2:])}{random.choice(VERSIONS)}", reason)

        if random.random() < 0.3:
            world.prefer(
                name, f"{random.choice(OPERATORS[2:])}{random.choice(VERSIONS)}", lowest=random.random() < 0.5
            )

    if random.random() < 0.2:
        del world.packages[names[-1]].extras["x"]
        world.packages[names[-1]].extras["x"] = {}

    return world, [requirement() for _ in range(random.randint(1, 3))]


def outcome(world: World, roots: list[str], random: Random | None = None) -> Solution | NoSolution:
    try:
        return world.solve(*roots, random=random)
    except NoSolution as error:
        return error


def test_a_third_of_the_random_worlds_has_no_solution() -> None:
    worlds = [random_world(Random(seed)) for seed in range(300)]
    unsatisfiable = sum(not is_satisfiable(world, roots) for world, roots in worlds)
    assert 100 <= unsatisfiable <= 200


@given(st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_the_answer_is_that_of_brute_force(seed: int) -> None:
    world, roots = random_world(Random(seed))
    result = outcome(world, roots)

    if isinstance(result, NoSolution):
        assert not is_satisfiable(world, roots)
    else:
        selection = world.named(result)
        assert is_valid(world, roots, selection)
        assert is_minimal(world, roots, selection)


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_the_leaves_of_a_proof_are_true_and_contradict_each_other(seed: int) -> None:
    world, roots = random_world(Random(seed))
    result = outcome(world, roots)

    if isinstance(result, NoSolution):
        assert not list(untrue_leaves(world, roots, result.proof))
        assert contradicts_itself(result.proof)


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_the_order_in_which_facts_arrive_changes_nothing(seed: int) -> None:
    world, roots = random_world(Random(seed))
    expected = outcome(world, roots)
    result = outcome(world, roots, Random(seed + 1))

    if isinstance(expected, NoSolution):
        assert isinstance(result, NoSolution)
        assert result.proof.steps == expected.proof.steps
    else:
        assert result == expected
        assert list(result.versions) == list(expected.versions)
