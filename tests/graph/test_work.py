"""What an action can do while it runs, and what the graph tells of it."""

from __future__ import annotations

import threading
from itertools import count
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import pytest

from tests.graph.support import Bench, Gate, node
from zephyr.graph.events import (
    Notice,
    TaskCancelled,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskQueued,
    TaskStarted,
)
from zephyr.graph.graph import TaskGraph
from zephyr.graph.node import Resource

if TYPE_CHECKING:
    from zephyr.graph.work import Work

pytestmark = pytest.mark.anyio


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestEvents:
    async def test_a_node_is_queued_started_progressed_and_finished(self) -> None:
        events: list[object] = []
        clock = count(1.0)

        async def action(work: Work) -> None:
            work.progress(5, 10)
            work.notice("warning", "slow disk")

        async with TaskGraph(listener=events.append, clock=lambda: next(clock)) as graph:
            await graph.get(node("a", action, label="downloading a", size=10))

        said = ("a", "downloading a", Resource.NETWORK)
        assert events == [
            TaskQueued(*said, 1.0, 10),
            TaskStarted(*said, 2.0),
            TaskProgressed(*said, 3.0, 5, 10),
            Notice("warning", "slow disk", 4.0),
            TaskFinished(*said, 5.0),
        ]

    async def test_a_failure_is_told_with_its_error(self, bench: Bench) -> None:
        error = ValueError("no")

        async with TaskGraph(listener=bench.events.append) as graph:
            with pytest.raises(ValueError, match="no"):
                await graph.get(bench.failing("a", error))

        last = bench.events[-1]
        assert isinstance(last, TaskFailed)
        assert last.error is error
        assert not last.speculative

    async def test_what_never_began_is_told_as_cancelled(self, bench: Bench) -> None:
        gate = Gate()

        async with TaskGraph({Resource.NETWORK: 1}, listener=bench.events.append) as graph:
            graph.start(gate.node)
            await gate.reached.wait()
            graph.start(bench.value("a"))
            graph.cancel_speculative()

        assert bench.told("a") == ["queued a", "cancelled a"]
        assert isinstance(bench.events[-1], TaskCancelled)

    async def test_dependencies_are_told_before_those_that_need_them(self, bench: Bench) -> None:
        async with TaskGraph(listener=bench.events.append) as graph:
            await graph.get(bench.value("b", None, bench.value("a")))

        assert bench.told() == ["queued b", "queued a", "started a", "finished a", "started b", "finished b"]

    async def test_the_graph_itself_can_give_notice(self, bench: Bench) -> None:
        async with TaskGraph(listener=bench.events.append) as graph:
            graph.notice("info", "hello")

        assert bench.notices() == ["hello"]

    async def test_without_a_listener_nothing_is_told(self, bench: Bench) -> None:
        async def action(work: Work) -> str:
            work.progress(1)
            work.notice("info", "nobody hears")
            return "done"

        async with TaskGraph() as graph:
            assert await graph.get(node("a", action)) == "done"


class TestThreads:
    async def test_a_blocking_function_runs_in_a_thread(self) -> None:
        async def action(work: Work) -> tuple[int, int]:
            return await work.run_sync(lambda factor: (threading.get_ident(), 21 * factor), 2)

        async with TaskGraph() as graph:
            thread, answer = await graph.get(node("a", action, resource=Resource.DISK))

        assert answer == 42
        assert thread != threading.get_ident()

    async def test_its_failure_is_the_nodes(self) -> None:
        def fail() -> None:
            raise OSError("disk full")

        async def action(work: Work) -> None:
            await work.run_sync(fail)

        async with TaskGraph() as graph:
            with pytest.raises(OSError, match="disk full"):
                await graph.get(node("a", action))

    async def test_cancellation_waits_for_the_thread(self) -> None:
        running, release = anyio.Event(), threading.Event()
        log: list[str] = []

        def write() -> None:
            anyio.from_thread.run_sync(running.set)
            release.wait(5)
            log.append("written")

        async def action(work: Work) -> None:
            await work.run_sync(write)

        async with TaskGraph() as graph:
            graph.start(node("a", action))
            await running.wait()
            graph.cancel_speculative()
            await anyio.lowlevel.checkpoint()
            assert graph.statistics().unfinished == 1
            release.set()

        assert log == ["written"]

    async def test_a_long_function_can_notice_cancellation(self) -> None:
        running = anyio.Event()
        asked_to_stop = threading.Event()
        log: list[str] = []

        def write() -> None:
            anyio.from_thread.run_sync(running.set)
            asked_to_stop.wait(5)

            try:
                anyio.from_thread.check_cancelled()
            except BaseException:
                log.append("stopped")
                raise

        async def action(work: Work) -> None:
            await work.run_sync(write)

        async with TaskGraph() as graph:
            graph.start(node("a", action))
            await running.wait()
            graph.cancel_speculative()
            await anyio.lowlevel.checkpoint()
            asked_to_stop.set()

        assert log == ["stopped"]

    async def test_threads_are_limited_by_the_nodes_slots_alone(self) -> None:
        """More threads than anyio's own default limit of 40."""
        everybody = threading.Barrier(50, timeout=20)

        async def action(work: Work) -> None:
            await work.run_sync(everybody.wait)

        async with TaskGraph({Resource.DISK: 50}) as graph:
            await graph.get_all([node(str(number), action, resource=Resource.DISK) for number in range(50)])


class TestAsking:
    async def test_many_at_once(self, bench: Bench) -> None:
        async def action(work: Work) -> list[str]:
            return await work.get_all([bench.value("a"), bench.value("b")])

        async with TaskGraph({Resource.NETWORK: 2}) as graph:
            assert await graph.get(node("above", action)) == ["a", "b"]

        assert bench.most_working == 2

    async def test_what_is_known_is_had_without_giving_way(self, bench: Bench) -> None:
        a, next_in_line = bench.value("a"), bench.value("next")

        async def action(work: Work) -> Any:
            work.start(next_in_line)
            await anyio.wait_all_tasks_blocked()
            value = await work.get(a)
            assert bench.ran == ["a"]
            return value

        async with TaskGraph({Resource.NETWORK: 1}) as graph:
            await graph.get(a)
            assert await graph.get(node("above", action)) == "a"

        assert bench.ran == ["a", "next"]

    async def test_an_action_may_start_guesses(self, bench: Bench) -> None:
        async def action(work: Work) -> str:
            work.start(bench.value("guess"))
            return str(work.node.key)

        async with TaskGraph() as graph:
            assert await graph.get(node("above", action)) == "above"

        assert bench.ran == ["guess"]
