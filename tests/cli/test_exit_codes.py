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


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["no-such-command"], 1),
        (["list", "surplus"], 1),
        (["cache", "dir", "surplus"], 1),
        (["cache", "no-such-action"], 1),
        (["cache"], 1),
        (["cache", "remove"], 1),
        (["index", "versions"], 1),
        (["index", "versions", "one", "other"], 1),
        ([], 0),
        (["list", "--no-such-option"], 2),
        (["list", "--format", "nonsense"], 2),
        (["install", "--timeout"], 2),
    ],
)
def test_words_that_mean_nothing_fail_otherwise_than_options_as_with_pip(words: list[str], code: int) -> None:
    assert run(words) == code
