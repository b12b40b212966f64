from __future__ import annotations

import threading

import anyio
import pytest

from zephyr_workers.thread_batches import ThreadBatches

pytestmark = pytest.mark.anyio


async def test_a_call_returns_its_value() -> None:
    assert await ThreadBatches().run(lambda: 7) == 7


async def test_a_failure_is_raised_to_who_asked_and_to_nobody_else() -> None:
    batches, values = ThreadBatches(), list[int]()

    async def fail() -> None:
        with pytest.raises(ZeroDivisionError):
            await batches.run(lambda: 1 // 0)

    async def succeed(number: int) -> None:
        values.append(await batches.run(lambda: number))

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(fail)
            group.start_soon(succeed, number)

    assert sorted(values) == list(range(20))


async def test_those_that_wait_go_together() -> None:
    batches, begun, visits = ThreadBatches(), threading.Event(), list[int]()
    go_on = threading.Event()

    def first() -> None:
        begun.set()
        go_on.wait(10)

    def other() -> None:
        visits.append(threading.get_ident())

    async with anyio.create_task_group() as group:
        group.start_soon(batches.run, first)
        await anyio.to_thread.run_sync(begun.wait, 10)

        for _ in range(10):
            group.start_soon(batches.run, other)

        await anyio.wait_all_tasks_blocked()
        assert visits == []
        go_on.set()

    assert len(visits) == 10
    assert len(set(visits)) == 1


async def test_one_that_is_cancelled_holds_nobody_up() -> None:
    batches, begun, go_on = ThreadBatches(), threading.Event(), threading.Event()
    called: list[str] = []

    def first() -> None:
        begun.set()
        go_on.wait(10)

    scope = anyio.CancelScope()

    async def cancelled() -> None:
        with scope:
            await batches.run(lambda: called.append("cancelled"))

    async def other() -> None:
        await batches.run(lambda: called.append("other"))

    async with anyio.create_task_group() as group:
        group.start_soon(batches.run, first)
        await anyio.to_thread.run_sync(begun.wait, 10)
        group.start_soon(cancelled)
        await anyio.wait_all_tasks_blocked()
        group.start_soon(other)
        await anyio.wait_all_tasks_blocked()
        scope.cancel()
        await anyio.wait_all_tasks_blocked()
        go_on.set()

    assert called == ["other"]


async def test_others_go_on_when_the_one_in_the_thread_is_cancelled() -> None:
    batches, begun, go_on = ThreadBatches(), threading.Event(), threading.Event()
    called: list[str] = []
    scope = anyio.CancelScope()

    def first() -> None:
        begun.set()
        go_on.wait(10)

    async def cancelled() -> None:
        with scope:
            await batches.run(first)

    async def other() -> None:
        await batches.run(lambda: called.append("other"))

    async with anyio.create_task_group() as group:
        group.start_soon(cancelled)
        await anyio.to_thread.run_sync(begun.wait, 10)
        group.start_soon(other)
        await anyio.wait_all_tasks_blocked()
        scope.cancel()
        go_on.set()

    assert called == ["other"]
