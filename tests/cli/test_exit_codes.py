"""A command's exit code says how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import build_wheel
from zephyr.cli.app import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environment(tmp_path: Path) -> str:
    """An environment in which ``demo`` lacks what it needs."""
    path = build_wheel("demo", "1.0", requires=["missing"]).write(tmp_path)
    folder = str(tmp_path / "environment")
    assert run(["venv", "create", folder]) == 0
    assert run(["install", "--python", folder, "--no-deps", str(path)]) == 0

    return folder


def test_a_check_that_finds_something_fails(environment: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--python", environment]) == 1
    assert "requires missing" in capsys.readouterr().out


def test_a_check_that_finds_nothing_succeeds(environment: str) -> None:
    assert run(["uninstall", "-y", "--python", environment, "demo"]) == 0
    assert run(["check", "--python", environment]) == 0


def test_showing_only_what_is_not_installed_fails(environment: str) -> None:
    assert run(["show", "--python", environment, "absent"]) == 1
    assert run(["show", "--python", environment, "demo"]) == 0


def test_what_is_not_understood_is_told_apart() -> None:
    assert run(["no-such-command"]) == 2
    assert run(["install", "--no-such-option"]) == 2
