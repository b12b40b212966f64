"""A connection to a server on anyio's streams, for event loops other than asyncio's."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

import anyio
from anyio.abc import SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

if TYPE_CHECKING:
    import ssl
    from socket import socket

    from anyio.abc import ByteStream

    from zephyr_workers.http_wire import Wire


async def connect_anyio(host: str, port: int, context: ssl.SSLContext | None) -> Wire:
    """Connect, over TLS where there is a ``context``; raises ``OSError``."""
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
