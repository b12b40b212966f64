"""Every async test of the workers runs on both backends, and may not block the loop."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from blockbuster import blockbuster_ctx

from tests.workers.build_support import Workshop, make_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from zephyr.model.interpreter import Interpreter

# Imported where it is used, which blocks: in a test that would be inside the loop.
importlib.import_module("httpx")

BACKENDS: tuple[tuple[str, dict[str, bool]], ...] = (("asyncio", {"debug": True}), ("trio", {}))


@pytest.fixture(params=[pytest.param(backend, id=backend[0]) for backend in BACKENDS])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(autouse=True)
def loop_is_never_blocked() -> Iterator[None]:
    with blockbuster_ctx("zephyr_workers"):
        yield


@pytest.fixture(scope="module")
def bare_environment(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Interpreter]:
    return make_environment(tmp_path_factory.mktemp("python"))


@pytest.fixture
def workshop(tmp_path: Path, bare_environment: tuple[str, Interpreter]) -> Workshop:
    return Workshop.make(tmp_path, *bare_environment)
