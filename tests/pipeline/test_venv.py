from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr.install import lock
from zephyr.install.errors import EnvironmentLocked
from zephyr.install.filesystem import FileSystem
from zephyr.install.lock import exclusive
from zephyr.pipeline.cache import CacheLocation
from zephyr.pipeline.venv import VenvRequest, create_venv

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.graph.events import Event


@pytest.mark.skipif(os.name == "nt", reason="a folder with an open file cannot be replaced there")
def test_an_environment_is_not_replaced_while_another_command_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Event] = []
    request = VenvRequest(str(tmp_path / "env"), cache=CacheLocation(str(tmp_path / "cache")), clear=True)
    made = create_venv(request, os.environ, heard.append).environment
    state, mark = tmp_path / "env" / ".zephyr", tmp_path / "env" / "mark"
    state.mkdir()
    mark.touch()
    monkeypatch.setattr(lock, "TIMEOUT", 0.0)

    with exclusive(str(state / "lock"), FileSystem(), timeout=1), pytest.raises(EnvironmentLocked):
        create_venv(request, os.environ, heard.append)

    assert mark.exists()
    assert create_venv(request, os.environ, heard.append).environment.root == made.root
    assert not mark.exists()
