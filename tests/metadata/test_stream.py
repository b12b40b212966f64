"""Streaming: facts may arrive in any order, guesses never change an answer, waits are few."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.support.fake_port import FakePort, pins
from zephyr.errors import ZephyrError
from zephyr.metadata.explain import ResolutionError

if TYPE_CHECKING:
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.artifact import Artifact, Listing

pytestmark = pytest.mark.anyio

NAMES = tuple("abcdef")
VERSIONS = ("1.0", "1.1", "2.0", "2.1rc1")
SPECIFIERS = ("", "", ">=1.1", "<2", "==1.0", "==2.0", "!=2.0", ">=2.1rc1")


def random_world(seed: int, order: int | None) -> FakePort:
    """Return a world that only ``seed`` determines, answered in an order that ``order`` determines."""
    chance = random.Random(seed)
    port = FakePort(order=order)

    def requirements() -> list[str]:
        count = chance.choice((0, 0, 0, 1, 1, 2))
        return [
            f"{name}{chance.choice(('', '', '[x]'))}{chance.choice(SPECIFIERS)}"
            for name in chance.sample(NAMES, count)
        ]

    for name in NAMES:
        for version in chance.sample(VERSIONS, chance.randint(1, len(VERSIONS))):
            port.serve(
                name,
                version,
                requirements(),
                extras={"x": requirements()},
                yanked=chance.choice((*[None] * 7, "")),
                requires_python=chance.choice((*[None] * 5, ">=3.8", ">=3.12")),
            )

    return port


async def answer(port: FakePort) -> object:
    """Return all of an answer, or all of a failure."""
    try:
        return await port.resolve("a", "b[x]", "c")
    except ResolutionError as failure:
        return failure.details, failure.hints


@pytest.mark.parametrize("seed", range(25))
async def test_the_answer_does_not_depend_on_the_order_of_arrival(seed: int) -> None:
    expected = await answer(random_world(seed, None))

    for order in range(6):
        assert await answer(random_world(seed, order)) == expected


async def test_the_worlds_of_the_property_have_answers_of_both_kinds() -> None:
    answers = [await answer(random_world(seed, None)) for seed in range(25)]
    failures = sum(isinstance(found, tuple) for found in answers)

    assert 8 <= failures <= 20


class Rounds(FakePort):
    """Counts how many times in a row something had to be waited for: answers come a round at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.rounds = 0
        self._waiting: list[anyio.Event] = []

    async def run(self, *requirements: str) -> dict[str, str]:
        found: dict[str, str] = {}

        async def resolve() -> None:
            found.update(pins(await self.resolve(*requirements)))
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(resolve)

            while True:
                await anyio.wait_all_tasks_blocked()
                self.rounds += 1
                waiting, self._waiting = self._waiting, []

                for event in waiting:
                    event.set()

        return found

    async def listing(self, name: NormalizedName, /) -> Listing:
        await self._turn()
        return await super().listing(name)

    async def metadata(self, artifact: Artifact, /) -> bytes:
        await self._turn()
        return await super().metadata(artifact)

    async def _turn(self) -> None:
        event = anyio.Event()
        self._waiting.append(event)
        await event.wait()


async def test_a_tree_takes_two_rounds_a_level_however_wide_it_is() -> None:
    port = Rounds()
    leaves = [f"leaf{number}" for number in range(20)]
    port.serve("root", "1.0", ["left", "right"])
    port.serve("left", "1.0", leaves[:10])
    port.serve("right", "1.0", leaves[10:])

    for leaf in leaves:
        port.serve(leaf, "1.0")

    assert len(await port.run("root")) == 23
    assert port.rounds == 6


async def test_a_walk_through_many_versions_is_fetched_in_batches() -> None:
    port = Rounds()

    for minor in range(200):
        port.serve("walker", f"1.{minor}", ["pinned>=2" if minor else "pinned"])

    port.serve("pinned", "1.0")

    assert await port.run("walker", "pinned<2") == {"pinned": "1.0", "walker": "1.0"}
    assert port.rounds < 30


