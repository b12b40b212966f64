"""Runs a command, and keeps what it said where that is going to be true until something shows that it is not.

docs/memo.md says why. Keeping a memo never makes a command fail.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from zephyr.memo.answer import cache_folder, memo_key, memo_path, packed
from zephyr.memo.hearing import hearing
from zephyr.memo.printing import heard
from zephyr.memo.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr.memo.answer import Said


def recorded(words: list[str], question: bytes, run: Callable[[list[str]], int]) -> int:
    """Return what ``run(words)`` returns, and remember what it said if it found nothing to do."""
    trace = Trace()

    with hearing(trace), heard() as said:
        code = run(words)

    if code == 0 and trace.found_nothing_to_do and not trace.is_unfit:
        with contextlib.suppress(OSError, ValueError):
            _keep(words, question, trace, said)

    return code


def _keep(words: list[str], question: bytes, trace: Trace, said: list[Said]) -> None:
    """Write the memo into the cache that the run has used. Raises `OSError`."""
    root = os.path.realpath(cache_folder(words))
    trace.ran(list(sys.modules.values()))
    witnesses = trace.witnesses()

    if witnesses is None or trace.cache != root:
        return

    from zephyr_cache.atomic import write_whole
    from zephyr_cache.layout import STAGING
    from zephyr_cache.records import encode

    os.makedirs(f"{root}/{STAGING}", exist_ok=True)
    data = packed(question, trace.began_ns / 1e9, trace.until, witnesses, said)
    write_whole(f"{root}/{STAGING}", memo_path(words, question), encode(memo_key(question), data))
