"""HTTP/1.1 on one connection: one exchange at a time, read strictly (RFC 9112)."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING

from zephyr_workers.http_head import LARGEST_HEAD, ProtocolViolation, parse_head

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr_workers.http_head import Head
    from zephyr_workers.http_wire import Wire

_LINE_END = b"\r\n"
_MOST_INTERIM = 16
_LARGEST_LINE = 4096
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n\0]*)?")


class Unanswered(ConnectionError):
    """Raised when a connection that had served before was closed instead of answering.

    The server may have hung up before it saw the request: on another connection it can succeed.
    """


class Http1Connection:
    """Exchanges over ``wire``. ``timeout`` (seconds) limits each wait, and a head as a whole."""

    def __init__(self, wire: Wire, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._timeout = timeout
        self._clock = clock
        self._until = math.inf
        self._buffer = b""
        self._served = False
        self._reusable = True
        self._complete = True
        self._chunked = False
        self._left: int | None = 0
        """Bytes that are left of the chunk or of the body; None where the end of the connection ends it."""

    @property
    def reusable(self) -> bool:
        """Whether another request can be sent: the last body ended, and nothing came after it."""
        return self._complete and self._reusable and not self._buffer and not self._wire.disturbed

    async def exchange(self, request: bytes, until: float = math.inf) -> Head:
        """Send a request and return the head of its response; `read` gives its body.

        All of it has to be there by ``until``, in seconds of the clock. Raises `Unanswered`, ``OSError`` and
        `ProtocolViolation`; the connection is then of no more use.
        """
        self._complete = False
        self._until = until

        try:
            await self._wire.send(request)
            head = await self._final_head()
        except TimeoutError:
            raise
        except OSError as error:
            if self._served and not self._buffer:
                raise Unanswered("the server closed the connection") from error

            raise

        self._served, self._reusable = True, head.reusable
        self._chunked, self._left = head.chunked, 0 if head.chunked else head.length
        self._complete = head.length == 0

        return head

    async def read(self) -> bytes:
        """Return the next piece of the body, as sent but without its transfer coding; empty at its end."""
        if self._chunked and self._left == 0 and not self._complete:
            await self._begin_chunk()

        if self._complete:
            return b""

        if self._left is None:
            return await self._read_to_the_end()

        data = self._buffer or await self._receive()
        piece, self._buffer = data[: self._left], data[self._left :]
        self._left -= len(piece)

        if self._left == 0:
            await self._end_piece()

        return piece

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    async def _final_head(self) -> Head:
        """Return the head of the answer itself: interim ones (1xx) only come before it."""
        deadline = self._clock() + self._timeout

        for _ in range(_MOST_INTERIM):
            head = parse_head(await self._through(b"\r\n\r\n", LARGEST_HEAD, deadline))

            if head.status >= 200:
                return head

            if head.status == 101:
                raise ProtocolViolation("it switches to another protocol")

        raise ProtocolViolation(f"it sends more than {_MOST_INTERIM} interim answers")

    async def _read_to_the_end(self) -> bytes:
        piece, self._buffer = self._buffer or await self._wire.receive(self._patience()), b""
        self._complete = not piece

        return piece

    async def _end_piece(self) -> None:
        if not self._chunked:
            self._complete = True
            return

        while len(self._buffer) < len(_LINE_END):
            self._buffer += await self._receive()

        if not self._buffer.startswith(_LINE_END):
            raise ProtocolViolation("it sends a chunk that is longer than it says")

        self._buffer = self._buffer[len(_LINE_END) :]

    async def _begin_chunk(self) -> None:
        self._left = await self._chunk_size()

        if self._left:
            return

        # What follows the last chunk are headers (trailers), which nobody here looks at.
        allowed = LARGEST_HEAD

        while (line := await self._through(_LINE_END, allowed)) != _LINE_END:
            allowed -= len(line)

        self._complete = True

    async def _chunk_size(self) -> int:
        line = await self._through(_LINE_END, _LARGEST_LINE)
        size = _CHUNK_SIZE.fullmatch(line[:-2])

        if size is None:
            raise ProtocolViolation(f"it sends the chunk size {line[:60]!r}")

        return int(size[1], 16)

    async def _through(self, end: bytes, limit: int, deadline: float | None = None) -> bytes:
        """Take everything up to and with ``end``, at most ``limit`` bytes."""
        searched = 0

        while (place := self._buffer.find(end, searched)) < 0 and len(self._buffer) < limit:
            searched = max(0, len(self._buffer) - len(end) + 1)
            self._buffer += await self._receive(deadline)

        stop = place + len(end)

        if place < 0 or stop > limit:
            raise ProtocolViolation(f"it sends a line or head of more than {limit} bytes")

        taken, self._buffer = self._buffer[:stop], self._buffer[stop:]

        return taken

    async def _receive(self, deadline: float | None = None) -> bytes:
        """Return more bytes, before ``deadline`` where there is one; the end is an error here."""
        data = await self._wire.receive(self._patience(deadline))

        if not data:
            raise ConnectionResetError("the server closed the connection before its answer was complete")

        return data

    def _patience(self, deadline: float | None = None) -> float:
        """Return for how many seconds something may be waited for."""
        now = self._clock()
        deadline = now + self._timeout if deadline is None else deadline

        return max(0.0, min(deadline, self._until) - now)
