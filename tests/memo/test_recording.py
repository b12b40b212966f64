"""Memos are kept whole or not at all, and keeping them disturbs nobody."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import said
from zephyr.memo.answer import BUCKET

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine
    from tests.support.memos import Memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")

NOTHING = said("Nothing to do: 1 package checked\n").printing(
    "Requirement already satisfied: demo in [SITE] (1.0)"
)


@pytest.fixture
def installed(cli: CommandLine) -> CommandLine:
    """An environment that has demo."""
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    return cli


def test_a_memo_that_cannot_be_kept_is_not_missed(installed: CommandLine, memory: Memory) -> None:
    (installed.cache / BUCKET).write_text("")

    assert [installed("install", "demo") for _ in range(3)] == [NOTHING] * 3


def test_a_damaged_memo_is_replaced(installed: CommandLine, memory: Memory) -> None:
    assert memory.learns("install", "demo")

    for path in memory.files:
        path.write_bytes(path.read_bytes()[:-1])

    assert not memory.answers("install", "demo")
    assert memory.answers("install", "demo")


def test_one_command_has_one_memo(installed: CommandLine, memory: Memory) -> None:
    memory.learns("install", "demo")
    installed.configure(PIP_NO_INPUT="1")
    memory.learns("install", "demo")
    memory.learns("install", "demo")

    assert len(memory.files) == 2


def test_processes_at_once_say_the_same(installed: CommandLine) -> None:
    for _ in range(3):
        children = [installed.start("install", "demo") for _ in range(4)]

        assert [installed.finish(child, timeout=60) for child in children] == [NOTHING] * 4
