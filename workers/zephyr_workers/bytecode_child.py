"""Compiles Python files inside an environment's own interpreter; `zephyr_workers.bytecode` is its parent.

A program of its own, for CPython 3.8 and later: it may use neither newer syntax nor anything of
Zephyr, and is run with ``-I -S``. It says who it is, then answers requests for a few files each:

    -> {"magic": "cb0d0d0a", "tag": "cpython-312"}
    <- [{"source": PATH, "target": PATH, "name": STR, "mtime": S, "size": N, "optimise": 0, "limit": S}, …]
    -> [{"error": null, "sha256": STR, "size": N}, …]    of the bytecode; or why there is none

One JSON document per line. It ends with its input. A file that takes longer than its limit ends it
at once, without an answer: the alarm is the system's, so it works while the compiler holds the lock.
"""

from __future__ import annotations

import faulthandler
import gc
import hashlib
import importlib.util
import json
import marshal
import os
import signal
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, BinaryIO

_TIMESTAMP_FLAGS = 0


def serve() -> None:
    """Answer requests until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # what the compiler makes refers to nothing that refers to it
    source, target = sys.stdin.buffer, sys.stdout.buffer
    answer(target, {"magic": importlib.util.MAGIC_NUMBER.hex(), "tag": sys.implementation.cache_tag})

    for line in source:
        answer(target, [timed(request) for request in json.loads(line.decode("ascii"))])


def timed(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer for one file, within its limit."""
    set_alarm(request["limit"])

    try:
        return compiled(request)
    finally:
        set_alarm(0)


if hasattr(signal, "setitimer"):

    def set_alarm(seconds: float) -> None:
        """End the process in so many seconds; 0 takes that back."""
        signal.setitimer(signal.ITIMER_REAL, seconds)

else:
    _NULL = open(os.devnull, "wb")  # noqa: SIM115 - open as long as the process

    def set_alarm(seconds: float) -> None:
        """End the process in so many seconds; 0 takes that back."""
        if seconds:
            faulthandler.dump_traceback_later(seconds, exit=True, file=_NULL)
        else:
            faulthandler.cancel_dump_traceback_later()


def answer(target: BinaryIO, document: object) -> None:
    """Write one line."""
    target.write(json.dumps(document).encode("ascii") + b"\n")
    target.flush()


def compiled(request: dict[str, Any]) -> dict[str, Any]:
    """Compile one file and write its bytecode; return the answer."""
    try:
        with open(request["source"], "rb") as stream:
            text = stream.read()

        code = compile(text, request["name"], "exec", dont_inherit=True, optimize=request["optimise"])
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}

    header = importlib.util.MAGIC_NUMBER + struct.pack(
        "<III", _TIMESTAMP_FLAGS, request["mtime"] & 0xFFFFFFFF, request["size"] & 0xFFFFFFFF
    )

    bytecode = header + marshal.dumps(code)

    # A compiler that died may have written it already, and not have lived to say so.
    with open(request["target"], "wb", buffering=0) as stream:
        stream.write(bytecode)

    return {"error": None, "sha256": hashlib.sha256(bytecode).hexdigest(), "size": len(bytecode)}


if __name__ == "__main__":
    serve()
