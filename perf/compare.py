"""Runs Zephyr beside its peers on the same work; ``--help`` has the options, README.md the meaning."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "workers"), str(HERE.parent / "cache")]

from zephyr_perf.command_line import main  # noqa: E402 - the path comes first

if __name__ == "__main__":
    # A run that is told to end tells what it has, and leaves nothing behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main(sys.argv[1:]))
