"""Asks an interpreter once what it is, and remembers the answer by the identity of its file.

Remembered in the bucket `BUCKET` under a key made of everything that could change the answer: the path,
the file behind it, the ``pyvenv.cfg`` beside it, and the running system (its release is a marker, its
C library decides tags). PEP 668's file is read anew each time: it comes and goes without the rest.
"""

from __future__ import annotations

import os

import packaging

from zephyr.dataclass import replace
from zephyr.environments.errors import (
    InterpreterBroken,
    InterpreterNotFound,
    InterpreterTooOld,
)
from zephyr.environments.fact_record import packed, unpacked
from zephyr.environments.identity import interpreter_identity
from zephyr.environments.managed import externally_managed

TYPE_CHECKING = False

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from typing import Any

    from zephyr.environments.fact_store import FactStore
    from zephyr.model.interpreter import Interpreter

BUCKET = "interpreters-v2"
"""The number is the format of the facts: raise it whenever their content or its computation changes."""
PROBE_LIMIT = 30.0
"""Seconds that an interpreter gets to answer: a cold disk is slow, a hang is forever."""
OLDEST = (3, 8)
MARK = "zephyr-interpreter-facts:"
TOO_OLD_MARK = "zephyr-interpreter-too-old:"

# Python 2.7 can read this: only a Python that is new enough comes as far as the program itself.
BOOTSTRAP = f"""\
import sys
if sys.version_info < {OLDEST}:
    sys.exit({TOO_OLD_MARK!r} + sys.version.split()[0])
exec(compile(open(sys.argv[1], "rb").read(), sys.argv[1], "exec"))
"""


def query_interpreter(
    executable: str,
    environ: Mapping[str, str],
    store: FactStore | None = None,
    *,
    time_limit: float = PROBE_LIMIT,
) -> Interpreter:
    """Return what the interpreter at ``executable`` is, asking it only when ``store`` does not know.

    ``executable`` is a path, absolute or from the current folder. ``environ`` is what the child gets
    (Python's own variables left out). Something that runs another interpreter in turn (a shim, a
    wrapper script) is asked every time, because what it runs may change without it.

    Raises:
        InterpreterNotFound: there is no file at the path.
        InterpreterBroken: it cannot be run, does not answer in time, or answers nonsense.
        InterpreterTooOld: it is older than `OLDEST`.

    """
    executable = os.path.abspath(executable)
    identity = interpreter_identity(executable)

    if identity is None:
        raise InterpreterNotFound(
            f"There is no Python interpreter at {executable}",
            hint="Name another with --python, by version or by path.",
        )

    known = recall(store, identity)

    if known is None:
        # Most commands find the facts remembered, and need not know how they are worked out.
        from zephyr.environments.answer import interpreter_from_answer

        known = interpreter_from_answer(ask(executable, environ, time_limit))

        if os.path.realpath(known.executable) == os.path.realpath(executable):
            remember(store, identity, known)

    if known.is_virtual_environment:
        return known

    return replace(known, externally_managed=externally_managed(known.standard_library))


def recall(store: FactStore | None, identity: str) -> Interpreter | None:
    """Return the facts kept under ``identity``; anything that does not fit the present form is a miss."""
    data = store.read(BUCKET, _key(identity)) if store else None

    return unpacked(data) if data is not None else None


def remember(store: FactStore | None, identity: str, interpreter: Interpreter) -> None:
    """Keep ``interpreter`` under ``identity``; a cache that cannot be written costs time, nothing else.

    What is known already is not written again, as memos rest on it.
    """
    if store is None:
        return

    from zephyr_cache.errors import CacheError

    key, record = _key(identity), packed(interpreter)

    if store.read(BUCKET, key) != record:
        try:
            store.write(BUCKET, key, record)
        except CacheError:
            pass


def _key(identity: str) -> str:
    # Tags are computed by packaging: another release of it may know more of them.
    return f"{packaging.__version__}\n{identity}"


def ask(executable: str, environ: Mapping[str, str], time_limit: float = PROBE_LIMIT) -> dict[str, Any]:
    """Run the probe in ``executable`` and return its answer; raises as `query_interpreter` does."""
    import json
    import subprocess

    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "probe.py")
    # UTF-8 mode makes paths independent of the locale; -I ignores the variables and the current folder.
    command = [executable, "-I", "-B", "-X", "utf8", "-c", BOOTSTRAP, program]

    try:
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=child_environment(environ),
        ) as child:
            status, output, errors = _answered(child, time_limit)
    except subprocess.TimeoutExpired:
        raise _broken(executable, f"did not answer within {time_limit:g} seconds") from None
    except OSError as error:
        raise _broken(executable, f"cannot be run: {error.strerror or error}") from error

    lines = tuple(errors.splitlines()[-5:])

    if version := too_old(errors):
        raise InterpreterTooOld(
            f"{executable} is Python {version}; Zephyr installs for Python 3.8 and later",
            hint="Name a newer Python with --python.",
        )

    if status != 0:
        raise _broken(executable, f"ended with status {status} when asked what it is", lines)

    try:
        facts: dict[str, Any] = json.loads(output.rpartition(MARK)[2])
    except ValueError:
        raise _broken(executable, "did not answer as a Python interpreter does", lines) from None

    return facts


def _answered(child: subprocess.Popen[bytes], time_limit: float) -> tuple[int, str, str]:
    """Return the status of ``child`` and what it wrote; raises ``subprocess.TimeoutExpired``."""
    import importlib

    try:
        # What understands the answer is loaded while it is made.
        importlib.import_module("zephyr.environments.answer")
        output, errors = child.communicate(timeout=time_limit)
    except BaseException:
        child.kill()
        raise

    return child.returncode, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")


def too_old(errors: str) -> str | None:
    """Return the version named by an interpreter too old for the probe, None for any other failure."""
    import re

    if re.match(r"unknown option: -I\b", errors, re.IGNORECASE):
        return "2"

    found = re.search(rf"^{TOO_OLD_MARK}(\S+)$", errors, re.MULTILINE)

    return found[1] if found else None


def child_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``environ`` for a question to an interpreter: without what would make it another one."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("PYTHON") and name != "__PYVENV_LAUNCHER__"
    }

    # Without this, macOS tells programs that were built long ago that it is version 10.16.
    return {**kept, "SYSTEM_VERSION_COMPAT": "0"}


def _broken(executable: str, what: str, details: tuple[str, ...] = ()) -> InterpreterBroken:
    return InterpreterBroken(
        f"{executable} {what}",
        hint="Repair this Python, or name another with --python.",
        details=details,
    )
