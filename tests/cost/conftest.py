from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import CommandLine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fake_index import FakeIndex


@pytest.fixture
def cli(tmp_path: Path, fake_index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A project with an empty environment, and ``zephyr`` to be called."""
    return CommandLine(tmp_path, fake_index, monkeypatch)
