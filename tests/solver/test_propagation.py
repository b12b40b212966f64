from __future__ import annotations

from tests.support.world import FakeProvider, World, parse_dependency
from zephyr.solver.cause import Depends, SameVersion
from zephyr.solver.facts import Facts
from zephyr.solver.incompatibility import Incompatibility
from zephyr.solver.intake import Intake
from zephyr.solver.partial_solution import PartialSolution
from zephyr.solver.propagation import Propagation
from zephyr.solver.version_set import NOT_SELECTED, places, single


class Search:
    """The parts of a solver, moved by hand. Versions are ``1``, ``2``, ...: place 0, 1, ..."""

    def __init__(self, world: World) -> None:
        self.facts = Facts(FakeProvider(world))
        self.solution = PartialSolution()
        self.propagation = Propagation(self.facts, self.solution)
        self.intake = Intake(self.facts, self.solution, self.propagation)

    def introduce(self, *names: str) -> None:
        for _ in self.intake.introduce(names):
            raise AssertionError("all facts are known")

    def require(self, *roots: str) -> None:
        for root in roots:
            dependency = parse_dependency(root)
            self.introduce(str(dependency.package))
            assert self.intake.require(dependency) is None

    def read(self, name: str, *versions: int) -> None:
        self.introduce(name)
        for version in versions:
            for _ in self.intake.read_dependencies(self.facts.number(name), version - 1):
                raise AssertionError("all facts are known")

    def decide(self, name: str, version: int) -> None:
        self.solution.decide(self.facts.number(name), single(version - 1))
        self.propagation.mark(self.facts.number(name))

    def backjump(self, level: int) -> None:
        self.propagation.forget(self.solution.backjump(level))

    def run(self) -> Incompatibility | None:
        return self.propagation.run()

    def left(self, name: str) -> list[int]:
        """The versions still allowed; 0 stands for "not selected"."""
        allowed = self.solution.allowed[self.facts.number(name)]
        return [0] * (allowed & NOT_SELECTED) + [place + 1 for place in places(allowed)]


def two_packages() -> World:
    """Versions 1 and 2 of `p` need `q` 2, version 3 needs `q` 1."""
    world = World()
    world.add("p", "1", ["q ==2"])
    world.add("p", "2", ["q ==2"])
    world.add("p", "3", ["q ==1"])
    world.add("q", "1")
    world.add("q", "2")
    return world


def test_what_a_selected_version_needs_is_needed() -> None:
    search = Search(two_packages())
    search.read("p", 3)
    search.decide("p", 3)
    assert search.run() is None
    assert search.left("q") == [1]


def test_what_all_versions_left_need_is_needed_before_one_is_selected() -> None:
    search = Search(two_packages())
    search.require("p <3")
    search.read("p", 1, 2)
    assert search.run() is None
    assert search.left("q") == [2]


def test_nothing_follows_while_one_of_the_versions_left_has_not_been_read() -> None:
    search = Search(two_packages())
    search.require("p <3")
    search.read("p", 2)
    assert search.run() is None
    assert search.left("q") == [0, 1, 2]


def test_versions_whose_need_cannot_be_met_are_ruled_out() -> None:
    search = Search(two_packages())
    search.require("p")
    search.read("p", 1, 2, 3)
    search.decide("q", 1)
    assert search.run() is None
    assert search.left("p") == [3]


def test_a_need_that_lost_its_support_is_seen_again_after_going_back() -> None:
    search = Search(two_packages())
    search.require("p")
    search.read("p", 1, 2, 3)
    for version, left in ((1, [3]), (1, [3]), (2, [1, 2]), (1, [3])):
        search.decide("q", version)
        assert search.run() is None
        assert search.left("p") == left
        search.backjump(0)
        assert search.left("p") == [1, 2, 3]


def test_what_axioms_rule_out_is_ruled_out_for_good() -> None:
    search = Search(two_packages())
    search.require("p")
    search.introduce("q")
    search.decide("q", 1)
    search.require("q ==1")
    search.read("p", 1, 2, 3)
    requirement = search.propagation.index.by_version[search.facts.number("p")][0][0]
    assert search.propagation.rule_out(requirement) is None
    search.backjump(0)
    assert search.left("p") == [3]


def test_a_requirement_that_comes_true_is_the_conflict() -> None:
    search = Search(two_packages())
    search.read("p", 3)
    search.decide("q", 2)
    search.decide("p", 3)
    conflict = search.run()
    assert conflict is not None
    assert isinstance(conflict.cause, Depends)
    assert conflict.terms == {0: single(2), 1: NOT_SELECTED | single(1)}


class TestTies:
    def world(self) -> World:
        world = World()
        for version in ("1", "2", "3"):
            world.add("p", version, extras={"x": []})

        return world

    def test_a_tied_package_selects_its_base_in_its_versions(self) -> None:
        search = Search(self.world())
        search.require("p[x] >=2")
        assert search.run() is None
        assert search.left("p") == [2, 3]

    def test_a_base_narrows_what_is_tied_to_it_without_selecting_it(self) -> None:
        search = Search(self.world())
        search.introduce("p[x]")
        search.decide("p", 2)
        assert search.run() is None
        assert search.left("p[x]") == [0, 2]

    def test_both_out_of_step_is_a_conflict(self) -> None:
        search = Search(self.world())
        search.introduce("p[x]")
        search.decide("p", 2)
        search.decide("p[x]", 3)
        conflict = search.run()
        assert conflict is not None
        assert conflict.cause == SameVersion("p[x]", "p")


class TestLearnt:
    def search(self) -> Search:
        """`a`, `b` and `c` may not all be in version 2."""
        world = World()
        for name in "abc":
            world.add(name, "1")
            world.add(name, "2")

        search = Search(world)
        search.introduce("a", "b", "c")
        terms = dict.fromkeys(range(3), single(1))
        search.propagation.index.watch(Incompatibility(terms, SameVersion("any", "cause")), 0, 1)
        return search

    def test_the_last_open_term_is_ruled_out_whichever_it_is(self) -> None:
        for first, second, last in ("abc", "bca", "cab", "bac"):
            search = self.search()
            for name in (first, second):
                assert 2 in search.left(last)
                search.decide(name, 2)
                assert search.run() is None

            assert search.left(last) == [0, 1]

    def test_a_watch_that_was_moved_is_good_after_going_back(self) -> None:
        search = self.search()
        search.decide("a", 2)
        search.run()
        search.decide("b", 2)
        search.run()
        search.backjump(0)
        search.decide("c", 2)
        search.run()
        search.decide("b", 2)
        assert search.run() is None
        assert search.left("a") == [0, 1]

    def test_all_terms_true_at_once_is_a_conflict(self) -> None:
        search = self.search()
        for name in "abc":
            search.decide(name, 2)

        assert search.run() is not None

    def test_a_contradicted_term_leaves_the_others_free(self) -> None:
        search = self.search()
        for name, version in (("a", 1), ("b", 2), ("c", 2)):
            search.decide(name, version)
            assert search.run() is None
