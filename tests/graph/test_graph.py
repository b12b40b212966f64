"""The graph runs each key once, keeps its outcome, and raises failures as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.graph.support import Bench, Gate, node
from zephyr.graph.errors import GraphClosed, NodeCancelled, failure_path
from zephyr.graph.events import TaskFailed
from zephyr.graph.graph import TaskGraph
from zephyr.graph.node import Node, Resource

if TYPE_CHECKING:
    from zephyr.graph.work import Work

pytestmark = pytest.mark.anyio


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestOnce:
    async def test_many_askers_share_one_run(self, bench: Bench) -> None:
        answers: list[str] = []

        async def ask(graph: TaskGraph) -> None:
            answers.append(await graph.get(bench.value("a")))

        async with TaskGraph() as graph, anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(ask, graph)

        assert answers == ["a"] * 5
        assert bench.ran == ["a"]

    async def test_a_value_is_kept(self, bench: Bench) -> None:
        async with TaskGraph() as graph:
            assert await graph.get(bench.value("a", 1)) == 1
            assert await graph.get(bench.value("a", 2)) == 1
            assert graph.get_nowait(bench.value("a")) == 1

    async def test_a_failure_is_kept_and_raised_to_everybody(self, bench: Bench) -> None:
        error = ValueError("no")

        async with TaskGraph() as graph:
            for _ in range(2):
                with pytest.raises(ValueError, match="no") as caught:
                    await graph.get(bench.failing("a", error))

                assert caught.value is error

        assert bench.ran == ["a"]

    async def test_raising_a_kept_failure_again_does_not_grow_its_traceback(self, bench: Bench) -> None:
        lengths: list[int] = []

        async with TaskGraph() as graph:
            for _ in range(3):
                try:
                    await graph.get(bench.failing("a", ValueError("no")))
                except ValueError as error:
                    lengths.append(frames(error))

        assert lengths[1] == lengths[2]

    async def test_what_is_not_there_yet_would_block(self, bench: Bench) -> None:
        async with TaskGraph() as graph:
            with pytest.raises(anyio.WouldBlock):
                graph.get_nowait(bench.value("a"))

            graph.start(bench.value("a"))

            with pytest.raises(anyio.WouldBlock):
                graph.get_nowait(bench.value("a"))

    async def test_many_are_returned_in_the_order_asked_for(self, bench: Bench) -> None:
        a, b = bench.value("a"), bench.value("b")

        async with TaskGraph() as graph:
            assert await graph.get_all([b, a, b]) == ["b", "a", "b"]
            assert await graph.get_all([]) == []

        assert sorted(map(str, bench.ran)) == ["a", "b"]

    async def test_the_first_failure_of_many_does_not_wait_for_the_rest(self, bench: Bench) -> None:
        gate = Gate()

        async with TaskGraph() as graph:
            with pytest.raises(ValueError, match="no"):
                await graph.get_all([gate.node, bench.failing("a", ValueError("no"))])

        assert gate.cancelled == 1

    async def test_a_failure_known_already_lets_nothing_begin(self, bench: Bench) -> None:
        failed = bench.failing("a", ValueError("no"))

        async with TaskGraph(listener=bench.events.append) as graph:
            for wanted in ([failed], [bench.value("b"), failed]):
                with pytest.raises(ValueError, match="no"):
                    await graph.get_all(wanted)

        assert bench.told("b") == []


class TestDependencies:
    async def test_dependencies_come_first(self, bench: Bench) -> None:
        a = bench.value("a")
        c = bench.value("c", None, bench.value("b", None, a), a)

        async with TaskGraph() as graph:
            await graph.get(c)

        assert bench.ran == ["a", "b", "c"]

    async def test_their_values_are_read_with_get(self, bench: Bench) -> None:
        a = bench.value("a", 20)

        async def double(work: Work) -> int:
            return 2 * int(await work.get(a))

        async with TaskGraph() as graph:
            assert await graph.get(node("b", double, a)) == 40

    async def test_a_failed_dependency_fails_the_node_without_running_it(self, bench: Bench) -> None:
        b = bench.value("b", None, bench.failing("a", ValueError("no")))

        async with TaskGraph() as graph:
            with pytest.raises(ValueError, match="no"):
                await graph.get(b)

        assert bench.ran == ["a"]

    async def test_an_action_may_survive_a_failure(self, bench: Bench) -> None:
        a = bench.failing("a", ValueError("no"))

        async def fall_back(work: Any) -> str:
            try:
                return str(await work.get(a))
            except ValueError:
                return "plan b"

        async with TaskGraph(limits={Resource.NETWORK: 1}) as graph:
            assert await graph.get(node("b", fall_back)) == "plan b"


class TestFailures:
    async def test_a_failure_carries_the_path_that_led_to_it(self, bench: Bench) -> None:
        c = bench.asking("c", bench.value("b", None, bench.failing("a", ValueError("no"))))

        async with TaskGraph() as graph:
            with pytest.raises(ValueError, match="no") as caught:
                await graph.get(c)

        assert [step.key for step in failure_path(caught.value)] == ["c", "b", "a"]

    async def test_a_path_is_one_asker_after_the_other_not_all_of_them(self, bench: Bench) -> None:
        a = bench.failing("a", ValueError("no"))

        async with TaskGraph() as graph:
            for asker in ("b", "c"):
                with pytest.raises(ValueError, match="no") as caught:
                    await graph.get(bench.asking(asker, a))

                assert [step.key for step in failure_path(caught.value)] == ["b", "a"]

    async def test_an_error_that_refuses_attributes_is_raised_all_the_same(self, bench: Bench) -> None:
        class Stubborn(Exception):
            def __setattr__(self, name: str, value: object) -> None:
                raise AttributeError(name)

        async with TaskGraph() as graph:
            with pytest.raises(Stubborn) as caught:
                await graph.get(bench.failing("a", Stubborn()))

        assert failure_path(caught.value) == ()

    async def test_a_single_failure_leaves_its_groups(self, bench: Bench) -> None:
        error = ExceptionGroup("outer", [ExceptionGroup("inner", [ValueError("no")])])

        async with TaskGraph() as graph:
            with pytest.raises(ValueError, match="no"):
                await graph.get(bench.failing("a", error))

    async def test_several_failures_stay_together(self, bench: Bench) -> None:
        error = ExceptionGroup("both", [ValueError("no"), KeyError("none")])

        async with TaskGraph() as graph:
            with pytest.raises(ExceptionGroup) as caught:
                await graph.get(bench.failing("a", error))

        assert caught.value is error

    async def test_the_block_raises_what_its_body_raised(self, bench: Bench) -> None:
        gate = Gate()
        error = ValueError("no")

        async def body() -> None:
            async with TaskGraph() as graph:
                graph.start(gate.node)
                await gate.reached.wait()
                raise error

        with pytest.raises(ValueError, match="no") as caught:
            await body()

        assert caught.value is error
        assert gate.cancelled == 1

    async def test_even_if_that_is_a_group_of_one(self) -> None:
        error = ExceptionGroup("one", [ValueError("no")])

        with pytest.raises(ExceptionGroup) as caught:
            async with TaskGraph():
                raise error

        assert caught.value is error

    async def test_a_listener_that_raises_ends_the_graph_with_its_own_error(self) -> None:
        def listen(event: object) -> None:
            if type(event).__name__ == "TaskStarted":
                raise KeyError("bug")

        def explode(event: object) -> None:
            if type(event).__name__ == "TaskFinished":
                raise KeyError("bug")

        for listener in (listen, explode):
            with pytest.raises(KeyError, match="bug"):
                async with TaskGraph(listener=listener) as graph:
                    await graph.get(Bench().value("a"))


class TestSpeculation:
    async def test_a_failed_guess_disturbs_nobody(self, bench: Bench) -> None:
        async with TaskGraph(listener=bench.events.append) as graph:
            graph.start(bench.failing("guess", ValueError("no")))
            assert await graph.get(bench.value("a", None, bench.value("b"))) == "a"

        assert bench.ran[0] == "guess"
        (failed,) = [event for event in bench.events if isinstance(event, TaskFailed)]
        assert failed.speculative

    async def test_its_failure_is_raised_to_who_asks_later(self, bench: Bench) -> None:
        guess = bench.failing("guess", ValueError("no"))

        async with TaskGraph() as graph:
            graph.start(guess)
            await graph.get(bench.value("a", None, bench.value("b")))

            with pytest.raises(ValueError, match="no"):
                await graph.get(bench.asking("c", guess))

    async def test_leaving_the_block_waits_for_what_was_started(self, bench: Bench) -> None:
        async with TaskGraph() as graph:
            graph.start(bench.value("a"))

        assert graph.get_nowait(bench.value("a")) == "a"

    async def test_guesses_can_be_cancelled_together(self, bench: Bench) -> None:
        guess, needed = Gate("guess"), Gate("needed")

        async with TaskGraph() as graph:
            graph.start(bench.asking("above", guess.node))
            graph.start(guess.node)
            await guess.reached.wait()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(graph.get, needed.node)
                await needed.reached.wait()
                assert graph.cancel_speculative() == 2
                needed.opened.set()

        assert (guess.cancelled, needed.cancelled) == (1, 0)

    async def test_what_somebody_asked_for_is_no_guess(self, bench: Bench) -> None:
        below, above = Gate("below"), bench.asking("above", Gate("below").node)

        async with TaskGraph() as graph:
            graph.start(below.node)
            graph.start(above)
            await below.reached.wait()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(graph.get, above)
                await anyio.wait_all_tasks_blocked()
                assert graph.cancel_speculative() == 0
                below.opened.set()

        assert graph.get_nowait(above) == ["below"]

    async def test_wanted_nodes_overtake_guesses(self, bench: Bench) -> None:
        gate = Gate()

        async with TaskGraph(limits={Resource.NETWORK: 1}) as graph:
            graph.start(gate.node)
            await gate.reached.wait()
            graph.start(bench.value("guess"))
            graph.start(bench.value("promoted"))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(graph.get, bench.value("wanted"))
                tasks.start_soon(graph.get, bench.value("promoted"))
                await anyio.wait_all_tasks_blocked()
                gate.opened.set()

        assert bench.ran[-1] == "guess"
        assert sorted(map(str, bench.ran[:2])) == ["promoted", "wanted"]


class TestCancellation:
    async def test_a_cancelled_asker_leaves_the_node_to_the_others(self) -> None:
        gate = Gate()

        async with TaskGraph() as graph, anyio.create_task_group() as tasks:
            tasks.start_soon(graph.get, gate.node)
            await gate.reached.wait()

            with anyio.CancelScope() as scope:
                scope.cancel()
                await graph.get(gate.node)

            gate.opened.set()

        assert (gate.runs, gate.cancelled) == (1, 0)

    async def test_the_last_cancelled_asker_takes_the_node_with_it(self, bench: Bench) -> None:
        gate = Gate()

        async with TaskGraph() as graph:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(graph.get, bench.asking("above", gate.node))
                await gate.reached.wait()
                tasks.cancel_scope.cancel()

            await anyio.wait_all_tasks_blocked()
            assert gate.cancelled == 1
            assert graph.statistics().unfinished == 0

    async def test_but_not_if_it_was_started(self) -> None:
        gate = Gate()

        async with TaskGraph() as graph:
            graph.start(gate.node)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(graph.get, gate.node)
                await gate.reached.wait()
                tasks.cancel_scope.cancel()

            gate.opened.set()

        assert (gate.runs, gate.cancelled) == (1, 0)

    async def test_a_cancelled_node_runs_again_after_its_end(self, bench: Bench) -> None:
        order: list[str] = []
        cleaning, reached = anyio.Event(), anyio.Event()

        async def slow_to_stop(work: Any) -> None:
            reached.set()

            try:
                await anyio.sleep_forever()
            finally:
                with anyio.CancelScope(shield=True):
                    await cleaning.wait()

                order.append("cleaned")

        async def again(work: Any) -> str:
            order.append("again")
            return "second"

        answers: list[str] = []

        async with TaskGraph() as graph, anyio.create_task_group() as tasks:
            graph.start(node("a", slow_to_stop))
            await reached.wait()
            graph.cancel(node("a", slow_to_stop))

            async def ask() -> None:
                answers.append(await graph.get(node("a", again)))

            tasks.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            assert order == []
            cleaning.set()

        assert order == ["cleaned", "again"]
        assert answers == ["second"]

    async def test_who_waits_for_a_cancelled_node_is_told(self) -> None:
        gate = Gate()

        async def ask(graph: TaskGraph) -> None:
            with pytest.raises(NodeCancelled, match="gate was cancelled"):
                await graph.get(gate.node)

        async with TaskGraph() as graph, anyio.create_task_group() as tasks:
            tasks.start_soon(ask, graph)
            await gate.reached.wait()
            graph.cancel(gate.node)

    async def test_a_cancelled_node_that_fails_on_its_way_out_was_cancelled(self, bench: Bench) -> None:
        reached = anyio.Event()

        async def clumsy(work: Work) -> None:
            reached.set()

            try:
                await anyio.sleep_forever()
            finally:
                raise ValueError("while cleaning up")

        async with TaskGraph(listener=bench.events.append) as graph:
            graph.start(node("a", clumsy))
            await reached.wait()
            graph.cancel_speculative()

        assert bench.told("a") == ["queued a", "started a", "cancelled a"]

    async def test_what_is_forgotten_runs_again_when_it_is_asked_for_again(self, bench: Bench) -> None:
        async with TaskGraph(listener=bench.events.append) as graph:
            await graph.get(bench.value("a"))
            graph.forget(bench.value("a"))
            graph.forget(bench.value("unknown"))
            assert await graph.get(bench.value("a")) == "a"

        assert bench.told("a") == ["queued a", "started a", "finished a"] * 2

    async def test_cancelling_what_is_done_or_unknown_changes_nothing(self, bench: Bench) -> None:
        async with TaskGraph() as graph:
            graph.cancel(bench.value("a"))
            await graph.get(bench.value("a"))
            graph.cancel(bench.value("a"))
            assert graph.get_nowait(bench.value("a")) == "a"

    async def test_cancelling_the_block_leaves_nothing_running(self, bench: Bench) -> None:
        gates = [Gate(str(number)) for number in range(5)]

        graph = TaskGraph(limits={Resource.NETWORK: 2}, listener=bench.events.append)

        with anyio.CancelScope() as scope:
            async with graph:
                for gate in gates:
                    graph.start(gate.node)

                await anyio.wait_all_tasks_blocked()
                scope.cancel()

        assert sum(gate.cancelled for gate in gates) == 2
        assert graph.statistics().unfinished == 0
        assert graph.statistics().working[Resource.NETWORK] == 0
        assert sum("cancelled" in line for line in bench.told()) == 5


async def test_a_graph_is_only_open_inside_its_block(bench: Bench) -> None:
    graph = TaskGraph()

    with pytest.raises(GraphClosed):
        await graph.get(bench.value("a"))

    async with graph:
        pass

    with pytest.raises(GraphClosed):
        graph.start(bench.value("a"))


def test_a_node_shows_its_key() -> None:
    async def action(work: object) -> None: ...

    assert repr(Node(("page", "demo"), Resource.DISK, action)) == "Node(('page', 'demo'), DISK)"
    assert Node(("page", "demo"), Resource.DISK, action).label == "('page', 'demo')"
    assert Node("page", Resource.DISK, action).label == "page"


def frames(error: BaseException) -> int:
    count, trace = 0, error.__traceback__

    while trace is not None:
        count, trace = count + 1, trace.tb_next

    return count
