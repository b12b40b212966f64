"""Resolving without an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.metadata.test_stream import random_world
from tests.support.fake_port import FakePort, Store, asked, pins
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.resolve import resolve
from zephyr.metadata.stored import resolve_stored

if TYPE_CHECKING:
    from zephyr.metadata.request import ResolveRequest


def chain() -> FakePort:
    port = FakePort()
    port.serve("a", "1.0", ["b[x]"])
    port.serve("b", "1.0", extras={"x": ["c"]})
    port.serve("c", "1.0")

    return port


def test_what_is_stored_is_enough() -> None:
    resolution = resolve_stored(asked("a"), Store(chain()))

    assert resolution is not None
    assert pins(resolution) == {"a": "1.0", "b": "1.0", "c": "1.0"}


@pytest.mark.parametrize("missing", ["a", "c", "b-1.0-py3-none-any.whl"])
def test_one_missing_fact_is_no_answer(missing: str) -> None:
    assert resolve_stored(asked("a"), Store(chain(), missing)) is None


@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(25))
async def test_the_answer_is_the_one_of_the_stream(seed: int) -> None:
    port = random_world(seed, None)
    question = asked("a", "b[x]", "c")

    async def streamed() -> object:
        try:
            return await resolve(question, port)
        except ResolutionError as failure:
            return failure.details, failure.hints

    assert stored(question, port) == await streamed()


def stored(question: ResolveRequest, port: FakePort) -> object:
    try:
        return resolve_stored(question, Store(port))
    except ResolutionError as failure:
        return failure.details, failure.hints
