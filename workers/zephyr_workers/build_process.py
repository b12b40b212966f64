"""Runs one command of a build to its end, or ends it: when it is idle, slow, too large, or unwanted.

Blocking, for a thread; `Stop` ends it from another. On POSIX the command runs under
`zephyr_workers.build_launcher`, which ends with everything that was started.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr_workers.build_errors import BuildError, BuildTimedOut, BuildTooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_workers.build_log import BuildLog
    from zephyr_workers.build_settings import BuildLimits

_LAUNCHER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "build_launcher.py")
_LONGEST_STOP = 60.0
_AFTER_END = 2.0
"""Seconds for the last output to arrive once the command has ended."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program with its arguments, and the world it sees."""

    arguments: tuple[str, ...]
    folder: str
    variables: Mapping[str, str]
    writable: tuple[str, ...] | None
    """All that may be written to; None does not restrict."""
    scratch: str
    """The folder whose size is limited."""


class Stop:
    """Ends a running command from another thread, and tells when it has ended."""

    def __init__(self) -> None:
        self.requested = False
        self.woken = threading.Event()
        self._ended = threading.Event()
        self._begun = False
        self._beginning = threading.Lock()

    def begin(self) -> None:
        """Tell that something runs from here on. Raises `Stopped` when its end is asked for already."""
        with self._beginning:
            if self.requested:
                raise Stopped("The build was stopped before it began.")

            self._begun = True

    def request(self) -> None:
        """Ask for the end; what has not begun has ended, and will not begin."""
        with self._beginning:
            self.requested = True
            self.woken.set()

            if not self._begun:
                self._ended.set()

    def ended(self) -> None:
        """Tell that nothing runs any more."""
        self._ended.set()

    def wait(self) -> None:
        """Wait for the end; for a while only, should the system not let go of something."""
        self._ended.wait(_LONGEST_STOP)


class Stopped(BuildError):
    """The build was ended because nobody waits for it any more."""

    id = "build-stopped"


def run_command(command: Command, subject: str, log: BuildLog, limits: BuildLimits, stop: Stop) -> int:
    """Run ``command`` to its end; return its exit status, negative for the signal that ended it.

    What it writes goes to ``log``; ``subject`` names the build in messages.

    Raises:
        BuildTimedOut: it wrote nothing for ``limits.idle`` seconds, or ran for ``limits.total``.
        BuildTooLarge: its folder grew beyond ``limits.folder_size``.
        Stopped: ``stop`` was requested.
        OSError: it cannot be started.

    """
    running = _Running(command, log, stop.woken, limits)

    try:
        running.wait(subject, limits, stop)
    finally:
        running.end()

    return running.process.returncode


class _Running:
    """A command under way, with a thread that reads and one that waits for its end."""

    def __init__(self, command: Command, log: BuildLog, woken: threading.Event, limits: BuildLimits) -> None:
        self._command = command
        self._log = log
        self._woken = woken
        self._ended = False
        self._grace = limits.grace
        self.started = self.heard = time.monotonic()
        self.process = _start(command, limits)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._waiter = threading.Thread(target=self._wait, daemon=True)
        self._reader.start()
        self._waiter.start()

    def wait(self, subject: str, limits: BuildLimits, stop: Stop) -> None:
        """Return when the command has ended; raise when it must be."""
        looked = self.started

        while True:
            now = time.monotonic()
            ends = {self.heard + limits.idle, self.started + limits.total}

            if limits.folder_size is not None:
                ends.add(looked + limits.watch)

            self._woken.wait(max(0.0, min(ends) - now))
            now = time.monotonic()

            if self._ended:
                return

            if stop.requested:
                raise Stopped(f"The build of {subject} was stopped.")

            if now >= self.started + limits.total:
                raise timed_out(subject, f"took more than {limits.total:g} seconds")

            if now >= self.heard + limits.idle:
                raise timed_out(subject, f"wrote nothing for {limits.idle:g} seconds")

            if limits.folder_size is not None and now >= looked + limits.watch:
                refuse_large(subject, self._command.scratch, limits.folder_size)
                looked = time.monotonic()

    def end(self) -> None:
        """Leave nothing behind: neither processes nor threads nor open files."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None

        with contextlib.suppress(OSError):
            self.process.stdin.close()

        if not self._ended and os.name == "nt":
            _kill_tree(self.process.pid)

        self._waiter.join(2 * self._grace + _AFTER_END)

        if self._waiter.is_alive():
            self.process.kill()
            self._waiter.join()

        self._reader.join(_AFTER_END)

        if not self._reader.is_alive():  # else somebody out of reach holds the pipe: it stays open
            self.process.stdout.close()

        self._log.flush()

    def _read(self) -> None:
        assert self.process.stdout is not None

        with contextlib.suppress(OSError, ValueError):
            while data := os.read(self.process.stdout.fileno(), 1 << 16):
                self.heard = time.monotonic()
                self._log.add(data)

    def _wait(self) -> None:
        self.process.wait()
        self._reader.join(_AFTER_END)
        self._ended = True
        self._woken.set()


def _start(command: Command, limits: BuildLimits) -> subprocess.Popen[bytes]:
    arguments = list(command.arguments)

    if os.name != "nt":
        request = {
            "command": arguments,
            "folder": command.folder,
            "writable": command.writable,
            "grace": limits.grace,
            "file_size": limits.file_size,
            "memory": limits.memory,
        }
        arguments = [sys.executable, "-I", "-S", "-B", _LAUNCHER, json.dumps(request)]

    return subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        cwd=command.folder,
        env=dict(command.variables),
        start_new_session=os.name != "nt",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _kill_tree(process: int) -> None:
    """End a process and those below it (Windows)."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = ["taskkill", "/F", "/T", "/PID", str(process)]
        subprocess.run(command, capture_output=True, check=False, timeout=10)


def timed_out(subject: str, reason: str) -> BuildTimedOut:
    """Return the error of a build that is given up."""
    return BuildTimedOut(
        f"The build of {subject} {reason} and was stopped.",
        hint="If it only needs more time, build a wheel by hand and install that.",
    )


def refuse_large(subject: str, folder: str, limit: int) -> None:
    """Raise `BuildTooLarge` when what is in ``folder`` takes more than ``limit`` bytes."""
    size = folder_size(folder, limit)

    if size > limit:
        raise BuildTooLarge(
            f"The build of {subject} wrote more than {limit / (1 << 20):.0f} MiB and was stopped.",
            hint="Look at its log: a build that grows without end is a mistake in the project.",
        )


def folder_size(folder: str, enough: int) -> int:
    """Return the bytes that files below ``folder`` take on the disk; stop counting above ``enough``."""
    total = 0

    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                status = os.lstat(f"{parent}/{name}")
                total += getattr(status, "st_blocks", status.st_size // 512) * 512

        if total > enough:
            break

    return total
