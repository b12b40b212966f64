"""A node that would wait for itself is refused, with the chain; what only looks like a cycle is not."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from tests.graph.support import Bench, node
from zephyr.graph.errors import TaskCycle, failure_path
from zephyr.graph.graph import TaskGraph
from zephyr.graph.node import Node, Resource

pytestmark = pytest.mark.anyio

ONE_OF_EACH = dict.fromkeys(Resource, 1)


async def chain_of(wanted: Node[Any]) -> list[object]:
    """Run ``wanted`` and return the chain of the cycle that it fails with."""
    async with TaskGraph(ONE_OF_EACH) as graph:
        with pytest.raises(TaskCycle) as caught:
            await graph.get(wanted)

    return list(caught.value.chain)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_node_that_asks_for_itself(bench: Bench) -> None:
    assert await chain_of(bench.asking("a", bench.value("a"))) == ["a", "a"]


async def test_a_cycle_of_dependencies(bench: Bench) -> None:
    a = bench.value("a", None, bench.value("b", None, bench.value("a")))

    assert await chain_of(a) == ["b", "a", "b"]
    assert bench.ran == []


async def test_a_cycle_found_while_working(bench: Bench) -> None:
    a = bench.asking("a", bench.asking("b", bench.asking("c", bench.value("a"))))

    assert await chain_of(a) == ["c", "a", "b", "c"]


async def test_a_cycle_of_both_kinds_among_many(bench: Bench) -> None:
    a = bench.asking("a", bench.value("x"), bench.value("b", None, bench.value("y"), bench.asking("a")))

    assert await chain_of(a) == ["b", "a", "b"]


async def test_the_error_names_the_chain_and_carries_the_path(bench: Bench) -> None:
    a = bench.asking("a", bench.asking("b", bench.value("a"), label="building b"), label="building a")

    async with TaskGraph() as graph:
        with pytest.raises(TaskCycle, match="building b -> building a -> building b") as caught:
            await graph.get(a)

    assert [step.key for step in failure_path(caught.value)] == ["a", "b"]


async def test_two_askers_from_both_ends_meet_in_a_cycle(bench: Bench) -> None:
    """Whoever closes the cycle is refused, whichever that is."""
    failed: list[str] = []

    async def ask(graph: TaskGraph, wanted: Node[Any]) -> None:
        try:
            await graph.get(wanted)
        except TaskCycle:
            failed.append(str(wanted.key))

    async with TaskGraph() as graph, anyio.create_task_group() as tasks:
        tasks.start_soon(ask, graph, bench.asking("a", bench.value("b")))
        tasks.start_soon(ask, graph, bench.asking("b", bench.value("a")))

    assert sorted(failed) in ([], ["a", "b"])


async def test_a_diamond_is_no_cycle(bench: Bench) -> None:
    d = bench.value("d")
    a = bench.asking("a", bench.asking("b", d), bench.asking("c", d))

    async with TaskGraph(ONE_OF_EACH) as graph:
        assert await graph.get(a) == [["d"], ["d"]]

    assert sorted(map(str, bench.ran)) == ["a", "b", "c", "d"]


async def test_what_has_ended_cannot_close_a_cycle(bench: Bench) -> None:
    """``b`` asked for ``a`` and survived the refusal; asking ``b`` again is then fine."""

    async def tolerant(work: Any) -> str:
        try:
            await work.get(bench.value("a"))
        except TaskCycle:
            return "without a"

        return "with a"

    b = node("b", tolerant)

    async with TaskGraph(ONE_OF_EACH) as graph:
        assert await graph.get(bench.asking("a", b, b)) == ["without a"] * 2


async def test_deep_chains_do_not_recurse(bench: Bench) -> None:
    wanted = bench.value("0")

    for number in range(1, 1200):
        wanted = bench.value(str(number), None, wanted)

    async with TaskGraph() as graph:
        assert await graph.get(wanted) == "1199"
