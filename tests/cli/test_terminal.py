"""On a terminal there is a live display; it goes without a trace."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.command_line import CommandLine

pty = pytest.importorskip("pty")

HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


class Terminal:
    """A command whose standard error is a terminal."""

    def __init__(self, cli: CommandLine, *arguments: str, **environ: str) -> None:
        self._ours, theirs = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "zephyr", *arguments],
            cwd=cli.folder,
            env=cli.child_environ(**{"TERM": "xterm", "COLUMNS": "100", **environ}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)

    def read_until(self, text: str) -> None:
        """Read what is shown until ``text`` is, or nothing comes any more."""
        while text not in self.seen:
            try:
                piece = os.read(self._ours, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                piece = b""

            if not piece:
                return

            self.seen += piece.decode(errors="replace")

    def finish(self) -> tuple[int, bytes]:
        """Wait for the end; return the exit code and what was on standard output."""
        self.read_until("\x00 never")
        out, _ = self.process.communicate(timeout=30)

        return self.process.returncode, out

    def close(self) -> None:
        """Let nothing run on."""
        self.process.kill()
        self.process.communicate()
        os.close(self._ours)


@pytest.fixture
def terminals() -> Iterator[contextlib.ExitStack]:
    with contextlib.ExitStack() as stack:
        yield stack


def test_a_download_is_shown_while_it_lasts(cli: CommandLine, terminals: contextlib.ExitStack) -> None:
    cli.index.serve("demo", "1.0", files={"demo/__init__.py": os.urandom(20_000).hex()})
    cli.index.misbehave("*/demo-1.0-*.whl", stall=9_000, ranges="ignore")
    terminal = terminals.enter_context(contextlib.closing(Terminal(cli, "install", "demo")))

    terminal.read_until("demo 1.0")
    assert "Fetching 1 project " in terminal.seen
    terminal.process.send_signal(signal.SIGINT)

    assert terminal.finish() == (130, b"")
    assert "interrupted" in terminal.seen
    assert terminal.seen.rfind(SHOWN) > terminal.seen.rfind(HIDDEN)


def test_what_was_done_stays_on_the_terminal(cli: CommandLine, terminals: contextlib.ExitStack) -> None:
    cli.index.serve("demo", "1.0")
    terminal = terminals.enter_context(contextlib.closing(Terminal(cli, "install", "demo")))

    assert terminal.finish() == (0, b"Successfully installed demo-1.0\n")
    assert "\x1b[32m+\x1b[0m demo==1.0" in terminal.seen
    assert terminal.seen.rfind(SHOWN) >= terminal.seen.rfind(HIDDEN)


@pytest.mark.parametrize(
    ("arguments", "environ"), [(("--no-progress",), {}), ((), {"CI": "1"}), ((), {"TERM": "dumb"})]
)
def test_there_is_none_where_it_is_not_wanted(
    cli: CommandLine,
    terminals: contextlib.ExitStack,
    arguments: tuple[str, ...],
    environ: dict[str, str],
) -> None:
    cli.index.serve("demo", "1.0")
    terminal = terminals.enter_context(
        contextlib.closing(Terminal(cli, "install", *arguments, "demo", **environ))
    )

    assert terminal.finish()[0] == 0
    assert HIDDEN not in terminal.seen
    assert "demo==1.0" in terminal.seen
