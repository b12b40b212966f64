"""Every async test of the workers runs on both backends, and may not block the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from blockbuster import blockbuster_ctx

if TYPE_CHECKING:
    from collections.abc import Iterator

BACKENDS: tuple[tuple[str, dict[str, bool]], ...] = (("asyncio", {"debug": True}), ("trio", {}))


@pytest.fixture(params=[pytest.param(backend, id=backend[0]) for backend in BACKENDS])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(autouse=True)
def loop_is_never_blocked() -> Iterator[None]:
    with blockbuster_ctx("zephyr_workers"):
        yield
