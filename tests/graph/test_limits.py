"""Limits hold while nodes work, and cannot deadlock while they wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.graph.support import Bench, Gate, node
from zephyr.graph.graph import TaskGraph
from zephyr.graph.limits import default_limits
from zephyr.graph.node import Node, Resource

if TYPE_CHECKING:
    from zephyr.graph.work import Work

pytestmark = pytest.mark.anyio


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_no_more_than_the_limit_work_at_a_time(bench: Bench) -> None:
    async with TaskGraph({Resource.NETWORK: 3}) as graph:
        await graph.get_all([bench.value(str(number)) for number in range(20)])

    assert bench.most_working == 3


async def test_each_resource_has_its_own_limit(bench: Bench) -> None:
    network, disk = Gate("network"), Gate("disk", Resource.DISK)

    async with TaskGraph(dict.fromkeys(Resource, 1)) as graph:
        graph.start(network.node)
        graph.start(disk.node)
        await network.reached.wait()
        await disk.reached.wait()
        assert graph.statistics().working[Resource.DISK] == 1
        network.opened.set()
        disk.opened.set()


@pytest.mark.parametrize("depth", [1, 5])
async def test_nested_builds_finish_at_a_limit_of_one(bench: Bench, depth: int) -> None:
    wanted = bench.asking("0", resource=Resource.BUILD)

    for number in range(1, depth + 1):
        wanted = bench.asking(str(number), wanted, wanted, resource=Resource.BUILD)

    async with TaskGraph({Resource.BUILD: 1}) as graph:
        await graph.get(wanted)

    assert len(bench.ran) == depth + 1


async def test_a_waiting_node_holds_no_slot_and_a_working_one_does(bench: Bench) -> None:
    gate = Gate()
    seen: list[int] = []

    async def above(work: Work) -> None:
        seen.append(graph.statistics().working[Resource.BUILD])
        await work.get(gate.node)
        seen.append(graph.statistics().working[Resource.BUILD])

    async with TaskGraph() as graph, anyio.create_task_group() as tasks:
        tasks.start_soon(graph.get, node("above", above, resource=Resource.BUILD))
        await gate.reached.wait()
        seen.append(graph.statistics().working[Resource.BUILD])
        gate.opened.set()

    assert seen == [1, 0, 1]


async def test_a_slot_can_be_kept_while_another_resource_works() -> None:
    gate = Gate("gate", Resource.NETWORK)
    seen: list[int] = []

    async def above(work: Work) -> None:
        await work.get(gate.node, keep_slot=True)

    async with TaskGraph() as graph, anyio.create_task_group() as tasks:
        tasks.start_soon(graph.get, node("above", above, resource=Resource.WHEEL))
        await gate.reached.wait()
        seen.append(graph.statistics().working[Resource.WHEEL])
        gate.opened.set()

    assert seen == [1]


async def test_a_node_that_goes_on_comes_before_those_that_begin(bench: Bench) -> None:
    below = Gate("below", Resource.BUILD)

    async def above(work: Work) -> None:
        await work.get(below.node)
        bench.ran.append("resumed")

    async with TaskGraph({Resource.BUILD: 1}) as graph, anyio.create_task_group() as tasks:
        tasks.start_soon(graph.get, node("above", above, resource=Resource.BUILD))
        await below.reached.wait()
        fresh = [bench.value(str(number), resource=Resource.BUILD) for number in range(3)]
        tasks.start_soon(graph.get_all, fresh)
        await anyio.wait_all_tasks_blocked()
        below.opened.set()

    # Those that waited already may get the slot before the one above asks again, but not all of them.
    assert bench.ran[-1] != "resumed"


async def test_of_what_waits_for_the_disk_the_largest_is_first(bench: Bench) -> None:
    first = Gate("first", Resource.DISK)

    async with TaskGraph({Resource.DISK: 1}) as graph, anyio.create_task_group() as tasks:
        tasks.start_soon(graph.get, first.node)
        await first.reached.wait()
        waiting = [bench.value(str(size), resource=Resource.DISK, size=size) for size in (1, 3, 2)]
        tasks.start_soon(graph.get_all, waiting)
        await anyio.wait_all_tasks_blocked()
        first.opened.set()

    assert bench.ran == ["3", "2", "1"]


async def test_an_action_may_wait_in_several_tasks_of_its_own(bench: Bench) -> None:
    answers: list[str] = []

    async def above(work: Work) -> None:
        async def ask(key: str) -> None:
            answers.append(await work.get(bench.value(key, resource=Resource.BUILD)))
            answers.append(await work.get(bench.value(key + "'", resource=Resource.BUILD)))

        async with anyio.create_task_group() as tasks:
            for key in "abc":
                tasks.start_soon(ask, key)

    async with TaskGraph({Resource.BUILD: 1}) as graph:
        await graph.get(node("above", above, resource=Resource.BUILD))
        assert graph.statistics().working[Resource.BUILD] == 0

    assert sorted(answers) == ["a", "a'", "b", "b'", "c", "c'"]
    assert bench.most_working == 1


async def test_several_tasks_of_an_action_take_one_slot_again(bench: Bench) -> None:
    first, holder = Gate("first"), Gate("holder", Resource.BUILD)
    go = anyio.Event()

    async def above(work: Work) -> None:
        async def late() -> None:
            await go.wait()
            await work.get(bench.value("second"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(work.get, first.node)
            tasks.start_soon(late)

        assert graph.statistics().working[Resource.BUILD] == 1

    async with TaskGraph({Resource.BUILD: 1}) as graph, anyio.create_task_group() as tasks:
        tasks.start_soon(graph.get, node("above", above, resource=Resource.BUILD))
        await first.reached.wait()
        tasks.start_soon(graph.get, holder.node)
        await holder.reached.wait()
        first.opened.set()
        await anyio.wait_all_tasks_blocked()
        go.set()
        await anyio.wait_all_tasks_blocked()
        holder.opened.set()


async def test_a_cancelled_waiter_does_not_keep_a_slot(bench: Bench) -> None:
    gate = Gate()

    async with TaskGraph({Resource.NETWORK: 1}) as graph:
        graph.start(gate.node)
        await gate.reached.wait()

        for _ in range(3):
            with anyio.move_on_after(0):
                await graph.get(bench.value("impatient"))

        gate.opened.set()
        assert await graph.get(bench.value("a")) == "a"
        assert graph.statistics().working[Resource.NETWORK] == 0


async def test_a_cancelled_node_gives_its_slot_to_the_next(bench: Bench) -> None:
    gate = Gate()

    async with TaskGraph({Resource.NETWORK: 1}) as graph:
        graph.start(gate.node)
        await gate.reached.wait()
        graph.cancel(gate.node)
        assert await graph.get(bench.value("a")) == "a"


async def test_an_action_cancelled_while_it_waits_gives_everything_back(bench: Bench) -> None:
    gate = Gate()
    above: Node[Any] = bench.asking("above", gate.node)

    async with TaskGraph({Resource.NETWORK: 1}) as graph:
        graph.start(above)
        await gate.reached.wait()
        graph.cancel(above)
        await anyio.wait_all_tasks_blocked()
        assert gate.cancelled == 1
        assert graph.statistics().working[Resource.NETWORK] == 0


def test_a_limit_is_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        TaskGraph({Resource.DISK: 0})


def test_every_resource_has_a_default() -> None:
    assert set(default_limits()) == set(Resource)
    assert min(default_limits().values()) >= 1
