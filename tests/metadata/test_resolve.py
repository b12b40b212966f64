"""Whole resolves of small fake worlds through the real solver."""

from __future__ import annotations

import pytest

from tests.support.fake_port import FakePort, pins

pytestmark = pytest.mark.anyio


async def test_the_newest_version_and_what_it_depends_on_are_chosen() -> None:
    port = FakePort()
    port.serve("a", "1.0")
    port.serve("a", "1.1", ["b>=2,<3", "c; sys_platform == 'win32'"])
    port.serve("b", "2.5")
    port.serve("b", "3.0")

    resolution = await port.resolve("a")

    assert pins(resolution) == {"a": "1.1", "b": "2.5"}
    assert [(pin.requested, pin.dependencies) for pin in resolution.pins] == [(True, ("b",)), (False, ())]


async def test_a_conflict_is_solved_by_an_older_version() -> None:
    port = FakePort()
    port.serve("a", "2.0", ["c>=2"])
    port.serve("a", "1.0", ["c>=1"])
    port.serve("b", "1.0", ["c<2"])
    port.serve("c", "1.0")
    port.serve("c", "2.0")

    assert pins(await port.resolve("a", "b")) == {"a": "1.0", "b": "1.0", "c": "1.0"}
