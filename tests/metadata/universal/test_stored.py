"""A universal resolve of what is stored already: the same answer, and nobody to wait for."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.metadata.universal.test_resolve import releases, requirements, world
from tests.support.fake_port import FakePort, Store
from tests.support.universal import asked_universally, markers
from zephyr.errors import ZephyrError
from zephyr.metadata.universal.resolve import resolve_universal, resolve_universal_stored


def served() -> FakePort:
    port = FakePort()
    port.serve("a", "1.0", ["b; sys_platform == 'win32'"])
    port.serve("b", "1.0")

    return port


def test_what_is_stored_is_enough() -> None:
    resolution = resolve_universal_stored(asked_universally("a"), Store(served()))

    assert resolution is not None
    assert markers(resolution) == {"a 1.0": None, "b 1.0": "sys_platform == 'win32'"}


@pytest.mark.parametrize("missing", ["a", "b", "b-1.0-py3-none-any.whl"])
def test_one_missing_fact_is_no_answer(missing: str) -> None:
    assert resolve_universal_stored(asked_universally("a"), Store(served(), missing)) is None


@pytest.mark.anyio
async def test_what_is_stored_is_not_asked_for() -> None:
    port = served()
    resolution = await resolve_universal(asked_universally("a"), port, stored=Store(port, "b"))

    assert len(resolution.pins) == 2
    assert (port.listings, port.documents) == (["b"], [])


@pytest.mark.anyio
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(releases, st.lists(requirements, min_size=1, max_size=3))
async def test_the_answer_or_the_failure_is_the_one_of_the_port(
    versions: dict[str, list[list[str]]], roots: list[str]
) -> None:
    port, request = world(versions), asked_universally(*roots)

    try:
        expected: object = await resolve_universal(request, port)
    except ZephyrError as error:
        expected = error.message, error.details

    try:
        found: object = resolve_universal_stored(request, Store(port))
    except ZephyrError as error:
        found = error.message, error.details

    assert found == expected
