"""Processes that do jobs beside this one, where threads would take turns at Python.

Two threads unpacked 97 wheels in 1.6 times the time of two processes, and the event loop, which downloads
meanwhile, had to wait for its turn as well (measured, on two cores). Half of what a resolve with an empty
cache computes is to make packs of index pages, which is done in the same way.

The processes are forked while there is one thread only, before an event loop begins. Each serves one request
at a time over a pair of pipes and ends with them, so that none outlives this process by more than the job
it is at. What one cannot do is done here instead: that is where errors are raised, of whatever type they are.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import signal
import sys
import threading
from importlib import import_module
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from zephyr_cache import Cache


class _Line(NamedTuple):
    """One side's ends of the pipes between a process and this one."""

    incoming: BinaryIO
    outgoing: BinaryIO

    def tell(self, message: Any) -> None:  # noqa: ANN401 - whatever marshal can write
        """Send a message; raises `OSError` when nobody is there to read it."""
        marshal.dump(message, self.outgoing)
        self.outgoing.flush()

    def hear(self) -> Any:  # noqa: ANN401 - whatever the other side says
        """Wait for a message; raises `EOFError` when none will come."""
        return marshal.load(self.incoming)  # noqa: S302 - of a process of our own

    def close(self) -> None:
        """Hang up."""
        for end in self:
            with contextlib.suppress(OSError):
                end.close()


class HelperProcesses:
    """The processes that wait for jobs; there may be none."""

    def __init__(self, lines: Sequence[_Line] = ()) -> None:
        self.count = len(lines)
        self._idle: SimpleQueue[_Line] = SimpleQueue()

        for line in lines:
            self._idle.put(line)

    def ask(self, job: str, cache: Cache, *arguments: bytes | str | int) -> Any | None:  # noqa: ANN401 - as the job has it
        """Have the next process that is free do a job, and return its answer; None where it was not done.

        ``job`` is ``module:function``; the function gets the same cache and arguments, and its answer is of
        plain values. Blocking, for any thread.
        """
        if not self.count:
            return None

        line = self._idle.get()

        try:
            line.tell((job, cache.root, *arguments))

            return line.hear()
        except (OSError, EOFError, ValueError):
            line.close()  # it is gone: who draws this line again is told so at once
            return None
        finally:
            self._idle.put(line)


@contextlib.contextmanager
def helper_processes(count: int, modules: Sequence[str]) -> Generator[HelperProcesses]:
    """Lend ``count`` processes, which end with the block; none where forking is not safe.

    ``modules`` are loaded by the first, before it forks the others.
    """
    safe = sys.platform == "linux" and threading.active_count() == 1
    first, lines = _fork(count, modules) if safe and count else (0, [])

    try:
        yield HelperProcesses(lines)
    finally:
        for line in lines:
            line.close()

        if first:
            os.waitpid(first, 0)


def _fork(count: int, modules: Sequence[str]) -> tuple[int, list[_Line]]:
    """Fork the first process, which forks the others; return its number and our ends of the lines.

    Without room for another process there is none.
    """
    requests = [os.pipe() for _ in range(count)]
    answers = [os.pipe() for _ in range(count)]
    ours = [(answered[0], asked[1]) for asked, answered in zip(requests, answers, strict=True)]
    theirs = [(asked[0], answered[1]) for asked, answered in zip(requests, answers, strict=True)]

    try:
        first = os.fork()
    except OSError:
        _close(*theirs, *ours)
        return 0, []

    if first == 0:
        try:
            _begin(theirs, modules)
        finally:
            os._exit(0)

    _close(*theirs)

    return first, [_line(pair) for pair in ours]


def _line(ends: tuple[int, int]) -> _Line:
    return _Line(os.fdopen(ends[0], "rb"), os.fdopen(ends[1], "wb"))


def _close(*pairs: tuple[int, int]) -> None:
    for pair in pairs:
        for end in pair:
            os.close(end)


def _begin(ends: list[tuple[int, int]], modules: Sequence[str]) -> None:
    """Be the first process: load ``modules`` once, fork the others, serve, and wait for them."""
    # An interrupt is for the command: when that ends, the pipes do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _close_all_but([end for pair in ends for end in pair])

    for module in modules:
        import_module(module)

    gc.freeze()
    mine, *others = ends
    forked: list[int] = []

    for pair in others:
        process = os.fork()

        if process == 0:
            mine, forked = pair, []
            break

        forked.append(process)

    _close_all_but(mine)
    _serve(_line(mine))

    for process in forked:
        os.waitpid(process, 0)


def _close_all_but(kept: Iterable[int]) -> None:
    """Close what was inherited: locks are held, and pipes open, as long as anybody has them open."""
    standard = (0, 1, 2)

    for name in os.listdir("/proc/self/fd"):
        if int(name) not in (*standard, *kept):
            with contextlib.suppress(OSError):
                os.close(int(name))


def _serve(line: _Line) -> None:
    """Do what is asked for until nobody asks."""
    from zephyr_cache import Cache

    caches: dict[str, Cache] = {}

    with contextlib.suppress(OSError, EOFError):
        while True:
            job, root, *arguments = line.hear()
            module, _, function = job.partition(":")
            cache = caches.setdefault(root, Cache(root))

            try:
                answer = getattr(import_module(module), function)(cache, *arguments)
            except Exception:  # noqa: BLE001 - it will be met again, and raised, where it was asked for
                answer = None

            line.tell(answer)

    for cache in caches.values():
        cache.close()
