"""Takes the right to write away from this process and all it starts, but for some folders (Linux's Landlock).

Standard library only: the launcher of builds imports it outside of any environment. Reading and running
stay allowed, so does the network. Landlock's first version is not used: it forbids every rename between
folders, which builds need.
"""

from __future__ import annotations

import functools
import os
import stat
import struct
import sys

# The numbers are the same on every architecture that Python runs on (but alpha).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38

_WRITE_FILE, _TRUNCATE, _REFER = 1 << 1, 1 << 14, 1 << 13
_REMOVE = 1 << 4 | 1 << 5
_MAKE = sum(1 << bit for bit in range(6, 13))
_SCOPE_SIGNAL = 1 << 1

OLDEST = 2
"""The first version with renames between folders."""


@functools.cache
def landlock_version() -> int:
    """Return the version of Landlock's interface that the kernel offers; 0 where there is none."""
    if sys.platform != "linux":
        return 0

    try:
        return max(0, _system_call(_CREATE_RULESET, None, 0, _VERSION_FLAG))
    except (OSError, ImportError):
        return 0


def restrict_writes(writable: list[str]) -> None:
    """Allow this process, and what it starts, to write below ``writable`` only; for good.

    Paths that do not exist are passed over. From version 6 on signals reach no process outside either.
    Raises `OSError` when the kernel refuses.
    """
    version = landlock_version()
    handled = _WRITE_FILE | _REMOVE | _MAKE | _REFER | (_TRUNCATE if version >= 3 else 0)
    rules = struct.pack("=QQQ", handled, 0, _SCOPE_SIGNAL) if version >= 6 else struct.pack("=Q", handled)
    ruleset = _system_call(_CREATE_RULESET, rules, len(rules), 0)

    try:
        for path in writable:
            _allow(ruleset, path, handled)

        _set_no_new_privileges()
        _system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return

    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _WRITE_FILE | _TRUNCATE

        rule = struct.pack("=Qi", rights, descriptor)
        _system_call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def _set_no_new_privileges() -> None:
    """Give up what set-user-ID programs would grant: the kernel demands it of unprivileged processes."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)

    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs is refused")


def _system_call(number: int, *arguments: int | bytes | None) -> int:
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    wide = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = int(library.syscall(ctypes.c_long(number), *wide))

    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))

    return result
