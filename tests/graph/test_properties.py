"""Random graphs of random shape: once each, within limits, right results, and a clean stop at any step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zephyr.graph.events import TaskEvent
from zephyr.graph.graph import TaskGraph
from zephyr.graph.node import Node, Resource

if TYPE_CHECKING:
    from zephyr.graph.work import Work

BACKENDS = ["asyncio", "trio"]


@dataclass(frozen=True)
class Task:
    """One random task: what it depends on, what it asks for on the way, how long, and whether it fails."""

    resource: Resource
    before: frozenset[int]
    during: tuple[int, ...]
    steps: int
    fails: bool


@dataclass
class World:
    """Runs a random graph and watches it."""

    tasks: list[Task]
    limits: dict[Resource, int]
    working: Counter[Resource] = field(default_factory=Counter[Resource])
    ran: Counter[int] = field(default_factory=Counter[int])
    inside: int = 0
    ended: Counter[object] = field(default_factory=Counter[object])
    stop_at: int | None = None
    scope: anyio.CancelScope | None = None
    step: int = 0

    def node(self, number: int) -> Node[int]:
        task = self.tasks[number]
        before = tuple(self.node(other) for other in sorted(task.before))

        return Node(number, task.resource, lambda work: self.act(number, work), before)

    async def act(self, number: int, work: Work) -> int:
        task = self.tasks[number]
        self.ran[number] += 1
        self.inside += 1

        try:
            await self.busy(task)
            values = [await work.get(self.node(other)) for other in sorted(task.before)]

            for other in task.during:
                values.append(await work.get(self.node(other)))
                await self.busy(task)

            if task.fails:
                raise ValueError(number)

            return 1 + sum(values)
        finally:
            self.inside -= 1

    async def busy(self, task: Task) -> None:
        """Work for some steps, seen by the limit."""
        self.working[task.resource] += 1
        assert self.working[task.resource] <= self.limits[task.resource]

        try:
            for _ in range(task.steps):
                self.step += 1

                if self.step == self.stop_at and self.scope is not None:
                    self.scope.cancel()

                await anyio.lowlevel.checkpoint()
        finally:
            self.working[task.resource] -= 1

    def expected(self, wanted: int) -> int | None:
        """The value of a task, or None if it or something below it fails."""
        values: list[int | None] = []

        for task in self.tasks[: wanted + 1]:
            below = [values[other] for other in (*task.before, *task.during)]
            known = [value for value in below if value is not None]
            values.append(None if task.fails or len(known) < len(below) else 1 + sum(known))

        return values[wanted]

    def listen(self, event: Any) -> None:
        if isinstance(event, TaskEvent) and type(event).__name__ in {
            "TaskFinished",
            "TaskFailed",
            "TaskCancelled",
        }:
            self.ended[event.key] += 1

    def graph(self) -> TaskGraph:
        return TaskGraph(self.limits, listener=self.listen)

    def check_at_rest(self, graph: TaskGraph) -> None:
        assert self.inside == 0
        assert graph.statistics().unfinished == 0
        assert set(graph.statistics().working.values()) == {0}


@st.composite
def worlds(draw: st.DrawFn, *, failures: bool = True) -> World:
    """Tasks that need only earlier ones: acyclic by construction."""
    tasks: list[Task] = []

    for number in range(draw(st.integers(1, 9))):
        earlier = st.integers(0, max(number - 1, 0))
        most = 3 if number else 0
        tasks.append(
            Task(
                draw(st.sampled_from(list(Resource))),
                draw(st.frozensets(earlier, max_size=most)),
                tuple(draw(st.lists(earlier, max_size=most))),
                draw(st.integers(0, 3)),
                failures and draw(st.sampled_from([False] * 7 + [True])),
            )
        )

    return World(tasks, {resource: draw(st.integers(1, 3)) for resource in Resource})


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=100, deadline=None)
@given(world=worlds(), guesses=st.sets(st.integers(0, 8)))
def test_each_node_runs_once_within_limits_and_gives_the_right_value(
    backend: str, world: World, guesses: set[int]
) -> None:
    async def main() -> None:
        async def ask(number: int) -> None:
            expected = world.expected(number)

            try:
                assert await graph.get(world.node(number)) == expected
            except ValueError:
                assert expected is None

        async with world.graph() as graph:
            for number in guesses & set(range(len(world.tasks))):
                graph.start(world.node(number))

            async with anyio.create_task_group() as askers:
                for number in range(len(world.tasks)):
                    askers.start_soon(ask, number)

        world.check_at_rest(graph)

    anyio.run(main, backend=backend)
    assert max(world.ran.values(), default=0) <= 1
    assert set(world.ended.values()) == {1}


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=100, deadline=None)
@given(world=worlds(), guesses=st.sets(st.integers(0, 8)), stop_at=st.integers(1, 30))
def test_a_graph_cancelled_at_any_step_leaves_nothing_running(
    backend: str, world: World, guesses: set[int], stop_at: int
) -> None:
    world.stop_at = stop_at

    async def main() -> None:
        graph = world.graph()

        with anyio.CancelScope() as world.scope:
            async with graph:
                for number in guesses & set(range(len(world.tasks))):
                    graph.start(world.node(number))

                try:
                    await graph.get(world.node(len(world.tasks) - 1))
                except ValueError:
                    assert world.expected(len(world.tasks) - 1) is None

        world.check_at_rest(graph)

    anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
@settings(max_examples=100, deadline=None)
@given(world=worlds(failures=False), stop_at=st.integers(1, 30), patient=st.integers(0, 8))
def test_an_asker_cancelled_at_any_step_costs_the_others_nothing(
    backend: str, world: World, stop_at: int, patient: int
) -> None:
    world.stop_at = stop_at
    patient %= len(world.tasks)

    async def main() -> None:
        async def impatient() -> None:
            with anyio.CancelScope() as world.scope:
                await graph.get(world.node(len(world.tasks) - 1))

        async with world.graph() as graph:
            async with anyio.create_task_group() as askers:
                askers.start_soon(impatient)
                assert await graph.get(world.node(patient)) == world.expected(patient)

            # Whatever was cancelled with its asker can be had again.
            last = len(world.tasks) - 1
            assert await graph.get(world.node(last)) == world.expected(last)

        world.check_at_rest(graph)

    anyio.run(main, backend=backend)
