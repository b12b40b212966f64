"""Commands that may be answered from their memos, in this process, and whether they were.

    memory = Memory(cli, monkeypatch)
    cli("sync")
    assert memory.answers("sync")
    assert memory.repeats("install", "demo")

Each file counts as settled, however new it is: the clock of the memos is a little ahead.
"""

from __future__ import annotations

import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

from tests.support import command_line
from zephyr.cli.app import run
from zephyr.cli.repetition import repeat
from zephyr.memo import answer, change, trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    import pytest

    from tests.support.command_line import CommandLine

AHEAD = 3.0
"""Seconds; more than any file system needs to tell one change from the next."""


class Left(BaseException):
    """Instead of leaving the process."""


class Memory:
    """Lets the commands of ``cli`` pass by their memos, as in a process of their own."""

    def __init__(self, cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cli = cli
        self.ahead = AHEAD
        self._has_answered = False
        self._has_repeated = False
        self._process = os.getpid()
        self._exit = os._exit
        clock = SimpleNamespace(time=lambda: self.now, time_ns=lambda: int(self.now * 1e9))
        monkeypatch.setattr(trace, "time", clock)
        monkeypatch.setattr(answer, "time", clock)
        monkeypatch.setattr(os, "_exit", self._leave)
        monkeypatch.setattr(answer, "print_bytes", _print)
        monkeypatch.setattr(change, "print_bytes", _print)
        monkeypatch.setattr(command_line, "run", self._answered)

    @property
    def now(self) -> float:
        """The time that memos are told."""
        return time.time() + self.ahead

    def answers(self, *words: str) -> bool:
        """Run a command and tell whether its memo has answered it."""
        self._has_answered = self._has_repeated = False
        self.cli(*words)

        return self._has_answered and not self._has_repeated

    def repeats(self, *words: str) -> bool:
        """Run a command and tell whether it only made again the change that its memo has kept."""
        self._has_repeated = False
        self.cli(*words)

        return self._has_repeated

    def learns(self, *words: str) -> bool:
        """Run a command until its memo answers it: what it learns of interpreters comes first."""
        return any(self.answers(*words) for _ in range(4))

    @property
    def files(self) -> list[Path]:
        """The memos that are there."""
        return [path for path in self.cli.cache.glob(f"{answer.BUCKET}/*/*") if path.is_file()]

    def _answered(self, words: Sequence[str]) -> int:
        try:
            return answer.answered(list(words), run, self._repeat)
        except Left:
            return 0

    def _repeat(
        self, words: list[str], change: tuple[Any, ...], is_as_before: Callable[[str], bool]
    ) -> int | None:
        code = repeat(words, change, is_as_before)
        self._has_repeated = code == 0

        return code

    def _leave(self, code: int) -> None:
        if os.getpid() != self._process:
            self._exit(code)  # a process that helps out leaves for good

        assert code == 0
        self._has_answered = True
        raise Left


def _print(descriptor: int, data: bytes) -> None:
    {1: sys.stdout, 2: sys.stderr}[descriptor].write(data.decode())
