"""Every async test of the workers runs on both backends."""

from __future__ import annotations

from typing import Any

import pytest

BACKENDS: tuple[tuple[str, dict[str, bool]], ...] = (("asyncio", {"debug": True}), ("trio", {}))


@pytest.fixture(params=[pytest.param(backend, id=backend[0]) for backend in BACKENDS])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    return request.param
