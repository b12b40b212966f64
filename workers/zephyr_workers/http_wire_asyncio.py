"""A connection to a server on asyncio's own transports."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

    from zephyr_workers.http_wire import Wire

_ENOUGH = 1024 * 1024
"""Bytes that may wait to be taken before the server is made to wait."""
_HAPPY_EYEBALLS_DELAY = 0.25


async def connect_asyncio(host: str, port: int, context: ssl.SSLContext | None) -> Wire:
    """Connect, over TLS where there is a ``context``; raises ``OSError``."""
    loop = asyncio.get_running_loop()
    # Addresses are tried in turns only where a name has several.
    delay = None if _is_address(host) else _HAPPY_EYEBALLS_DELAY
    name = host if context is not None else None
    _, wire = await loop.create_connection(
        _AsyncioWire, host, port, ssl=context, server_hostname=name, happy_eyeballs_delay=delay
    )

    return wire


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()


class _AsyncioWire(asyncio.Protocol):
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._arrived: list[bytes] = []
        self._size = 0
        self._waiter: asyncio.Future[None] | None = None
        self._due = 0.0
        """When the one who waits gives up."""
        self._alarm: asyncio.TimerHandle | None = None
        self._ended = False
        self._error: Exception | None = None
        self._paused = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._arrived.append(data)
        self._size += len(data)

        if self._size > _ENOUGH and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

        self._wake()

    def eof_received(self) -> bool:
        self._ended = True
        self._wake()

        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        self._wake()

    # What the connection above calls

    @property
    def protocol(self) -> str | None:
        assert self._transport is not None
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")

        return tls.selected_alpn_protocol() if tls is not None else None

    @property
    def disturbed(self) -> bool:
        return self._ended or bool(self._arrived)

    async def send(self, data: bytes) -> None:
        assert self._transport is not None

        if self._ended:
            raise self._error or ConnectionResetError("the server closed the connection")

        # Requests are small: the transport keeps what the socket does not take at once.
        self._transport.write(data)

    async def receive(self, patience: float) -> bytes:
        if not self._arrived and not self._ended:
            await self._until_something(patience)

        if self._arrived:
            return self._take()

        if self._error is not None:
            raise self._error

        return b""

    def close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()

        if self._transport is not None:
            self._transport.abort()

    async def _until_something(self, patience: float) -> None:
        self._waiter = self._loop.create_future()
        self._due = self._loop.time() + patience

        # An alarm stays from wait to wait: one for each, set and cancelled, costs more than the wait.
        if self._alarm is None or self._alarm.when() > self._due:
            self._set_alarm()

        try:
            await self._waiter
        finally:
            self._waiter = None

    def _take(self) -> bytes:
        data = self._arrived[0] if len(self._arrived) == 1 else b"".join(self._arrived)
        self._arrived.clear()
        self._size = 0

        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()

        return data

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()

        self._alarm = self._loop.call_at(self._due, self._ring)

    def _ring(self) -> None:
        self._alarm = None

        if self._waiter is None or self._waiter.done():
            return

        if self._loop.time() < self._due:
            self._set_alarm()
        else:
            self._waiter.set_exception(TimeoutError())
