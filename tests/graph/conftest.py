"""Every graph test runs on both async backends, and may not block the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from blockbuster import blockbuster_ctx

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(
    params=[
        pytest.param(("asyncio", {"debug": True}), id="asyncio"),
        pytest.param("trio", id="trio"),
    ]
)
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(autouse=True)
def loop_is_never_blocked() -> Iterator[None]:
    with blockbuster_ctx("zephyr.graph"):
        yield
