"""Wheels are laid out beside their environment while others are on their way; only the end changes it."""

from __future__ import annotations

import glob
import os
import threading
from contextlib import ExitStack
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

from tests.support.replies import missing
from zephyr.install.filesystem import FileSystem
from zephyr.install.lock import exclusive
from zephyr.pipeline.early_staging import EarlyStaging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.command_line import CommandLine
    from tests.support.http_server import Reply, Request
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.direct_url import Directs
    from zephyr_workers.wheel import UnpackedWheel


class Delivery:
    """The wheel of ``late`` comes when that of ``early`` has been staged, or at least been tried."""

    def __init__(self, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.staged: list[str] = []
        """What lay beside the environment when the last wheel was asked for."""
        self.never = False
        """Whether the last wheel is not there when it is asked for."""
        tried = threading.Event()
        answer = cli.index._answer  # pyright: ignore[reportPrivateUsage]
        stage = EarlyStaging.stage

        def noted(self: EarlyStaging, pin: Pin, wheel: UnpackedWheel, directs: Directs) -> None:
            stage(self, pin, wheel, directs)
            tried.set()

        def later(request: Request) -> Reply:
            is_late = fnmatch(request.path, "*/late-1.0-*.whl")

            if is_late:
                assert tried.wait(timeout=30)
                self.staged = glob.glob(f"{cli.environment.root}/.zephyr/transaction-*/staged/*/*/*.py")

            return missing() if self.never and is_late else answer(request)

        cli.index.serve("early", "1.0", files={"early.py": ""})
        cli.index.serve("late", "1.0", files={"late.py": ""})
        monkeypatch.setattr(EarlyStaging, "stage", noted)
        monkeypatch.setattr(cli.index, "_answer", later)


@pytest.fixture
def delivery(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Delivery]:
    yield Delivery(cli, monkeypatch)

    assert not glob.glob(f"{cli.environment.root}/.zephyr/transaction-*")


def test_a_wheel_is_staged_while_another_is_downloaded(cli: CommandLine, delivery: Delivery) -> None:
    assert cli("install", "--no-deps", "late", "early").code == 0
    assert [path.rpartition("/")[2] for path in delivery.staged] == ["early.py"]
    assert cli.installed == {"early": "1.0", "late": "1.0"}


def test_nothing_has_changed_when_the_last_wheel_never_comes(cli: CommandLine, delivery: Delivery) -> None:
    delivery.never = True

    assert cli("install", "--no-deps", "late", "early").code != 0
    assert delivery.staged
    assert cli.installed == {}


def test_an_environment_that_another_command_changes_is_left_alone_until_its_turn(
    cli: CommandLine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = exclusive(f"{cli.environment.root}/.zephyr/lock", FileSystem(), timeout=0)
    os.makedirs(f"{cli.environment.root}/.zephyr", exist_ok=True)

    with ExitStack() as other:
        other.enter_context(lock)

        # The other command ends when this one has got everything, and would change the environment.
        def end(*_: object) -> None:
            other.close()

        monkeypatch.setattr("zephyr.pipeline.apply.check_believed", end)

        assert cli("install", "--no-deps", "late", "early").code == 0

    assert delivery.staged == []
    assert cli.installed == {"early": "1.0", "late": "1.0"}


def test_what_was_staged_for_something_else_is_staged_anew(
    cli: CommandLine, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = EarlyStaging.stage

    def as_if_not_requested(self: EarlyStaging, pin: Pin, wheel: UnpackedWheel, directs: Directs) -> None:
        stage(self, replace(pin, requested=False), wheel, directs)

    monkeypatch.setattr(EarlyStaging, "stage", as_if_not_requested)

    assert cli("install", "--no-deps", "late", "early").code == 0
    assert delivery.staged
    assert glob.glob(f"{cli.site}/early-1.0.dist-info/REQUESTED")


def test_what_is_compiled_is_staged_when_it_is_compiled(cli: CommandLine, delivery: Delivery) -> None:
    assert cli("install", "--no-deps", "--compile", "late", "early").code == 0
    assert delivery.staged == []
    assert glob.glob(f"{cli.site}/__pycache__/early.*.pyc")


def test_a_dry_run_stages_nothing(cli: CommandLine, delivery: Delivery) -> None:
    assert cli("install", "--no-deps", "--dry-run", "late", "early").code == 0
    assert delivery.staged == []
