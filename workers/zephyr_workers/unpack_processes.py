"""Processes that unpack wheels beside this one, where threads would take turns at Python.

Two threads unpacked 97 wheels in 1.6 times the time of two processes, and the event loop, which downloads
meanwhile, had to wait for its turn as well (measured, on two cores).

The processes are forked while there is one thread only, before an event loop begins. Each serves one request
at a time over a pair of pipes and ends with them, so that none outlives this process by more than the wheel
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

from zephyr_workers.wheel import load_wheel

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel


class _Line(NamedTuple):
    """One side's ends of the pipes between a process and this one."""

    incoming: BinaryIO
    outgoing: BinaryIO

    def tell(self, message: tuple[str, ...] | bool) -> None:
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


class UnpackProcesses:
    """The processes that wait for wheels; with none of them, wheels are unpacked in this process."""

    def __init__(self, lines: Sequence[_Line] = ()) -> None:
        self._there_are_some = bool(lines)
        self._idle: SimpleQueue[_Line] = SimpleQueue()

        for line in lines:
            self._idle.put(line)

    def unpack(self, archive_path: str, filename: str, cache: Cache, sha256: str) -> UnpackedWheel:
        """Validate a wheel and publish its tree, as `zephyr_workers.unpack.unpack_wheel` does. Blocking.

        For any thread. Raises what that does.
        """
        if self._there_are_some and self._unpacked_elsewhere(archive_path, filename, cache.root, sha256):
            tree = cache.tree(sha256)
            wheel = load_wheel(tree, filename) if tree is not None else None

            if wheel is not None:
                return wheel

        from zephyr_workers.unpack import unpack_wheel

        return unpack_wheel(archive_path, filename, cache, sha256)

    def _unpacked_elsewhere(self, *request: str) -> bool:
        """Have the next process that is free do it, and tell whether it did."""
        line = self._idle.get()

        try:
            line.tell(request)

            return bool(line.hear())
        except (OSError, EOFError, ValueError):
            line.close()  # it is gone: who draws this line again is told so at once
            return False
        finally:
            self._idle.put(line)


@contextlib.contextmanager
def unpack_processes(count: int) -> Generator[UnpackProcesses]:
    """Lend ``count`` processes, which end with the block; none where forking is not safe."""
    safe = sys.platform == "linux" and threading.active_count() == 1
    first, lines = _fork(count) if safe and count else (0, [])

    try:
        yield UnpackProcesses(lines)
    finally:
        for line in lines:
            line.close()

        if first:
            os.waitpid(first, 0)


def _fork(count: int) -> tuple[int, list[_Line]]:
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
            _begin(theirs)
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


def _begin(ends: list[tuple[int, int]]) -> None:
    """Be the first process: load what unpacking needs once, fork the others, serve, and wait for them."""
    # An interrupt is for the command: when that ends, the pipes do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _close_all_but([end for pair in ends for end in pair])

    import_module("zephyr_workers.unpack")
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
    """Unpack what is asked for until nobody asks; the answer is whether it was done."""
    from zephyr_cache import Cache
    from zephyr_workers.unpack import unpack_wheel

    caches: dict[str, Cache] = {}

    with contextlib.suppress(OSError, EOFError):
        while True:
            archive_path, filename, root, sha256 = line.hear()
            cache = caches.setdefault(root, Cache(root))

            try:
                unpack_wheel(archive_path, filename, cache, sha256)
            except Exception:  # noqa: BLE001 - it will be met again, and raised, where it was asked for
                line.tell(False)
            else:
                line.tell(True)

    for cache in caches.values():
        cache.close()
