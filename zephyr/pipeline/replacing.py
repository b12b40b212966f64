"""Waiting for whoever is changing an environment that is to be replaced."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zephyr.graph.events import Notice
from zephyr.install import lock as environment_lock
from zephyr.install.filesystem import FileSystem

if TYPE_CHECKING:
    from collections.abc import Generator

    from zephyr.graph.events import Listener


@contextmanager
def changed_by_nobody(path: str, listener: Listener) -> Generator[None]:
    """Hold the lock of the environment at ``path``, if there is one: whoever is changing it ends first.

    Raises EnvironmentLocked after `zephyr.install.lock.TIMEOUT` seconds.
    """
    lock = os.path.join(os.path.realpath(path), ".zephyr", "lock")

    # On Windows a folder that holds an open file cannot be moved away: there the move itself is refused.
    if os.name == "nt" or not os.path.exists(lock):
        yield
        return

    def waiting(holder: str) -> None:
        text = f"Waiting for another command that changes {path}: {holder}"
        listener(Notice("warning", text, time.monotonic()))

    with environment_lock.exclusive(lock, FileSystem(), timeout=environment_lock.TIMEOUT, waiting=waiting):
        yield
