"""Hears what a run prints, on the way to where it goes."""

from __future__ import annotations

import contextlib
import sys

from zephyr.memo.trace import forego

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from typing import Any, TextIO

    from zephyr.memo.answer import Said


@contextlib.contextmanager
def heard() -> Generator[list[Said]]:
    """Give a list of all that goes to standard output and standard error during the block."""
    said: list[Said] = []
    before = {name: getattr(sys, name) for name in ("stdout", "stderr")}
    during = {name: _Heard(stream, number, said) for number, (name, stream) in enumerate(before.items(), 1)}

    for name, stream in during.items():
        setattr(sys, name, stream)

    try:
        yield said
    finally:
        for name, stream in during.items():
            # Where a reader has gone away there is another stream by now, and that has to stay.
            if getattr(sys, name) is stream:
                setattr(sys, name, before[name])


def unheard(stream: TextIO) -> TextIO:
    """Return what ``stream`` writes to, for what does not last: a display that is wiped away at the end."""
    return stream.stream if isinstance(stream, _Heard) else stream


class _Heard:
    """A text stream that keeps what has been written to it."""

    def __init__(self, stream: TextIO, descriptor: int, said: list[Said]) -> None:
        self.stream = stream
        self._descriptor = descriptor
        self._said = said

    def write(self, text: str) -> int:
        """Write text; what cannot be written has not been said."""
        count = self.stream.write(text)
        data = text.encode(self.stream.encoding or "utf-8", self.stream.errors or "strict")
        self._said.append((self._descriptor, data))

        return count

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a stream has
        if name == "buffer":
            forego()  # what is written there is not heard

        return getattr(self.stream, name)
