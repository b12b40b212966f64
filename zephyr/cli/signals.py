"""Lets SIGTERM and SIGHUP end a command the way Ctrl-C does: undone and tidied up, then out.

The event loop and the transaction both know how to stop on SIGINT, so the other signals are turned
into it; the exit code still tells which one came.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    import signal
    from types import FrameType
else:
    import _signal as signal  # what `signal` adds are enums of its numbers, for a millisecond

_received: list[int] = []


def end_as_if_interrupted() -> None:
    """Handle SIGTERM and SIGHUP as SIGINT; called once, in the main thread."""
    # Shells start what runs in the background with SIGINT ignored, and the event loop minds only a SIGINT
    # that Python handles. So it is handled, and kept out by blocking it until one of the others comes.
    if hasattr(signal, "pthread_sigmask") and signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)

        # A signal that is ignored (nohup) stays ignored.
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)


def received_signal() -> int | None:
    """Return the number of the signal that ended the command, None for Ctrl-C."""
    return _received[0] if _received else None


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the handler's signature
    _received.append(number)

    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    signal.raise_signal(signal.SIGINT)
