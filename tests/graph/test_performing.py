"""What is performed runs in its asker's own task, under the same limits, and is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from tests.graph.support import Bench, Gate, node
from zephyr.graph.errors import failure_path
from zephyr.graph.graph import TaskGraph
from zephyr.graph.node import Resource

if TYPE_CHECKING:
    from zephyr.graph.work import Work

pytestmark = pytest.mark.anyio


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_it_is_performed_each_time_it_is_asked_for(bench: Bench) -> None:
    async with TaskGraph(listener=bench.events.append) as graph:
        assert [await graph.perform(bench.value("a")) for _ in range(2)] == ["a", "a"]

    assert bench.ran == ["a", "a"]
    assert bench.told() == ["queued a", "started a", "finished a"] * 2


async def test_a_failure_is_raised_and_told_with_its_path(bench: Bench) -> None:
    failing = bench.failing("a", ValueError("no"))

    async with TaskGraph(listener=bench.events.append) as graph:
        with pytest.raises(ValueError, match="no") as caught:
            await graph.perform(failing)

    assert failure_path(caught.value) == (failing,)
    assert bench.told() == ["queued a", "started a", "failed a"]


async def test_the_limit_holds_for_those_who_perform(bench: Bench) -> None:
    async with TaskGraph({Resource.NETWORK: 3}) as graph, anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(graph.perform, bench.value(str(number)))

    assert bench.most_working == 3


async def test_of_two_who_perform_the_same_one_waits_for_the_other(bench: Bench) -> None:
    async with TaskGraph(listener=bench.events.append) as graph, anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(graph.perform, bench.value("a"))

    assert bench.most_working == 1
    assert bench.told() == ["queued a", "started a", "finished a"] * 3


async def test_who_waits_takes_over_from_one_that_is_cancelled(bench: Bench) -> None:
    gate = Gate()
    answers: list[str] = []

    async def second() -> None:
        answers.append(await graph.perform(gate.node))

    async with TaskGraph(listener=bench.events.append) as graph, anyio.create_task_group() as tasks:
        async with anyio.create_task_group() as cancelled:
            cancelled.start_soon(graph.perform, gate.node)
            await gate.reached.wait()
            tasks.start_soon(second)
            await anyio.wait_all_tasks_blocked()
            cancelled.cancel_scope.cancel()

        gate.opened.set()

    assert answers == ["gate"]
    assert bench.told() == [
        *("queued gate", "started gate", "cancelled gate"),
        *("queued gate", "started gate", "finished gate"),
    ]
    assert graph.statistics().working[Resource.NETWORK] == 0


async def test_an_action_gives_its_slot_back_while_it_performs(bench: Bench) -> None:
    async def above(work: Work) -> str:
        return await work.perform(bench.value("a", resource=Resource.BUILD))

    async with TaskGraph({Resource.BUILD: 1}) as graph:
        assert await graph.get(node("above", above, resource=Resource.BUILD)) == "a"


async def test_the_path_of_a_failure_goes_on_from_the_action_that_performs(bench: Bench) -> None:
    failing = bench.failing("a", ValueError("no"))

    async def above(work: Work) -> None:
        await work.perform(failing)

    asking = node("above", above)

    async with TaskGraph() as graph:
        with pytest.raises(ValueError, match="no") as caught:
            await graph.get(asking)

    assert failure_path(caught.value) == (asking, failing)
