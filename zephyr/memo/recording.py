"""Runs a command, and keeps what it said or did where the next run would do the same until something shows.

docs/memo.md says why. Keeping a memo never makes a command fail.
"""

from __future__ import annotations

import os
import sys

from zephyr.memo.answer import cache_folder, change_key, change_path, memo_key, memo_path, packed
from zephyr.memo.hearing import Hearing
from zephyr.memo.printing import Heard
from zephyr.memo.trace import Trace

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr.memo.answer import Said, Witness


def recorded(words: list[str], question: bytes, run: Callable[[list[str]], int]) -> int:
    """Return what ``run(words)`` returns, and remember what it said if it found nothing to do."""
    trace = Trace()

    with Hearing(trace), Heard() as said:
        code = run(words)

    if code == 0 and not trace.is_unfit:
        try:
            if trace.found_nothing_to_do:
                _keep(words, question, trace, said)
            elif trace.change is not None:
                _keep_change(words, question, trace, said)
        except (OSError, ValueError):
            pass

    return code


def _keep(words: list[str], question: bytes, trace: Trace, said: list[Said]) -> None:
    """Write the memo of an answer. Raises `OSError`."""
    witnesses = _witnesses(words, trace)

    if witnesses is not None:
        data = packed(question, trace.began_ns / 1e9, trace.until, witnesses, said)
        _write(words, memo_path(words, question), memo_key(question), data)


def _keep_change(words: list[str], question: bytes, trace: Trace, said: list[Said]) -> None:
    """Write the memo of a change. Raises `OSError`."""
    from zephyr.memo.change import packed_change, parted

    witnesses = _witnesses(words, trace)

    if witnesses is not None and trace.change is not None:
        told = [(descriptor, parted(text, trace.durations)) for descriptor, text in said]
        known = (trace.began_ns / 1e9, trace.until, witnesses, trace.sights, told)
        data = packed_change(question, known, trace.change)
        _write(words, change_path(words, question), change_key(question), data)


def _witnesses(words: list[str], trace: Trace) -> list[Witness] | None:
    """Return what the run rests on; None where that cannot be told, or the cache is not where memos lie."""
    trace.ran(list(sys.modules.values()))
    witnesses = trace.witnesses()

    return witnesses if trace.cache == os.path.realpath(cache_folder(words)) else None


def _write(words: list[str], path: str, key: str, data: bytes) -> None:
    from zephyr_cache.atomic import write_whole
    from zephyr_cache.layout import STAGING
    from zephyr_cache.records import encode

    staging = f"{os.path.realpath(cache_folder(words))}/{STAGING}"
    os.makedirs(staging, exist_ok=True)
    write_whole(staging, path, encode(key, data))
