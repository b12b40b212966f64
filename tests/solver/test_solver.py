"""The examples of the algorithm's published description, and what else a solve promises.

https://github.com/dart-lang/pub/blob/master/doc/solver.md
"""

from __future__ import annotations

import pytest

from tests.support.world import FakeProvider, World, parse_dependency
from zephyr.solver.errors import GaveUp, NoSolution, SolverBug
from zephyr.solver.provider import Dependency, Need
from zephyr.solver.solution import Limits
from zephyr.solver.solver import solve


def test_no_conflicts() -> None:
    """#no-conflicts"""
    world = World()
    world.add("foo", "1.0.0", ["bar >=1.0.0,<2.0.0"])
    world.add("bar", "1.0.0")
    world.add("bar", "2.0.0")
    solution = world.solve("foo >=1.0.0,<2.0.0")
    assert world.named(solution) == {"foo": "1.0.0", "bar": "1.0.0"}
    assert (solution.effort.decisions, solution.effort.conflicts) == (2, 0)


def test_a_conflict_is_avoided_during_decision_making() -> None:
    """#avoiding-conflict-during-decision-making"""
    world = World()
    world.add("foo", "1.1.0", ["bar >=2.0.0,<3.0.0"])
    world.add("foo", "1.0.0")
    world.add("bar", "1.0.0")
    world.add("bar", "1.1.0")
    world.add("bar", "2.0.0")
    solution = world.solve("foo >=1.0.0,<2.0.0", "bar >=1.0.0,<2.0.0")
    assert world.named(solution) == {"foo": "1.0.0", "bar": "1.1.0"}
    assert solution.effort.decisions == 2


def test_conflict_resolution() -> None:
    """#performing-conflict-resolution"""
    world = World()
    world.add("foo", "2.0.0", ["bar >=1.0.0,<2.0.0"])
    world.add("foo", "1.0.0")
    world.add("bar", "1.0.0", ["foo >=1.0.0,<2.0.0"])
    solution = world.solve("foo >=1.0.0")
    assert world.named(solution) == {"foo": "1.0.0"}
    assert solution.effort.conflicts == 1


def test_conflict_resolution_with_a_partial_satisfier() -> None:
    """#conflict-resolution-with-a-partial-satisfier"""
    world = World()
    world.add("foo", "1.1.0", ["left >=1.0.0,<2.0.0", "right >=1.0.0,<2.0.0"])
    world.add("foo", "1.0.0")
    world.add("left", "1.0.0", ["shared >=1.0.0"])
    world.add("right", "1.0.0", ["shared <2.0.0"])
    world.add("shared", "2.0.0")
    world.add("shared", "1.0.0", ["target >=1.0.0,<2.0.0"])
    world.add("target", "2.0.0")
    world.add("target", "1.0.0")
    assert world.resolve("foo >=1.0.0,<2.0.0", "target >=2.0.0,<3.0.0") == {"foo": "1.0.0", "target": "2.0.0"}


def test_packages_may_depend_on_each_other_in_a_circle() -> None:
    world = World()
    world.add("a", "1", ["b"])
    world.add("b", "1", ["a"])
    assert world.resolve("a") == {"a": "1", "b": "1"}


def test_a_package_that_only_a_rejected_version_needed_is_not_selected() -> None:
    world = World()
    world.add("a", "2", ["helper", "b >=2"])
    world.add("a", "1", ["b"])
    world.add("b", "2", ["c >=2"])
    world.add("b", "1")
    world.add("c", "1")
    world.add("helper", "1")
    assert world.resolve("a") == {"a": "1", "b": "1"}


def test_without_requirements_nothing_is_selected() -> None:
    assert World().resolve() == {}


def test_edges_name_what_a_version_depends_on_in_its_order() -> None:
    world = World()
    world.add("a", "1", ["c", "b[x]", "c >=1"], extras={"x": []})
    world.add("b", "1", extras={"x": ["c"]})
    world.add("c", "1")
    edges = world.solve("a").edges
    assert edges == {"a": ("c", "b[x]"), "b[x]": ("c", "b"), "b": (), "c": ()}


