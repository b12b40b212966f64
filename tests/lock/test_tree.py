"""What needs what in a lock, from what the project asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.lock_documents import document, entry, environment, folder, repository
from zephyr.lock.group_closure import RequirementsUnknown
from zephyr.lock.tree import (
    DependencyGraph,
    PackageUnknown,
    branches,
    dependency_graph,
    positions_named,
    reachable,
)
from zephyr.model.universal import BASE, Activation, ActivationKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from packaging.pylock import Package, Pylock

DEV = Activation(ActivationKind.GROUP, "dev")
DOCS = Activation(ActivationKind.EXTRA, "docs")
PROJECT = folder("demo", ".")


def needs(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


def locked(*packages: Package, **requirements: Any) -> Pylock:
    """Return a lock that was made from requirements of ``project``, ``extra`` and ``group``."""
    return document(*packages, tool={"zephyr": {"requirements": requirements}})


def lines(graph: DependencyGraph, roots: Sequence[int] | None = None, depth: int | None = None) -> list[str]:
    """Return the trees as text: a level is indented by two, what is repeated ends in an asterisk."""
    found = branches(graph, graph.roots if roots is None else roots, depth)

    return [
        f"{'  ' * len(line.trunk)}{graph.packages[line.position].name}{'*' if line.is_repeated else ''}"
        for line in found
    ]


def tree(lock: Pylock, active: Collection[Activation] | None = None, markers: Any = None) -> list[str]:
    return lines(dependency_graph(lock, lock.packages, active, markers))


CHAIN = (entry("a", "1", needs=needs("b")), entry("b", "1", needs=needs("c")), entry("c", "1"))


def test_it_begins_with_what_the_project_asks_for() -> None:
    lock = locked(*CHAIN, entry("d", "1"), project=["b>=1", "a"], group={"dev": ["d"]})

    assert tree(lock) == ["a", "  b", "    c", "b*", "d"]


def test_the_project_comes_first_then_what_groups_ask_for() -> None:
    lock = locked(
        entry("a", "1", needs=needs("b")),
        entry("b", "1"),
        PROJECT,
        entry("z", "1"),
        project=["z"],
        extra={"docs": ["b"]},
        group={"dev": ["a"]},
    )

    assert tree(lock) == ["demo", "  b", "  z", "a", "  b"]


def test_where_the_project_is_no_entry_its_dependencies_come_before_those_of_extras_and_groups() -> None:
    lock = locked(
        entry("a", "1"),
        entry("b", "1"),
        entry("c", "1"),
        project=["c"],
        extra={"docs": ["b"]},
        group={"dev": ["a"]},
    )

    assert tree(lock) == ["c", "a", "b"]


def test_who_asks_for_an_entry_is_known() -> None:
    lock = locked(*CHAIN, project=["a"], extra={"docs": ["c"]}, group={"dev": ["c"]})
    graph = dependency_graph(lock, lock.packages)

    assert graph.required_by == ((BASE,), (), (DOCS, DEV))


def test_only_what_is_on_asks() -> None:
    lock = locked(*CHAIN, project=["a"], extra={"docs": ["c"]}, group={"dev": ["c"]})
    graph = dependency_graph(lock, lock.packages, {BASE, DEV})

    assert graph.required_by == ((BASE,), (), (DEV,))


def test_a_requirement_for_elsewhere_asks_for_nothing_here() -> None:
    lock = locked(*CHAIN, project=["a", "c; sys_platform == 'win32'"])

    assert tree(lock, {BASE}, environment()) == ["a", "  b", "    c"]
    assert tree(lock, {BASE}, environment(platform="win32")) == ["a", "  b", "    c", "c"]


def test_without_the_project_only_what_groups_need_is_left() -> None:
    lock = locked(*CHAIN, entry("d", "1"), PROJECT, project=["a", "d"], group={"dev": ["b"]})

    assert tree(lock, {DEV}) == ["b", "  c"]


def test_another_tools_lock_does_not_say_what_groups_need() -> None:
    lock = document(*CHAIN, created_by="another")

    with pytest.raises(RequirementsUnknown):
        dependency_graph(lock, lock.packages, {DEV})


def test_without_requirements_it_begins_with_what_nobody_needs() -> None:
    assert tree(document(*reversed(CHAIN), entry("d", "1"))) == ["a", "  b", "    c", "d"]


def test_a_place_without_a_name_is_asked_for_by_its_place() -> None:
    assert tree(locked(entry("a", "1"), folder("lib", "../lib"), project=["../lib"])) == ["lib", "a"]


def test_a_cycle_ends_where_it_closes() -> None:
    cycle = (entry("a", "1", needs=needs("b")), entry("b", "1", needs=needs("a", "b")))

    assert tree(document(*cycle)) == ["a", "  b", "    a*"]


def test_a_lock_of_nothing_is_no_tree() -> None:
    assert tree(document()) == []


def test_what_the_lock_has_not_is_left_out() -> None:
    assert tree(document(entry("a", "1", needs=needs("gone")))) == ["a"]


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ({"name": "n"}, ["n 1", "n 2", "n None"]),
        ({"name": "n", "version": "2"}, ["n 2"]),
        ({"name": "n", "version": "3"}, ["n 1", "n 2", "n None"]),
        ({"name": "n", "directory": {"path": "../n"}}, ["n None"]),
        ({"name": "n", "directory": "nonsense"}, ["n 1", "n 2", "n None"]),
        ({}, []),
    ],
)
def test_of_several_entries_of_a_name_the_one_told_is_needed(
    need: dict[str, Any], expected: list[str]
) -> None:
    lock = document(entry("a", "1", needs=[need]), entry("n", "1"), entry("n", "2"), folder("n", "../n"))
    graph = dependency_graph(lock, lock.packages)
    found = [graph.packages[position] for position in graph.edges[0]]

    assert [f"{package.name} {package.version}" for package in found] == expected


def test_only_so_many_levels_are_shown() -> None:
    graph = dependency_graph(document(*CHAIN), CHAIN)

    assert lines(graph, depth=0) == ["a"]
    assert lines(graph, depth=1) == ["a", "  b"]


def test_what_was_cut_off_is_shown_where_there_is_room() -> None:
    lock = locked(*CHAIN, project=["a", "b"])

    assert lines(dependency_graph(lock, lock.packages), depth=1) == ["a", "  b", "b", "  c"]


def test_inverted_it_leads_to_what_needs_an_entry() -> None:
    lock = locked(*CHAIN, PROJECT, repository("d", "1"), project=["a", "d"])
    graph = dependency_graph(lock, lock.packages).inverted()

    assert lines(graph) == ["c", "  b", "    a", "      demo", "d", "  demo"]
    assert lines(graph, positions_named(graph, lock, ["B"])) == ["b", "  a", "    demo"]


def test_an_unknown_package_is_refused_with_the_nearest() -> None:
    lock = document(*CHAIN, entry("requests", "1"))
    graph = dependency_graph(lock, CHAIN)

    for name, hint in (("requestz", "zephyr tree"), ("bb", "Is b meant?"), ("requests", "--universal")):
        with pytest.raises(PackageUnknown) as caught:
            positions_named(graph, lock, [name])

        assert hint in (caught.value.hint or "")


def test_a_deep_lock_is_no_problem() -> None:
    deep = [entry(f"p{number}", "1", needs=needs(f"p{number + 1}")) for number in range(1500)]
    graph = dependency_graph(document(*deep), deep)

    assert lines(graph, depth=2) == ["p0", "  p1", "    p2"]
    assert len(lines(graph)) == 1500


@st.composite
def graphs(draw: st.DrawFn) -> DependencyGraph:
    count = draw(st.integers(0, 7))
    names = [f"p{number}" for number in range(count)]
    packages = [
        entry(name, "1", needs=needs(*draw(st.lists(st.sampled_from(names), max_size=3)))) for name in names
    ]
    asked = draw(st.lists(st.sampled_from(names), max_size=3)) if names else []

    return dependency_graph(locked(*packages, project=asked), packages)


@given(graphs())
def test_every_entry_is_in_a_tree_and_shown_in_full_once(graph: DependencyGraph) -> None:
    for each in (graph, graph.inverted()):
        found = list(branches(each, each.roots))
        full = [line.position for line in found if not line.is_repeated and each.edges[line.position]]

        assert {line.position for line in found} == set(range(len(each.packages)))
        assert len(full) == len(set(full))
        assert len(found) <= len(each.roots) + sum(map(len, each.edges))


@given(graphs())
def test_inverting_twice_changes_no_edge(graph: DependencyGraph) -> None:
    assert graph.inverted().inverted().edges == graph.edges

    for position in range(len(graph.packages)):
        for target in reachable(graph.edges, (position,)):
            assert position in reachable(graph.inverted().edges, (target,))
