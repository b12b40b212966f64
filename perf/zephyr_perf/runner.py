"""Runs one command and everything that it starts: wall time, CPU time and memory of all of it together.

    echo JSON | python -I -S runner.py  ->  JSON

A process of its own, small, so that nothing of the measuring is in the figures: on Linux it adopts what the
command leaves behind, waits for it, and counts it. Elsewhere only the command and its awaited children are
counted.

In: ``argv``, ``cwd``, ``env``, ``log`` (a file for the output), ``limit`` (seconds until it is killed),
``interval`` (seconds between two looks at the memory; 0 for none). Out: ``code`` (None: killed), ``wall``
(seconds until the command ended), ``settled`` (until the last process ended), ``cpu`` (seconds, user and
system), ``peak`` (bytes: the largest sum over all processes of their proportional share, or the largest
single process if that is more), ``left`` (processes that outlived the command).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import TypedDict

    class Order(TypedDict):
        """What is to be run."""

        argv: list[str]
        cwd: str
        env: dict[str, str]
        log: str
        limit: float
        interval: float

    class Measured(TypedDict):
        """What came of it."""

        code: int | None
        wall: float
        settled: float
        cpu: float
        peak: int | None
        left: int


PR_SET_CHILD_SUBREAPER = 36
KIBIBYTE = 1024


def main() -> None:
    """Read an order, carry it out, and write what came of it."""
    order: Order = json.load(sys.stdin)
    adopt_orphans()
    signal.signal(signal.SIGTERM, kill_all)
    json.dump(run(order), sys.stdout)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parents end (Linux alone)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(order: Order) -> Measured:
    """Run the command and wait for every process that comes of it."""
    with open(order["log"], "wb") as log:
        begin = time.perf_counter()
        command = subprocess.Popen(
            order["argv"],
            cwd=order["cwd"],
            env=order["env"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    sampler = Sampler(order["interval"])
    sampler.start()
    killer = threading.Timer(order["limit"], kill_all)
    killer.daemon = True
    killer.start()

    code, wall, cpu, single, left = 0, 0.0, 0.0, 0, 0

    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break

        cpu += usage.ru_utime + usage.ru_stime
        single = max(single, usage.ru_maxrss * (1 if sys.platform == "darwin" else KIBIBYTE))

        if pid == command.pid:
            wall = time.perf_counter() - begin
            code = command.returncode = os.waitstatus_to_exitcode(status)
        elif wall:
            left += 1

    settled = time.perf_counter() - begin
    killed = not killer.is_alive()
    killer.cancel()
    sampler.stop()

    return {
        "code": None if killed else code,
        "wall": wall,
        "settled": settled,
        "cpu": cpu,
        "peak": max(sampler.peak, single) if order["interval"] else None,
        "left": left,
    }


def kill_all(*_: object) -> None:
    """Kill everything that descends from this process; of use to a timer and as a signal's handler."""
    for pid in descendants():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Sampler(threading.Thread):
    """Looks at the memory of all descendants, again and again, and keeps the largest sum."""

    def __init__(self, interval: float) -> None:
        super().__init__(daemon=True)
        self._interval = interval
        self._over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Look until told to stop."""
        while self._interval and not self._over.wait(self._interval):
            self.peak = max(self.peak, sum(proportional_memory(pid) for pid in descendants()))

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


def descendants() -> list[int]:
    """Return all processes that descend from this one; without /proc only none."""
    found: list[int] = []
    pending = children(os.getpid())

    while pending:
        pid = pending.pop()
        found.append(pid)
        pending += children(pid)

    return found


def children(pid: int) -> list[int]:
    """Return the children of all threads of a process; none of one that has ended."""
    found: list[int] = []

    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
                found += [int(child) for child in file.read().split()]
    except OSError:
        pass

    return found


def proportional_memory(pid: int) -> int:
    """Return the bytes of memory of a process, its part of shared pages alone; 0 of one that has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * KIBIBYTE
    except OSError:
        pass

    return 0


if __name__ == "__main__":
    main()