class TestVersions:
    def test_the_newest_allowed_version_is_selected(self) -> None:
        world = World()
        for version in ("1", "2", "10"):
            world.add("a", version)

        assert world.resolve("a <10") == {"a": "2"}

    def test_the_oldest_is_selected_where_that_is_wanted(self) -> None:
        world = World()
        for version in ("1", "2", "3"):
            world.add("a", version)

        world.prefer("a", lowest=True)
        assert world.resolve("a >=2") == {"a": "2"}

    def test_the_first_preference_that_meets_what_is_allowed_wins(self) -> None:
        world = World()
        for version in ("1", "2", "3", "4"):
            world.add("a", version)

        world.prefer("a", "==4", "<=2")
        assert world.resolve("a <4") == {"a": "2"}

    def test_stable_versions_are_preferred_until_conflicts_have_excluded_every_one(self) -> None:
        world = World()
        world.add("a", "1", ["b <1"])
        world.add("a", "2", ["b <1"])
        world.add("a", "3", ["b"])
        world.add("b", "1")
        world.prefer("a", "<3")
        assert world.resolve("a", "b") == {"a": "3", "b": "1"}

    def test_restricted_versions_are_passed_over(self) -> None:
        world = World()
        world.add("a", "1")
        world.add("a", "2")
        world.restrict("a", ">=2", "requires Python >=3.12")
        assert world.resolve("a") == {"a": "1"}

    def test_unusable_versions_are_passed_over(self) -> None:
        world = World()
        world.add("a", "1")
        world.add("a", "2", unavailable="its metadata cannot be read")
        world.add("a", "3", unavailable="its metadata cannot be read")
        assert world.resolve("a") == {"a": "1"}

    def test_a_version_that_needs_another_version_of_itself_is_passed_over(self) -> None:
        world = World()
        world.add("a", "1", ["a"])
        world.add("a", "2", ["a <2"])
        assert world.resolve("a") == {"a": "1"}


class TestExtras:
    def test_an_extra_brings_its_base_in_the_same_version(self) -> None:
        world = World()
        world.add("a", "1", ["b"], extras={"x": ["c"]})
        world.add("a", "2", extras={"x": ["c >=2"]})
        world.add("b", "1")
        world.add("c", "1")
        assert world.resolve("a[x]") == {"a": "1", "a[x]": "1", "b": "1", "c": "1"}

    def test_a_conflict_between_extra_and_base_is_seen_without_trying_versions(self) -> None:
        world = World()
        for version in range(1, 50):
            world.add("a", str(version), extras={"x": []})

        provider = FakeProvider(world)
        search = solve(provider, [parse_dependency("a[x] >=30"), parse_dependency("a <30")])
        with pytest.raises(NoSolution):
            next(search)

        assert provider.considered == []

    def test_two_extras_agree_on_one_version(self) -> None:
        world = World()
        world.add("a", "1", extras={"x": [], "y": []})
        world.add("a", "2", extras={"x": ["b >=2"], "y": []})
        world.add("b", "1")
        assert world.resolve("a[y]", "a[x]") == {"a": "1", "a[x]": "1", "a[y]": "1"}


class TestNeeds:
    def test_all_universes_that_the_roots_need_are_asked_for_at_once(self) -> None:
        need = next(solve(Nothing(), [Dependency("a", ""), Dependency("b[x]", "")]))
        assert need == Need(universes=frozenset({"a", "b[x]", "b"}))

    def test_resuming_without_the_facts_is_a_bug_of_the_driver(self) -> None:
        search = solve(Nothing(), [Dependency("a", "")])
        next(search)
        with pytest.raises(SolverBug, match="without the versions of a"):
            next(search)

    def test_a_set_beyond_the_universe_is_a_bug_of_the_provider(self) -> None:
        class Careless(FakeProvider):
            def versions_matching(self, package: object, constraint: object) -> int:
                return 0b1100

        world = World()
        world.add("a", "1")
        with pytest.raises(SolverBug, match="not listed"):
            next(solve(Careless(world), [Dependency("a", "")]))

    def test_the_provider_hears_what_is_considered_and_how_many_were_tried(self) -> None:
        world = World()
        world.add("a", "1")
        world.add("a", "2", ["b >=2"])
        world.add("a", "3", ["b >=3"])
        world.add("b", "1")
        provider = FakeProvider(world)
        with pytest.raises(StopIteration):
            next(solve(provider, [parse_dependency("a")]))

        assert provider.considered == [("a", 0b1110, 0), ("a", 0b0110, 1), ("a", 0b0010, 2)]


class TestLimits:
    def test_the_search_gives_up_when_its_steps_are_spent(self) -> None:
        with pytest.raises(GaveUp) as caught:
            hard_world().resolve("a", "b", limits=Limits(steps=10))

        assert caught.value.steps == 10
        assert caught.value.conflicts
        assert caught.value.hint is not None

    def test_a_pause_is_an_empty_need(self) -> None:
        world = hard_world()
        search = solve(
            FakeProvider(world), [parse_dependency("a"), parse_dependency("b")], limits=Limits(pause=5)
        )
        pauses = list(search)
        assert len(pauses) > 2
        assert set(pauses) == {Need()}


class Nothing(FakeProvider):
    """Knows no fact at all."""

    def __init__(self) -> None:
        super().__init__(World())

    def universe(self, package: object) -> None:
        return None


def hard_world() -> World:
    """A walk down twenty versions, each of which must be rejected."""
    world = World()
    for version in range(1, 21):
        world.add("a", str(version), [f"c =={version}"])
        world.add("c", str(version), ["b >=2"] if version > 1 else [])

    world.add("b", "1")
    return world
