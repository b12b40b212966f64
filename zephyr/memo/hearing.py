"""Tells a trace what the process looks at, without the help of whoever looks.

Opening and listing are audit events of the interpreter (PEP 578): none is missed, in libraries neither.
So are changes, processes and connections, which make a run unfit to be remembered. The few calls that
only ask about a path have no event; while a run is traced, stand-ins for them in `os` tell of it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys

from zephyr.memo.trace import Trace

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_CHANGES = {
    "os.chmod": 1,
    "os.chown": 1,
    "os.link": 2,
    "os.mkdir": 1,
    "os.remove": 1,
    "os.rename": 2,
    "os.rmdir": 1,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.utime": 1,
}
"""Events of changes; how many of their first arguments are paths."""

_UNREPEATABLE = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.system",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendmsg",
        "socket.sendto",
        "subprocess.Popen",
    }
)

_ASKING = {"access": True, "lstat": False, "readlink": False, "stat": True}
"""Calls without an event; whether they follow links unless told otherwise."""

_ABILITIES: tuple[set[Any], ...] = (
    os.supports_dir_fd,
    os.supports_effective_ids,
    os.supports_fd,
    os.supports_follow_symlinks,
)


@contextlib.contextmanager
def hearing(trace: Trace) -> Generator[None]:
    """Let ``trace`` hear of all that the process looks at during the block, in any thread."""
    _hear_events()
    calls: dict[str, Any] = {name: getattr(os, name) for name in _ASKING}

    def take_back() -> None:
        for name, call in calls.items():
            setattr(os, name, call)

    for name, call in calls.items():
        setattr(os, name, _stand_in(trace, call, take_back, follows=_ASKING[name]))

    Trace.current = trace

    try:
        yield
    finally:
        Trace.current = None
        take_back()


@functools.cache
def _hear_events() -> None:
    """Hear audit events from now on: once per process, as a hook cannot be taken back."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    trace = Trace.current

    if trace is None or trace.is_unfit or trace.is_over:
        return

    if event == "open":
        _hear_of_opening(trace, *arguments)
    elif event == "os.listdir":
        _hear_of_listing(trace, arguments[0], scan=False)
    elif event == "os.scandir":
        _hear_of_listing(trace, arguments[0], scan=True)
    elif event in _CHANGES:
        for path in arguments[: _CHANGES[event]]:
            if not isinstance(path, int):
                trace.changed(_name(path))
            elif event != "os.truncate":  # what is cut off was heard of when it was opened
                trace.is_unfit = True
    elif event in _UNREPEATABLE:
        trace.is_unfit = True


def _hear_of_opening(trace: Trace, path: Any, mode: str | None, flags: int) -> None:  # noqa: ANN401 - as of open()
    if isinstance(path, int):
        return  # what was opened already

    name = _name(path)

    if flags & _WRITING:
        trace.changed(name)
    elif mode is None and not os.path.isabs(name):
        trace.is_unfit = True  # os.open: of which folder, the event does not tell
    else:
        trace.asked(name, follow=True)


def _hear_of_listing(trace: Trace, folder: Any, *, scan: bool) -> None:  # noqa: ANN401 - as of os.listdir()
    if isinstance(folder, int):
        trace.is_unfit = True
    elif scan:
        trace.scanned(_name(folder))
    else:
        trace.listed(_name(folder))


def _name(path: Any) -> str:  # noqa: ANN401 - as of os.fspath(), or None
    return os.curdir if path is None else os.fsdecode(path)


def _stand_in(trace: Trace, call: Any, take_back: Callable[[], None], *, follows: bool) -> Any:  # noqa: ANN401
    """Return what does as ``call`` and tells ``trace`` of it, as long as that is of use."""

    @functools.wraps(call)
    def told(path: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the call has it
        if trace.is_over:
            pass
        elif options.get("dir_fd") is not None:
            trace.is_unfit = True
        elif not isinstance(path, int):
            trace.asked(_name(path), follow=options.get("follow_symlinks", follows))

        if trace.is_unfit or trace.is_over:
            take_back()

        return call(path, *arguments, **options)

    for ability in _ABILITIES:
        if call in ability:
            ability.add(told)

    return told
