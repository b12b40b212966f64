"""Tells a trace what the process looks at, without the help of whoever looks.

Opening and listing are audit events of the interpreter (PEP 578): none is missed, in libraries neither.
So are changes, processes and connections, which make a run unfit to be remembered. The few calls that
only ask about a path have no event; while a run is traced, stand-ins for them in `os` tell of it.
"""

from __future__ import annotations

import os
import sys

from zephyr.memo.trace import Trace

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar

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


class Hearing:
    """Lets ``trace`` hear of all that the process looks at during a block, in any thread."""

    _has_hook: ClassVar[bool] = False
    """A process hears of audit events from the first block on, as a hook cannot be taken back."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._calls: dict[str, Any] = {name: getattr(os, name) for name in _ASKING}

    def __enter__(self) -> None:
        if not Hearing._has_hook:
            sys.addaudithook(_hear)
            Hearing._has_hook = True

        for name, call in self._calls.items():
            setattr(os, name, _stand_in(self._trace, call, self._take_back, follows=_ASKING[name]))

        Trace.current = self._trace

    def __exit__(self, *exception: object) -> None:
        Trace.current = None
        self._take_back()

    def _take_back(self) -> None:
        for name, call in self._calls.items():
            setattr(os, name, call)


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

    told.__name__ = call.__name__

    for ability in _ABILITIES:
        if call in ability:
            ability.add(told)

    return told
