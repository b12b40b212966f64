"""Compiles Python files inside an environment's own interpreter; `zephyr_workers.bytecode` is its parent.

A program of its own, for CPython 3.8 and later: it may use neither newer syntax nor anything of
Zephyr, and is run with ``-I -S``. It says who it is, then answers requests one by one:

    -> {"magic": "cb0d0d0a", "tag": "cpython-312"}
    <- {"source": PATH, "target": PATH, "name": STR, "mtime": S, "size": N, "optimise": 0, "limit": S}
    -> {"error": null}                     or why the file was not compiled

One JSON document per line. It ends with its input. A file that takes longer than its limit ends it
at once, without an answer: the watchdog is C code, so it works while the compiler holds the lock.
"""

from __future__ import annotations

import faulthandler
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
    source, target = sys.stdin.buffer, sys.stdout.buffer
    null = open(os.devnull, "wb")  # noqa: SIM115 - open as long as the process
    answer(target, {"magic": importlib.util.MAGIC_NUMBER.hex(), "tag": sys.implementation.cache_tag})

    for line in source:
        request = json.loads(line.decode("ascii"))
        faulthandler.dump_traceback_later(request["limit"], exit=True, file=null)
        error = compiled(request)
        faulthandler.cancel_dump_traceback_later()
        answer(target, {"error": error})


def answer(target: BinaryIO, document: dict[str, Any]) -> None:
    """Write one line."""
    target.write(json.dumps(document).encode("ascii") + b"\n")
    target.flush()


def compiled(request: dict[str, Any]) -> str | None:
    """Compile one file, write its bytecode; return None, or why not."""
    try:
        with open(request["source"], "rb") as stream:
            text = stream.read()

        code = compile(text, request["name"], "exec", dont_inherit=True, optimize=request["optimise"])
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"[:200]

    header = importlib.util.MAGIC_NUMBER + struct.pack(
        "<III", _TIMESTAMP_FLAGS, request["mtime"] & 0xFFFFFFFF, request["size"] & 0xFFFFFFFF
    )

    with open(request["target"], "xb") as stream:
        stream.write(header + marshal.dumps(code))

    return None


if __name__ == "__main__":
    serve()
