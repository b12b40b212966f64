"""A cache that another command cleans while versions are chosen costs some requests, and nothing else."""

from __future__ import annotations

import shutil
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from zephyr_workers.kept_listings import BUCKET

if TYPE_CHECKING:
    import pytest

    from tests.support.command_line import CommandLine
    from tests.support.http_server import Reply, Request


def test_what_is_gone_from_the_cache_is_asked_for_again(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("demo", "2.0", requires=["absent"])
    answer = cli.index._answer  # pyright: ignore[reportPrivateUsage]
    cleaned: list[str] = []

    def cleaning(request: Request) -> Reply:
        if fnmatch(request.path, "*/demo-2.0-*") and not cleaned:
            cleaned.append(request.path)
            shutil.rmtree(f"{cli.cache}/{BUCKET}")

        return answer(request)

    monkeypatch.setattr(cli.index, "_answer", cleaning)

    assert "demo-1.0" in cli("install", "--dry-run", "demo").out
    assert cleaned
    assert cli.index.count("/simple/demo/") == 2
