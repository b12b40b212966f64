"""An environment that another process changes while versions are chosen for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from zephyr.pipeline import acquire, overtaken
from zephyr.pipeline.overtaken import EnvironmentOvertaken

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Calls to make, one each time that versions are chosen for what was found installed."""
    calls: list[Any] = []
    genuine = acquire.acquire

    def acquire_slowly(*arguments: Any) -> Any:
        if calls:
            calls.pop(0)()

        return genuine(*arguments)

    monkeypatch.setattr(acquire, "acquire", acquire_slowly)

    return calls


def test_versions_are_chosen_again(cli: CommandLine, meanwhile: list[Any]) -> None:
    cli.index.serve("shared", "1.0")
    cli.index.serve("shared", "2.0")
    cli.index.serve("careful", "1.0", requires=["shared<2"])
    cli.index.serve("relaxed", "1.0", requires=["shared"])
    meanwhile += [lambda: cli("install", "careful")]

    assert cli("install", "relaxed").code == 0
    assert cli.installed == {"careful": "1.0", "relaxed": "1.0", "shared": "1.0"}
    assert cli("check").code == 0


def test_what_another_process_has_installed_meanwhile_is_enough(
    cli: CommandLine, meanwhile: list[Any]
) -> None:
    cli.index.serve("demo", "1.0")
    meanwhile += [lambda: cli("install", "demo")]

    assert "Nothing to do" in cli("install", "demo").err


def test_being_overtaken_has_an_end(
    cli: CommandLine, meanwhile: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overtaken, "MOST_OVERTAKEN", 2)
    cli.index.serve("demo", "1.0")
    cli.index.serve("other", "1.0")
    turns = [lambda: cli("install", "other"), lambda: None, lambda: cli("uninstall", "-y", "other")]
    meanwhile += turns

    failure = cli("install", "demo")
    assert failure.code == 1
    assert f"error[{EnvironmentOvertaken.id}]" in failure.err
    assert cli.installed == {}
