"""Guesses and batches."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from tests.support.fake_port import asked, interpreter
from zephyr.metadata.package import Package
from zephyr.metadata.prefetch import Guesses
from zephyr.metadata.target import Target
from zephyr.metadata.world import World
from zephyr.model.artifact import Artifact, Listing
from zephyr.solver.provider import Dependency

NAME = canonicalize_name("demo")
BASE = Package(NAME)


def known(count: int) -> tuple[World, Guesses]:
    """Return a world that knows versions 1.0, 1.1 ... of one project, and no guess."""
    world = World(asked(), Target.of(interpreter()))
    files = (f"demo-1.{minor}-py3-none-any.whl" for minor in range(count))
    world.add_listing(Listing(NAME, tuple(Artifact(file, f"https://files.example/{file}") for file in files)))

    return world, Guesses(world)


def test_a_guess_meets_all_constraints_met_so_far() -> None:
    _, guesses = known(10)

    guesses.add([Dependency(BASE, "")])
    assert guesses.current(NAME) == (NAME, 9)

    guesses.add([Dependency(BASE, "<1.8"), Dependency(BASE, "!=1.7")])
    assert guesses.current(NAME) == (NAME, 6)


def test_a_constraint_that_leaves_nothing_is_passed_over() -> None:
    _, guesses = known(3)

    guesses.add([Dependency(BASE, ">=1.2"), Dependency(BASE, "<1.2")])

    assert guesses.current(NAME) == (NAME, 2)


def test_there_is_no_guess_without_a_listing() -> None:
    _, guesses = known(1)

    assert guesses.current(canonicalize_name("other")) is None


def test_only_what_is_new_is_touched() -> None:
    _, guesses = known(1)
    extra = Package(NAME, canonicalize_name("x"))

    assert guesses.add([Dependency(BASE, ">1"), Dependency(BASE, ">1")]) == (NAME,)
    assert guesses.add([Dependency(BASE, ">1")]) == ()
    assert guesses.add([Dependency(extra, ">1")]) == (NAME,)
    assert guesses.packages(NAME) == (BASE, extra)


def test_a_name_is_guessed_a_few_times_only() -> None:
    _, guesses = known(50)
    made: list[object] = []

    for minor in range(49, 0, -1):
        guesses.add([Dependency(BASE, f"<1.{minor}")])
        made.append(guesses.current(NAME))

    assert len(set(made)) == 4


def test_the_first_candidate_is_fetched_alone_and_further_ones_in_growing_batches() -> None:
    world, guesses = known(200)
    allowed = world.candidates[NAME].usable
    sizes = [len(list(guesses.next_candidates(NAME, allowed, tried))) for tried in range(45)]

    assert {tried: size for tried, size in enumerate(sizes) if size > 1} == {5: 5, 10: 10, 20: 20, 40: 40}


def test_a_batch_goes_on_below_what_is_allowed_and_never_takes_what_is_excluded() -> None:
    world, guesses = known(30)
    only = world.candidates[NAME].matching("==1.20")

    found = [place for _, place in guesses.next_candidates(NAME, only, 5)]

    assert found == [20, 19, 18, 17, 16]
