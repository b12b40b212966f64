"""Tells a listener of steps that no node makes: what goes on before, between and after the graphs."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zephyr.graph.events import Step

if TYPE_CHECKING:
    from collections.abc import Generator

    from zephyr.graph.events import Listener


@contextmanager
def step(listener: Listener, kind: str, label: str = "") -> Generator[None]:
    """Tell, when the block is over, how long it took in Zephyr's own thread; also when it fails."""
    begin = time.monotonic()

    try:
        yield
    finally:
        listener(Step(kind, label, None, begin, time.monotonic()))
