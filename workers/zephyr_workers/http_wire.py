"""A connection to a server, as bytes: one interface, with an implementation for asyncio and one for the rest.

anyio's streams cost 100 µs per exchange on asyncio, asyncio's own protocols 25 µs (measured, 16
connections on loopback); a resolve makes thousands of exchanges. So asyncio is spoken to directly.
"""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING, Protocol

import anyio
from anyio.abc import SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

if TYPE_CHECKING:
    import ssl
    from socket import socket

    from anyio.abc import ByteStream

_ENOUGH = 1024 * 1024
"""Bytes that may wait to be taken before the server is made to wait."""
_HAPPY_EYEBALLS_DELAY = 0.25


class Wire(Protocol):
    """Bytes to and from one server. One task at a time receives."""

    @property
    def protocol(self) -> str | None:
        """What TLS agreed on (ALPN): ``h2``, ``http/1.1`` or nothing."""
        ...

    @property
    def disturbed(self) -> bool:
        """Whether anything came while nobody receives, if only that the server hung up."""
        ...

    async def send(self, data: bytes) -> None:
        """Send ``data``; raises ``OSError``."""

    async def receive(self, patience: float) -> bytes:
        """Return the next bytes, empty at the end.

        Raises ``TimeoutError`` when none come for ``patience`` seconds, and ``OSError``.
        """
        ...

    def close(self) -> None:
        """Hang up, at once and without waiting for the server."""


async def connect(host: str, port: int, context: ssl.SSLContext | None, patience: float) -> Wire:
    """Connect, over TLS where there is a ``context``.

    Raises ``TimeoutError`` after ``patience`` seconds, else ``OSError`` (``ssl.SSLError`` is one).
    """
    with anyio.fail_after(patience):
        if _on_asyncio():
            return await _connect_asyncio(host, port, context)

        return await _connect_anyio(host, port, context)


def _on_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False

    return True


async def _connect_asyncio(host: str, port: int, context: ssl.SSLContext | None) -> Wire:
    loop = asyncio.get_running_loop()
    # Addresses are tried in turns only where a name has several.
    delay = None if _is_address(host) else _HAPPY_EYEBALLS_DELAY
    name = host if context is not None else None
    _, wire = await loop.create_connection(
        _AsyncioWire, host, port, ssl=context, server_hostname=name, happy_eyeballs_delay=delay
    )

    return wire


async def _connect_anyio(host: str, port: int, context: ssl.SSLContext | None) -> Wire:
    stream = await anyio.connect_tcp(host, port)

    if context is None:
        return _AnyioWire(stream)

    try:
        return _AnyioWire(
            await TLSStream.wrap(stream, hostname=host, ssl_context=context, standard_compatible=False)
        )
    except BaseException:
        await anyio.aclose_forcefully(stream)
        raise


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()


class _AsyncioWire(asyncio.Protocol):
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._arrived: list[bytes] = []
        self._size = 0
        self._waiter: asyncio.Future[None] | None = None
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
        if self._transport is not None:
            self._transport.abort()

    async def _until_something(self, patience: float) -> None:
        self._waiter = self._loop.create_future()
        alarm = self._loop.call_later(patience, self._expire, self._waiter)

        try:
            await self._waiter
        finally:
            alarm.cancel()
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

    @staticmethod
    def _expire(waiter: asyncio.Future[None]) -> None:
        if not waiter.done():
            waiter.set_exception(TimeoutError())


class _AnyioWire:
    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._socket: socket = stream.extra(SocketAttribute.raw_socket)  # noqa: S610 - no SQL

    @property
    def protocol(self) -> str | None:
        return self._stream.extra(TLSAttribute.alpn_protocol, None)  # noqa: S610 - no SQL

    @property
    def disturbed(self) -> bool:
        return bool(select.select([self._socket], [], [], 0)[0])

    async def send(self, data: bytes) -> None:
        try:
            await self._stream.send(data)
        except anyio.BrokenResourceError as error:
            raise ConnectionResetError("the connection was lost") from error

    async def receive(self, patience: float) -> bytes:
        try:
            with anyio.fail_after(patience):
                return await self._stream.receive()
        except anyio.EndOfStream:
            return b""
        except anyio.BrokenResourceError as error:
            raise ConnectionResetError("the connection was lost") from error

    def close(self) -> None:
        # Nobody waits in it, and nothing is left to say: not even TLS needs a farewell.
        self._socket.close()
