"""The log of one build: what its programs wrote, bounded, readable and without secrets.

Lines are kept as a terminal would have left them: a progress bar that overwrites itself with carriage
returns leaves its last state, colours and cursor movements are gone, bytes that are no text are shown
as escapes. A log ends at a fixed size; its last lines follow all the same.
"""

from __future__ import annotations

import os
import re
import threading
from collections import deque
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable

LOG_LIMIT = 16 << 20
"""Bytes."""
TAIL = 40
"""Lines of output that an error shows."""
MEMORY = 400
"""Last lines that are searched for the reason of a failure."""
_LONGEST_LINE = 32 << 10
_LONGEST_SHOWN = 2000
_HIDDEN = "***"

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|[\x9b]")
_LOGIN_IN_URL = re.compile(r"(\w://)[^/\s'\"]+@")


class BuildLog:
    """A log file at ``path``. Written by one thread at a time; blocking."""

    def __init__(self, path: str, secrets: Iterable[str] = (), *, limit: int = LOG_LIMIT) -> None:
        self.path = path
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._overlap = max((len(secret.encode()) for secret in self._secrets), default=0)
        self._limit = limit
        self._written = 0
        self._left_out = 0
        self._pending = b""
        self._recent: deque[str] = deque(maxlen=MEMORY)
        self._guard = threading.Lock()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._stream = os.fdopen(descriptor, "wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def recent(self) -> tuple[str, ...]:
        """The last lines, at most `MEMORY`."""
        return tuple(self._recent)

    def tail(self, lines: int = TAIL) -> tuple[str, ...]:
        """Return the last lines that say anything, for an error."""
        return tuple(line for line in self._recent if line.strip())[-lines:]

    def note(self, line: str) -> None:
        """Write a line of our own: what is run, and under which limits."""
        with self._guard:
            self._end_line()
            self._write(f"# {self.redacted(line)}")

    def add(self, data: bytes) -> None:
        """Add output as it comes."""
        with self._guard:
            *lines, self._pending = (self._pending + data).split(b"\n")

            for line in lines:
                self._keep(line)

            if len(self._pending) > _LONGEST_LINE + self._overlap:
                self._shorten()

    def flush(self) -> None:
        """Take a line without an end as one: the program that wrote it is gone."""
        with self._guard:
            self._end_line()

    def close(self) -> None:
        """Write what is left, and the last lines if the log was cut before them."""
        with self._guard:
            if self._stream.closed:
                return

            self._end_line()

            if self._left_out:
                last = tuple(self._recent)[-TAIL:]
                self._stream.write(f"\n# {self._left_out} bytes are left out here\n\n".encode())
                self._stream.write("\n".join([*last, ""]).encode())

            self._stream.close()

    def redacted(self, text: str) -> str:
        """Return ``text`` with what is secret replaced."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)

        return _LOGIN_IN_URL.sub(rf"\1{_HIDDEN}@", text)

    def _shorten(self) -> None:
        """Bound the memory of a line that does not end; a secret is never cut in two."""
        drawn = self._pending.rpartition(b"\r")[2]

        if len(drawn) < len(self._pending):
            self._pending = drawn
            return

        text = self.redacted(self._pending.decode("utf-8", "backslashreplace")).encode()
        cut = len(text) - self._overlap
        self._keep(text[:cut])
        self._pending = text[cut:]

    def _end_line(self) -> None:
        if self._pending:
            pending, self._pending = self._pending, b""
            self._keep(pending)

    def _keep(self, line: bytes) -> None:
        text = self.redacted(plain(line))
        self._recent.append(text[:_LONGEST_SHOWN])
        self._write(text)

    def _write(self, text: str) -> None:
        data = f"{text}\n".encode()

        if self._left_out or self._written + len(data) > self._limit:
            self._left_out += len(data)
            return

        self._written += len(data)
        self._stream.write(data)


def plain(line: bytes) -> str:
    """Return one line of output as carriage returns left it, without colours, nothing unprintable in it."""
    text = line.decode("utf-8", "backslashreplace").rstrip("\r").rpartition("\r")[2]
    text = _ANSI.sub("", text)

    if text.isprintable():
        return text

    return "".join(
        c if c.isprintable() or c == "\t" else c.encode("unicode_escape", "surrogatepass").decode()
        for c in text
    )
