from __future__ import annotations

import pytest

from tests.solver.test_propagation import Search
from tests.support.world import FakeProvider, World
from zephyr.solver.cause import Depends, Restricted, Unusable
from zephyr.solver.errors import SolverBug
from zephyr.solver.facts import Facts
from zephyr.solver.provider import Universe


def test_restrictions_are_axioms_and_one_that_excludes_nothing_more_is_left_out() -> None:
    world = World()
    for version in ("1", "2", "3"):
        world.add("p", version)

    world.restrict("p", ">=2", "yanked")
    world.restrict("p", "==3", "too new")
    search = Search(world)
    search.introduce("p")
    assert search.left("p") == [0, 1]
    assert search.solution.cause_at_start(0, 0b0111).cause == Restricted("p", "yanked")


def test_versions_unusable_for_the_same_reason_share_one_axiom() -> None:
    world = World()
    for version in ("1", "2", "3"):
        world.add("p", version, unavailable="broken" if version != "1" else "empty")

    search = Search(world)
    search.read("p", 3, 2, 1)
    cause = search.solution.cause_at_start(0, 0b0011)
    assert (cause.terms, cause.cause) == ({0: 0b1100}, Unusable("p", "broken"))
    assert search.left("p") == [0]


def test_a_version_that_contradicts_itself_is_ruled_out_by_what_it_depends_on() -> None:
    world = World()
    world.add("p", "1")
    world.add("p", "2", ["p <2"])
    search = Search(world)
    search.read("p", 2)
    assert search.left("p") == [0, 1]
    assert isinstance(search.solution.cause_at_start(0, 0b011).cause, Depends)


def test_a_version_is_read_once() -> None:
    world = World()
    world.add("p", "1", ["q", "q"])
    world.add("q", "1")
    search = Search(world)
    search.read("p", 1, 1)
    assert len(search.propagation.index.by_version[0][0]) == 1
    assert search.intake.edges[0, 0] == (1,)


def test_a_constraint_is_lowered_once() -> None:
    world = World()
    world.add("p", "1")
    provider = FakeProvider(world)
    facts = Facts(provider)
    for _ in facts.introduce(["p"]):
        raise AssertionError("all facts are known")

    assert facts.lower(0, ">=1") == facts.lower(0, ">=1") == 0b10
    assert provider.lowered == 1


def test_an_extra_with_another_universe_than_its_base_is_a_bug_of_the_provider() -> None:
    class Careless(FakeProvider):
        def universe(self, package: object) -> Universe:
            return Universe(("1",) if package == "p" else ("1", "2"))

    with pytest.raises(SolverBug, match="share one universe"):
        next(Facts(Careless(World())).introduce(["p[x]"]))
