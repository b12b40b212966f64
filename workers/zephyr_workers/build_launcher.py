"""Runs one command of a build, sees to it that nothing of it outlives it, and ends as it ended.

A program of its own, run with ``-I -S`` by the interpreter that runs Zephyr. Its one argument is a JSON
document:

    {"command": [...], "folder": PATH, "writable": [PATH, ...] or null, "grace": SECONDS,
     "file_size": BYTES or null, "memory": BYTES or null}

Its standard input is a pipe that Zephyr holds: when that is closed, by Zephyr or by Zephyr's death, all
that the command started gets SIGTERM and after ``grace`` SIGKILL. On Linux a process that left its
parent, session or group becomes a child of this one, and so is found and ended too. ``writable`` puts
the command under Landlock. The program ends with the command's exit status, or by its signal; with
`REFUSED` when the limits cannot be set.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from typing import Any

REFUSED = 125
_FOUND = 127
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_ROUNDS = 200
_PAUSE = 0.01


def main() -> None:
    """Do what the argument says."""
    request = json.loads(sys.argv[1])

    try:
        confine(request)
    except OSError as error:
        sys.stderr.write(f"The build cannot be confined: {error}\n")
        sys.stderr.flush()
        os._exit(REFUSED)

    signals, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)
    signal.signal(signal.SIGCHLD, ignored)
    child = start(request["command"], request["folder"])
    status = watch(child, signals)

    if status is None:
        status = stop(child, request["grace"])

    kill_what_is_left(child)
    end_as(status)


def confine(request: dict[str, Any]) -> None:
    """Set the limits that everything started from here on is under."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    for kind, wanted in ((resource.RLIMIT_FSIZE, "file_size"), (resource.RLIMIT_AS, "memory")):
        limit = request[wanted]
        hard = resource.getrlimit(kind)[1]

        if limit is not None and (hard == resource.RLIM_INFINITY or limit < hard):
            resource.setrlimit(kind, (limit, limit))

    control_process(_PR_SET_CHILD_SUBREAPER, 1)

    if request["writable"] is not None:
        # Behind the standard library on the path: nothing of ours can take the place of a module of it.
        sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        from zephyr_workers.landlock import restrict_writes

        restrict_writes(request["writable"])


def control_process(option: int, value: int) -> None:
    """Call prctl where there is one; what it would give is a second line of defence."""
    if sys.platform != "linux":
        return

    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def start(command: list[str], folder: str) -> int:
    """Start the command in a session of its own; return its process id."""
    child = os.fork()

    if child:
        return child

    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        control_process(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.chdir(folder)
        os.execv(command[0], command)  # noqa: S606 - no shell is what we want
    except OSError as error:
        os.write(2, f"{command[0]} cannot be run: {error}\n".encode())
    finally:
        os._exit(_FOUND)


def ignored(_number: int, _frame: object) -> None:
    """Let a signal do nothing but wake us up."""


def watch(child: int, signals: int) -> int | None:
    """Wait for the end of ``child``: its status; None when its end was asked for."""
    while True:
        ready, _, _ = select.select([0, signals], [], [])

        if signals in ready:
            os.read(signals, 4096)
            status = reaped(child)

            if status is not None:
                return status

        if 0 in ready and not os.read(0, 4096):
            return None


def reaped(child: int) -> int | None:
    """Collect all that has ended; return the status of ``child`` if it is among them."""
    found: int | None = None

    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found

        if process == 0:
            return found

        if process == child:
            found = status


def stop(child: int, grace: float) -> int:
    """End the command politely, then not; return its status."""
    deadline = time.monotonic() + grace

    for process in (-child, *descendants()):
        send(process, signal.SIGTERM)

    while time.monotonic() < deadline:
        status = reaped(child)

        if status is not None:
            return status

        time.sleep(_PAUSE)

    for process in (-child, *descendants()):
        send(process, signal.SIGKILL)

    return os.waitpid(child, 0)[1]


def kill_what_is_left(child: int) -> None:
    """Kill what the command left running, until nothing is left or it cannot be killed."""
    send(-child, signal.SIGKILL)

    for _round in range(_ROUNDS):
        reaped(child)
        left = descendants()

        if not left:
            return

        for process in left:
            send(process, signal.SIGKILL)

        time.sleep(_PAUSE)


def send(process: int, number: int) -> None:
    """Send a signal to a process, or to a group (negative); both may be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)


def descendants() -> list[int]:
    """Return the processes below this one, as far as ``/proc`` tells (Linux)."""
    parents: dict[int, list[int]] = {}

    try:
        names = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []

    for name in names:
        try:
            with open(f"/proc/{name}/stat", "rb") as stream:
                fields = stream.read().rpartition(b")")[2].split()
        except OSError:
            continue

        parents.setdefault(int(fields[1]), []).append(int(name))

    found: list[int] = []
    open_ends = [os.getpid()]

    while open_ends:
        children = parents.get(open_ends.pop(), [])
        found += children
        open_ends += children

    return found


def end_as(status: int) -> None:
    """End this process the way that ``status`` of waitpid tells."""
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0

    if number:
        signal.set_wakeup_fd(-1)
        signal.signal(number, signal.SIG_DFL) if number not in {signal.SIGKILL, signal.SIGSTOP} else None
        os.kill(os.getpid(), number)

    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


if __name__ == "__main__":
    main()
