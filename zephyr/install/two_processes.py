"""Work that two processes share: two threads would wait for each other at each call that links a file."""

from __future__ import annotations

import contextlib
import os
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import NoReturn, TypeVar

    T = TypeVar("T")


_FORKS = sys.platform == "linux"
_KILL = 9
"""SIGKILL; the module that has the name takes longer to load than to be done without."""


def halves(items: Iterable[T], weight: Callable[[T], int]) -> tuple[list[T], list[T]]:
    """Part ``items`` into two lists of about the same weight."""
    parts: tuple[list[T], list[T]] = ([], [])
    weights = [0, 0]

    for item in sorted(items, key=weight, reverse=True):
        lighter = int(weights[1] < weights[0])
        parts[lighter].append(item)
        weights[lighter] += weight(item)

    return parts


def in_two_processes(here: Sequence[T], there: Sequence[T], work: Callable[[T], object]) -> bool:
    """Do ``work`` for each of ``here``, and for each of ``there`` in a process that is forked off for it.

    Returns whether the other process has done its share; why not, it does not tell. Raises what ``work``
    raises here; the other process is gone then. To be called where no other thread runs. Where the system
    is not Linux, one process does it all: elsewhere its libraries mind a process that is forked off.
    """
    if not _FORKS or not there:
        for one in (*here, *there):
            work(one)

        return True

    child = os.fork()

    if child == 0:
        _work_and_leave(there, work)

    try:
        for one in here:
            work(one)

        return os.waitpid(child, 0)[1] == 0
    except BaseException:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, _KILL)
            os.waitpid(child, 0)

        raise


def _work_and_leave(items: Iterable[T], work: Callable[[T], object]) -> NoReturn:
    code = 1

    try:
        for one in items:
            work(one)

        code = 0
    finally:
        # Whatever happened, nothing of what the other process is going to put away is put away here.
        os._exit(code)
