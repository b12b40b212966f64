"""Whole reports, word for word."""

from __future__ import annotations

import pytest

from tests.support.world import World
from zephyr.solver.errors import NoSolution
from zephyr.solver.report import render


def report(world: World, *roots: str) -> str:
    with pytest.raises(NoSolution) as caught:
        world.resolve(*roots)

    return "\n".join(render(caught.value.proof))


def test_linear_error_reporting() -> None:
    """https://github.com/dart-lang/pub/blob/master/doc/solver.md#linear-error-reporting"""
    world = World()
    world.add("foo", "1.0.0", ["bar >=2.0.0,<3.0.0"])
    world.add("bar", "2.0.0", ["baz >=3.0.0,<4.0.0"])
    world.add("baz", "1.0.0")
    world.add("baz", "3.0.0")
    assert report(world, "foo >=1.0.0,<2.0.0", "baz >=1.0.0,<2.0.0") == (
        "Because you require foo>=1.0.0,<2.0.0 and you require baz>=1.0.0,<2.0.0 and foo 1.0.0 depends on "
        "bar>=2.0.0,<3.0.0 and bar 2.0.0 depends on baz>=3.0.0,<4.0.0, your requirements cannot be met."
    )


def test_branching_error_reporting() -> None:
    """https://github.com/dart-lang/pub/blob/master/doc/solver.md#branching-error-reporting"""
    world = World()
    world.add("foo", "1.0.0", ["a >=1.0.0,<2.0.0", "b >=1.0.0,<2.0.0"])
    world.add("foo", "1.1.0", ["x >=1.0.0,<2.0.0", "y >=1.0.0,<2.0.0"])
    world.add("a", "1.0.0", ["b >=2.0.0,<3.0.0"])
    world.add("x", "1.0.0", ["y >=2.0.0,<3.0.0"])
    for version in ("1.0.0", "2.0.0"):
        world.add("b", version)
        world.add("y", version)

    assert report(world, "foo >=1.0.0,<2.0.0") == (
        "Because x 1.0.0 depends on y>=2.0.0,<3.0.0 and foo==1.1.0 depends on y>=1.0.0,<2.0.0, "
        "x 1.0.0 and foo==1.1.0 cannot be used together.\n"
        "And because foo==1.1.0 depends on x>=1.0.0,<2.0.0, foo==1.1.0 cannot be used (1).\n"
        "Because a 1.0.0 depends on b>=2.0.0,<3.0.0 and foo==1.0.0 depends on b>=1.0.0,<2.0.0, "
        "a 1.0.0 and foo==1.0.0 cannot be used together.\n"
        "And because foo==1.1.0 cannot be used (1) and you require foo>=1.0.0,<2.0.0 and "
        "foo==1.0.0 depends on a>=1.0.0,<2.0.0, your requirements cannot be met."
    )


def test_a_package_of_which_there_is_nothing() -> None:
    assert report(World(), "nope") == (
        "Because you require nope (of which there is no version), your requirements cannot be met."
    )


def test_a_requirement_that_no_version_meets() -> None:
    world = World()
    world.add("a", "1")
    assert report(world, "a >=2") == (
        "Because you require a>=2 (which no version meets), your requirements cannot be met."
    )


def test_a_dependency_that_no_version_meets() -> None:
    world = World()
    world.add("a", "1", ["b >=2"])
    world.add("b", "1")
    assert report(world, "a") == (
        "Because you require a and a 1 depends on b>=2 (which no version meets), "
        "your requirements cannot be met."
    )


def test_the_first_restriction_that_emptied_a_set_is_blamed() -> None:
    world = World()
    for version in ("1", "2", "3"):
        world.add("a", version)

    world.restrict("a", ">=2", "requires Python >=3.12")
    world.restrict("a", ">=1", "no usable wheel")
    assert report(world, "a >=2") == (
        "Because you require a>=2 and a>=2 cannot be used (requires Python >=3.12), "
        "your requirements cannot be met."
    )


def test_restrictions_that_do_it_together_are_both_named() -> None:
    world = World()
    for version in ("1", "2", "3"):
        world.add("a", version)

    world.restrict("a", "==3", "yanked")
    world.restrict("a", "<=2", "no usable wheel")
    assert report(world, "a") == (
        "Because you require a and a==3 cannot be used (yanked) and a<3 cannot be used (no usable wheel), "
        "your requirements cannot be met."
    )


def test_unusable_versions_are_named_with_the_reason_once() -> None:
    world = World()
    for version in ("1", "2", "3"):
        world.add("a", version, unavailable="its metadata cannot be read")

    assert report(world, "a") == (
        "Because you require a and every version of a cannot be used (its metadata cannot be read), "
        "your requirements cannot be met."
    )


def test_an_excluded_version_between_dependents_goes_without_saying() -> None:
    world = World()
    for version in ("1", "2", "3"):
        world.add("a", version, ["b >=2"])

    world.restrict("a", "==2", "yanked")
    world.add("b", "1")
    world.add("b", "2")
    assert report(world, "a", "b <2") == (
        "Because you require a and you require b<2 and every version of a depends on b>=2, "
        "your requirements cannot be met."
    )


def test_an_excluded_version_that_would_have_done_is_named() -> None:
    world = World()
    world.add("a", "1", ["b >=2"])
    world.add("a", "2")
    world.restrict("a", "==2", "requires Python >=3.12")
    world.add("b", "1")
    world.add("b", "2")
    assert "a==2 cannot be used (requires Python >=3.12)" in report(world, "a", "b <2")


def test_a_walk_is_told_in_one_line() -> None:
    world = World()
    for version in range(1, 100):
        world.add("boto", f"1.{version}", [f"core ==1.{version}"])
        world.add("core", f"1.{version}", ["url >=2"])

    world.add("url", "1")
    world.add("url", "2")
    assert report(world, "boto", "url <2") == (
        "Because you require boto and you require url<2 and every version of boto depends on core and "
        "every version of core depends on url>=2, your requirements cannot be met."
    )


def test_an_extra_speaks_for_its_base() -> None:
    world = World()
    world.add("a", "1", extras={"x": ["c <2"]})
    world.add("a", "2", extras={"x": ["c >=2"]})
    world.add("c", "1")
    world.add("c", "2")
    assert report(world, "a[x]", "a <2", "c >=2") == (
        "Because you require a[x] and you require a<2 and you require c>=2 and a[x]==1 depends on c<2, "
        "your requirements cannot be met."
    )


def test_of_a_long_proof_the_facts_it_rests_on_are_listed() -> None:
    world = World()
    count = 150
    for number in range(count):
        world.add(f"p{number}", "1", [f"p{number + 1}"])

    world.add(f"p{count}", "1", ["end >=2"])
    world.add("end", "1")
    world.add("end", "2")
    lines = report(world, "p0", "end <2").splitlines()
    assert lines[:3] == [
        f"Taken together, these {count + 3} facts leave no solution:",
        "- you require p0",
        "- you require end<2",
    ]
    assert lines[3:] == [
        *(f"- p{number} 1 depends on p{number + 1}" for number in range(count)),
        f"- p{count} 1 depends on end>=2",
    ]
