"""Runs a command, and keeps what it said for the next time if that is going to be true as long as it tells.

What makes it so is in docs/memo.md. Keeping a memo never makes a command fail.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

from zephyr.memo.answer import cache_folder, memo_key, memo_path, packed
from zephyr.memo.hearing import hearing
from zephyr.memo.trace import Trace, forego

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from zephyr.memo.answer import Said


def recorded(words: list[str], question: bytes, run: Callable[[list[str]], int]) -> int:
    """Return what ``run(words)`` returns, and remember what it says where that may be said again."""
    trace = Trace()

    with hearing(trace), _heard() as said:
        code = run(words)

    if code == 0 and trace.found_nothing_to_do and not trace.is_unfit:
        with contextlib.suppress(OSError, ValueError):
            _keep(words, question, trace, said)

    return code


def _keep(words: list[str], question: bytes, trace: Trace, said: list[Said]) -> None:
    """Write the memo, in the cache that the run has used. Raises `OSError`."""
    root = os.path.realpath(cache_folder(words))
    witnesses = trace.witnesses() if trace.cache == root else None

    if witnesses is None:
        return

    from zephyr_cache.atomic import write_whole
    from zephyr_cache.layout import STAGING
    from zephyr_cache.records import encode

    data = packed(question, trace.began_ns / 1e9, trace.until, witnesses, said)
    write_whole(f"{root}/{STAGING}", memo_path(words, question), encode(memo_key(question), data))


@contextlib.contextmanager
def _heard() -> Generator[list[Said]]:
    """Give a list of all that is printed during the block."""
    said: list[Said] = []
    streams = {name: getattr(sys, name) for name in ("stdout", "stderr")}
    heard = {name: _Heard(stream, number, said) for number, (name, stream) in enumerate(streams.items(), 1)}

    for name, stream in heard.items():
        setattr(sys, name, stream)

    try:
        yield said
    finally:
        for name, stream in heard.items():
            # Where a reader has gone away the stream is another one by now, and has to stay.
            if getattr(sys, name) is stream:
                setattr(sys, name, streams[name])


class _Heard:
    """A text stream that keeps what has been written to it."""

    def __init__(self, stream: TextIO, descriptor: int, said: list[Said]) -> None:
        self._stream = stream
        self._descriptor = descriptor
        self._said = said

    def write(self, text: str) -> int:
        """Write text; what raises has not been said."""
        count = self._stream.write(text)
        encoded = text.encode(self._stream.encoding, self._stream.errors or "strict")
        self._said.append((self._descriptor, encoded))

        return count

    def writelines(self, lines: list[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else streams have
        if name == "buffer":
            forego()  # what is written there is not heard

        return getattr(self._stream, name)
