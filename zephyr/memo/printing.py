"""Hears what a run prints, on the way to where it goes."""

from __future__ import annotations

import sys

from zephyr.memo.trace import forego

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TextIO

    from zephyr.memo.answer import Said

STREAMS = (("stdout", 1), ("stderr", 2))
"""What is heard, and the descriptors that the words go to."""


class Heard:
    """Gives a list of all that goes to standard output and standard error during a block."""

    def __enter__(self) -> list[Said]:
        said: list[Said] = []
        self._during = {name: _Stream(getattr(sys, name), number, said) for name, number in STREAMS}

        for name, stream in self._during.items():
            setattr(sys, name, stream)

        return said

    def __exit__(self, *exception: object) -> None:
        for name, stream in self._during.items():
            # Where a reader has gone away there is another stream by now, and that has to stay.
            if getattr(sys, name) is stream:
                setattr(sys, name, stream.stream)


def unheard(stream: TextIO) -> TextIO:
    """Return what ``stream`` writes to, for what does not last: a display that is wiped away at the end."""
    return stream.stream if isinstance(stream, _Stream) else stream


class _Stream:
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