async def test_one_request_at_a_time_is_enough_for_the_same_answer() -> None:
    limit = anyio.Semaphore(1)

    class Narrow(FakePort):
        async def listing(self, name: NormalizedName, /) -> Listing:
            async with limit:
                return await super().listing(name)

        async def metadata(self, artifact: Artifact, /) -> bytes:
            async with limit:
                return await super().metadata(artifact)

    port = Narrow()
    port.serve("a", "1.0", ["b", "c"])
    port.serve("b", "1.0", ["c"])
    port.serve("c", "1.0")

    assert pins(await port.resolve("a")) == {"a": "1.0", "b": "1.0", "c": "1.0"}


class Guessing(FakePort):
    """Has a guess go wrong, every time: the requirement that rules ``c`` 2.0 out arrives after its own."""

    def __init__(self) -> None:
        super().__init__()
        self.guessed = anyio.Event()
        self.serve("bound", "1.0", ["c<2"])
        self.serve("b", "1.0", ["c"])
        self.serve("c", "2.0", ["guess"])
        self.serve("c", "1.0")

    async def listing(self, name: NormalizedName, /) -> Listing:
        if name == "guess":
            self.guessed.set()

        return await super().listing(name)

    async def metadata(self, artifact: Artifact, /) -> bytes:
        if artifact.filename.startswith("bound"):
            await self.guessed.wait()

        return await super().metadata(artifact)


async def test_a_guess_that_fails_matters_only_where_it_is_needed() -> None:
    port = Guessing()
    port.fail("guess", ZephyrError("the index is down", id="index-unreachable"))

    assert pins(await port.resolve("bound", "b")) == {"b": "1.0", "bound": "1.0", "c": "1.0"}

    with pytest.raises(ZephyrError, match="the index is down"):
        await port.resolve("b")


async def test_however_many_facts_there_are_no_more_than_fifty_are_fetched_at_a_time() -> None:
    class Busy(FakePort):
        working = most = 0

        async def metadata(self, artifact: Artifact, /) -> bytes:
            self.working += 1
            self.most = max(self.most, self.working)
            await anyio.lowlevel.checkpoint()
            self.working -= 1
            return await super().metadata(artifact)

    port = Busy()
    names = [f"n{number:03}" for number in range(120)]

    for name in names:
        port.serve(name, "1.0")

    assert len((await port.resolve(*names)).pins) == 120
    assert 10 < port.most <= 50


async def test_what_is_still_under_way_is_cancelled_with_the_answer() -> None:
    class Slow(Guessing):
        cancelled = False

        async def listing(self, name: NormalizedName, /) -> Listing:
            found = await super().listing(name)

            if name == "guess":
                try:
                    await anyio.sleep_forever()
                except anyio.get_cancelled_exc_class():
                    self.cancelled = True
                    raise

            return found

    port = Slow()

    assert pins(await port.resolve("bound", "b"))["c"] == "1.0"
    assert port.cancelled


async def test_a_pinned_version_is_told_of_while_other_listings_are_on_their_way() -> None:
    told: list[str] = []
    heard = anyio.Event()

    class Waiting(FakePort):
        async def listing(self, name: NormalizedName, /) -> Listing:
            if name == "b":
                await heard.wait()

            return await super().listing(name)

    def tell(name: NormalizedName, version: Version, artifact: Artifact) -> None:
        told.append(f"{name} {version}")
        heard.set()

    port = Waiting()
    port.serve("a", "1.0")
    port.serve("a", "2.0")
    port.serve("b", "1.0")

    with anyio.fail_after(30):
        await port.resolve("a==1.0", "b", on_decided=tell)

    assert told[0] == "a 1.0"


async def test_a_bug_in_the_port_is_not_swallowed() -> None:
    class Broken(FakePort):
        async def listing(self, name: NormalizedName, /) -> Listing:
            raise RuntimeError("bug")

    with pytest.raises((RuntimeError, BaseExceptionGroup)) as failure:
        await Broken().resolve("a")

    assert "bug" in repr(failure.value)
