"""How long something took, in words: what two runs that do the same tell differently."""

from __future__ import annotations

from zephyr.memo.trace import Trace


def shown_seconds(seconds: float) -> str:
    """Return a duration for people: ``12 ms``, ``3.4 s``. A run that is traced is known to have told it."""
    shown = f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"

    if Trace.current is not None:
        Trace.current.durations.add(shown)

    return shown
