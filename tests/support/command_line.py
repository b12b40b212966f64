"""The command line as a user meets it: a project folder with an environment, a cache, an index, and a prompt.

    cli = CommandLine(tmp_path, fake_index, monkeypatch)
    cli.index.serve("demo", "1.0")
    assert cli("install", "demo") == said('''
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    ''')

Commands run in this process (`CommandLine.start` makes a real child). What differs between runs is
masked: [TIME], [SIZE], [HASH], [PORT], [PYTHON]..., [DIR] for the project, [TMP] for what is around it.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zephyr.cli import signals
from zephyr.cli.app import run
from zephyr.environments.creation import create_environment
from zephyr.environments.facts import query_interpreter
from zephyr.environments.installed import read_installed
from zephyr_cache import Cache

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    import pytest

    from tests.support.fake_index import FakeIndex
    from zephyr.model.environment import Environment
    from zephyr.model.interpreter import Interpreter

_MASKS = (
    (re.compile(r"(?<![\w.])\d+(\.\d+)? (ms|s)\b"), "[TIME]"),
    (re.compile(r"(?<![\w.])\d+(\.\d+)? (B|kB|MB|GB)\b"), "[SIZE]"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "[HASH]"),
    (re.compile(r"\(cp\d+, \w+\)"), "([PLATFORM])"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"), "[DATE]"),
    (re.compile(r"-{20,}"), "[LINE]"),
    (re.compile(r"(?<=127\.0\.0\.1:)\d+"), "[PORT]"),
)


_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_SOURCES = (_ROOT, f"{_ROOT}/workers", f"{_ROOT}/cache")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    def printing(self, *lines: str) -> Said:
        """Return the same with these lines on standard output too."""
        return replace(self, out=self.out + "".join(f"{line}\n" for line in lines))


def said(err: str = "", *, out: str = "", code: int = 0) -> Said:
    """Return what a command is expected to say; the texts may be indented with the test's code."""
    return Said(code, _dedented(out), _dedented(err))


def failed(err: str, *, out: str = "", code: int = 1) -> Said:
    """Return how a command is expected to fail."""
    return said(err, out=out, code=code)


def _dedented(text: str) -> str:
    return textwrap.dedent(text.removeprefix("\n"))


class CommandLine:
    """See the module; calling it runs ``zephyr ARGUMENTS``."""

    def __init__(self, folder: Path, index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "project"
        self.cache = folder / "cache"
        self.index = index
        self._around = folder
        self._monkeypatch = monkeypatch
        self.folder.mkdir()
        monkeypatch.chdir(self.folder)
        monkeypatch.setenv("ZEPHYR_CACHE_DIR", str(self.cache))
        monkeypatch.setenv("ZEPHYR_INDEX_URL", index.url)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        self.environment = self.make_environment(".venv")

    def make_environment(self, name: str) -> Environment:
        """Make an environment in the project folder, with the facts of its interpreter known."""
        with Cache.open(str(self.cache)) as cache:
            return create_environment(str(self.folder / name), this_interpreter(), store=cache)

    def __call__(self, *arguments: str, stdin: str | None = None, raw: bool = False) -> Said:
        """Run a command; ``stdin`` is what is typed at a terminal, None for no terminal."""
        out, err = io.StringIO(), io.StringIO()

        with _restored_signals(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self._monkeypatch.setattr(sys, "stdin", _Terminal(stdin) if stdin is not None else io.StringIO())
            code = run(arguments)

        if raw:
            return Said(code, out.getvalue(), err.getvalue())

        return Said(code, self.masked(out.getvalue()), self.masked(err.getvalue()))

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Run a command in a process of its own; the caller waits for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "zephyr", *arguments],
            cwd=self.folder,
            env=self.child_environ(**environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def child_environ(self, **environ: str) -> dict[str, str]:
        """Return the environment variables of a child process, which runs the sources beside these tests."""
        return {**os.environ, "PYTHONPATH": os.pathsep.join(_SOURCES), **environ}

    def finish(self, child: subprocess.Popen[str], timeout: float = 30) -> Said:
        """Wait for a child process and return what it said."""
        out, err = child.communicate(timeout=timeout)

        return Said(child.returncode, self.masked(out), self.masked(err))

    def python(self, program: str) -> str:
        """Run a program with the environment's interpreter and return what it prints."""
        command = [self.environment.interpreter.executable, "-c", program]

        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    def configure(self, **environ: str) -> None:
        """Set environment variables for the commands that follow."""
        for name, value in environ.items():
            self._monkeypatch.setenv(name, value)

    def only_pythons(self, folder: str) -> None:
        """Let interpreters be found in ``folder`` only."""
        self.configure(PATH=folder, PYENV_ROOT=str(self.folder / "no-pyenv"))

    def write(self, name: str, text: str) -> str:
        """Write a file of the project and return its name."""
        (self.folder / name).write_text(textwrap.dedent(text), encoding="utf-8")

        return name

    @property
    def site(self) -> str:
        """The environment's site-packages."""
        return self.environment.scheme.purelib

    @property
    def installed(self) -> Mapping[str, str]:
        """What is in the environment: name to version."""
        return installed_in(self.environment)

    def masked(self, text: str) -> str:
        """Return ``text`` without what differs from run to run."""
        interpreter = this_interpreter()

        for found, mask in (
            (self.site, "[SITE]"),
            (str(self.folder), "[DIR]"),
            (str(self._around), "[TMP]"),
            (os.environ["HOME"], "[HOME]"),
            (interpreter.base_executable, "[EXECUTABLE]"),
            (interpreter.version, "[PYTHON]"),
        ):
            text = text.replace(found, mask)

        for pattern, mask in _MASKS:
            text = pattern.sub(mask, text)

        return text


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def installed_in(environment: Environment) -> Mapping[str, str]:
    """Return what is in ``environment``: name to version."""
    found = read_installed((environment.scheme.purelib, environment.scheme.platlib))

    return {distribution.name: str(distribution.version) for distribution in found.distributions}


@functools.cache
def this_interpreter() -> Interpreter:
    """The facts of the interpreter that runs the tests, asked once."""
    return query_interpreter(os.path.realpath(sys.executable), dict(os.environ))


@contextlib.contextmanager
def _restored_signals() -> Generator[None]:
    """A command owns its process, and sets what signals do."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.getsignal(getattr(signal, name)) for name in names}

    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)

        signals._received.clear()  # pyright: ignore[reportPrivateUsage]
