"""A crew fetches every fact once, with few tasks, and what is needed before what is a guess."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest

from zephyr.metadata.crew import Crew

pytestmark = pytest.mark.anyio


async def test_each_fact_is_fetched_once_however_often_it_is_asked_for() -> None:
    fetched: list[int] = []

    async def fetch(fact: int) -> None:
        fetched.append(fact)

    async with anyio.create_task_group() as group:
        crew = Crew(group, fetch)
        crew.guess(1)
        crew.guess(1)
        await crew.complete([1, 2])
        await crew.complete([2, 1])
        crew.guess(2)

    assert sorted(fetched) == [1, 2]


async def test_guesses_are_fetched_when_nothing_is_needed() -> None:
    fetched: list[int] = []

    async def fetch(fact: int) -> None:
        fetched.append(fact)

    async with anyio.create_task_group() as group:
        crew = Crew(group, fetch)

        for guess in range(100):
            crew.guess(guess)

        await crew.complete([70, 200])

    assert set(fetched[:2]) == {70, 200}
    assert sorted(fetched) == [*range(100), 200]


async def test_no_more_than_fifty_facts_are_under_way() -> None:
    working = most = 0

    async def fetch(fact: int) -> None:
        nonlocal working, most
        working += 1
        most = max(most, working)
        await anyio.lowlevel.checkpoint()
        working -= 1

    async with anyio.create_task_group() as group:
        await Crew(group, fetch).complete(range(200))

    assert most == 50


async def test_what_a_fact_leads_to_is_fetched_while_others_are_under_way() -> None:
    slow, reached = anyio.Event(), anyio.Event()

    async def fetch(fact: int) -> None:
        if fact == 0:
            await slow.wait()
        elif fact < 10:
            crew.guess(fact + 1)
        else:
            reached.set()

    async with anyio.create_task_group() as group:
        crew = Crew(group, fetch)
        group.start_soon(crew.complete, [0, 1])

        with anyio.fail_after(30):
            await reached.wait()

        slow.set()


async def test_the_wait_is_over_with_the_last_of_the_facts_and_no_other() -> None:
    never = anyio.Event()

    async def fetch(fact: int) -> None:
        if fact == 0:
            await never.wait()

    async with anyio.create_task_group() as group:
        crew = Crew(group, fetch)
        crew.guess(0)

        with anyio.fail_after(30):
            await crew.complete([1, 2, 3])

        group.cancel_scope.cancel()
