"""Wheels are unpacked while others are on their way."""

from __future__ import annotations

import threading
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from zephyr_workers.unpack import unpack_wheel

if TYPE_CHECKING:
    import pytest

    from tests.support.command_line import CommandLine
    from tests.support.http_server import Reply, Request
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel


def test_a_wheel_is_unpacked_while_another_is_downloaded(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.index.serve("early", "1.0")
    cli.index.serve("late", "1.0")
    answer = cli.index._answer  # pyright: ignore[reportPrivateUsage]
    unpacked = threading.Event()
    waited: list[bool] = []

    def later(request: Request) -> Reply:
        if fnmatch(request.path, "*/late-1.0-*.whl"):
            waited.append(unpacked.wait(timeout=30))

        return answer(request)

    def noted(path: str, filename: str, cache: Cache, sha256: str) -> UnpackedWheel:
        wheel = unpack_wheel(path, filename, cache, sha256)

        if filename.startswith("early-"):
            unpacked.set()

        return wheel

    monkeypatch.setattr(cli.index, "_answer", later)
    monkeypatch.setattr("zephyr_workers.unpack.unpack_wheel", noted)

    assert cli("install", "--no-deps", "late", "early").code == 0
    assert waited == [True]
