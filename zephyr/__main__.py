"""``python -m zephyr`` and the ``zephyr`` script."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


NEW_OBJECTS = 20_000
"""A command keeps most of what it makes: so many, not 700, are a reason to look for garbage among them."""


def main() -> int:
    """Run the command line and return its exit code."""
    from zephyr.memo.answer import answered

    return answered(sys.argv[1:], _run, _repeat)


def _run(words: list[str]) -> int:
    import gc

    from zephyr.cli.app import run

    gc.set_threshold(NEW_OBJECTS)

    return run(words)


def _repeat(words: list[str], change: tuple[Any, ...], is_as_before: Callable[[str], bool]) -> int | None:
    from zephyr.cli.repetition import repeat

    return repeat(words, change, is_as_before)


if __name__ == "__main__":
    # `python -m` puts the working directory first: whatever lies there must not be imported.
    if sys.path and sys.path[0] in {"", os.getcwd()}:
        del sys.path[0]

    sys.exit(main())
