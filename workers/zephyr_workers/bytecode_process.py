"""The child interpreters that compile: a lease on one for the time of a tree, replaced when it dies."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from zephyr.errors import ZephyrError
from zephyr_workers.wheel_errors import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

BATCH = 16
"""Files in one request: each answer wakes this process, which takes the processor from a child."""
IN_FLIGHT = 2
"""Requests that a child may have before it; their answers fit into a pipe, or both could wait for ever."""

Request: TypeAlias = "Mapping[str, Any]"
"""One file to compile: see `zephyr_workers.bytecode_child`."""
Answer: TypeAlias = "dict[str, Any]"
"""``error`` is why a file was left out; where it is None, ``sha256`` and ``size`` are of the bytecode."""

_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bytecode_child.py")


class BytecodeFailed(ZephyrError):
    """The interpreter cannot be used to compile, or took too long for one wheel."""

    id = "bytecode-failed"


class Lease:
    """The right to a child for the time of one tree; a child that dies over a file is replaced."""

    def __init__(self, start: Callable[[], CompilerProcess], limit: float) -> None:
        self.child: CompilerProcess | None = None
        self._start = start
        self._limit = limit
        self._stopped = threading.Event()
        self._watchdog = threading.Timer(limit, self.stop)
        self._watchdog.daemon = True
        self._watchdog.start()

    def compile_files(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """Give the answer to each request, in order. Raises `BytecodeFailed` once stopped.

        Two batches are on their way at a time, so that the child never waits for the next one. Of a batch
        over which it dies each file is tried alone.
        """
        waiting = deque(requests[start : start + BATCH] for start in range(0, len(requests), BATCH))
        asked: deque[Sequence[Request]] = deque()

        while waiting or asked:
            child = self._living_child()

            while waiting and len(asked) < IN_FLIGHT:
                asked.append(waiting.popleft())
                child.tell(asked[-1])

            batch = asked.popleft()
            answers = _understood(child.hear(), len(batch))

            if self._stopped.is_set():
                raise self._stop_of(batch[0])

            if answers is not None:
                yield from answers
                continue

            self._drop()
            waiting.extendleft(reversed(asked))
            asked.clear()

            if len(batch) > 1:
                waiting.extendleft([request] for request in reversed(batch))
            else:
                yield {"error": "the compiler crashed or took too long"}

    def _living_child(self) -> CompilerProcess:
        if self.child is None:
            self.child = self._start()

        return self.child

    def _stop_of(self, request: Request) -> BytecodeFailed:
        return BytecodeFailed(
            f"Compiling was stopped at {visible(request['name'])}: a wheel may take {self._limit:.0f} s.",
            hint="Install without --compile-bytecode: Python compiles what it imports.",
        )

    def stop(self) -> None:
        """Kill the child from another thread; nothing is compiled under this lease any more."""
        self._stopped.set()
        child = self.child

        if child is not None:
            child.kill()

    def end(self) -> CompilerProcess | None:
        """Give the lease up; return its child if it can serve another one."""
        self._watchdog.cancel()
        child, self.child = self.child, None

        if child is not None and self._stopped.is_set():
            child.kill()
            child = None

        return child

    def _drop(self) -> None:
        child, self.child = self.child, None

        if child is not None:
            child.kill()


def _understood(answers: object, count: int) -> list[Answer] | None:
    """Return the answers to so many requests, None for nonsense."""
    if not isinstance(answers, list) or len(cast("list[object]", answers)) != count:
        return None

    understood = [answer for answer in cast("list[object]", answers) if _is_answer(answer)]

    return cast("list[Answer]", understood) if len(understood) == count else None


def _is_answer(answer: object) -> bool:
    match answer:
        case {"error": str()} | {"error": None, "sha256": str(), "size": int()}:
            return True
        case _:
            return False


class CompilerProcess:
    """One child interpreter; used by one thread at a time, `kill` by any."""

    def __init__(self, executable: str) -> None:
        command = [executable, "-I", "-S", "-B", "-W", "ignore", "-X", "utf8", _PROGRAM]

        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise BytecodeFailed(
                f"The interpreter {visible(executable)} cannot be run: {error.strerror}."
            ) from error

    def tell(self, batch: Sequence[Request]) -> None:
        """Send a request for some files; a child that is dead, or is killed meanwhile, will not answer."""
        assert self._process.stdin is not None

        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(json.dumps(batch).encode("ascii") + b"\n")
            self._process.stdin.flush()

    def hear(self) -> object:
        """Return what the next line says; None when there is none, or nonsense."""
        assert self._process.stdout is not None

        try:
            return json.loads(self._process.stdout.readline())
        except ValueError:
            return None

    def kill(self) -> None:
        """End the child now. It has nothing to lose: what it wrote last is not used."""
        self._process.kill()
        self._process.wait()

        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
