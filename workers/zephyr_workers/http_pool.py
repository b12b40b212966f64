"""The transport for direct routes: connections per server, the last used one first.

On plain connections and where TLS agrees on nothing else it speaks HTTP/1.1; over TLS, where the server
has it and small answers are wanted, HTTP/2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from zephyr_workers.http1 import Http1Connection, Unanswered
from zephyr_workers.http_head import request_bytes
from zephyr_workers.http_wire import connect

if TYPE_CHECKING:
    import ssl

    from zephyr_workers.http2 import Http2Connection
    from zephyr_workers.http_head import Head
    from zephyr_workers.http_message import Request, Response
    from zephyr_workers.http_wire import Wire
    from zephyr_workers.network_options import NetworkOptions
    from zephyr_workers.urls import Server


class DirectTransport:
    """A `Transport` that connects to the servers themselves.

    ``context`` is for TLS and offers the protocols that are wanted (ALPN); without one there is no https.
    """

    def __init__(self, options: NetworkOptions, context: ssl.SSLContext | None) -> None:
        self._options = options
        self._context = context
        self._pools: dict[Server, Pool] = {}

    async def send(self, request: Request) -> Response:
        """Return the response to ``request``."""
        server = request.address.server
        pool = self._pools.get(server)

        if pool is None:
            context = self._context if server.secure else None
            pool = self._pools[server] = Pool(server, context, self._options)

        return await pool.send(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()


class Pool:
    """The connections to one server."""

    def __init__(self, server: Server, context: ssl.SSLContext | None, options: NetworkOptions) -> None:
        self._server = server
        self._context = context
        self._options = options
        self._free = anyio.Semaphore(options.max_connections, fast_acquire=True)
        self._idle: list[Http1Connection] = []
        self._busy: set[Http1Connection] = set()
        self._shared: Http2Connection | None = None
        self._opening = anyio.Lock(fast_acquire=True)
        self._may_share = context is not None

    async def send(self, request: Request) -> Response:
        """Return the response to ``request``, which is for this server."""
        while True:
            try:
                shared = await self._shared_connection() if self._may_share else None

                if shared is not None:
                    return await shared.send(request)

                return await self._send_alone(request)
            except Unanswered:
                # An old connection had been closed. Each time there is one less of them.
                continue

    def close(self) -> None:
        """Close all connections."""
        for connection in (*self._idle, *self._busy):
            connection.close()

        if self._shared is not None:
            self._shared.close()

    def release(self, connection: Http1Connection) -> None:
        """Take a connection back after its exchange."""
        self._busy.discard(connection)

        if connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()

        self._free.release()

    async def _send_alone(self, request: Request) -> Response:
        data = request_bytes(request.address.target, self._server.authority, request.headers)
        await self._free.acquire()

        try:
            connection = self._idle_connection() or Http1Connection(
                await self._connect(), self._options.timeout
            )
        except BaseException:
            self._free.release()
            raise

        self._busy.add(connection)

        try:
            head = await connection.exchange(data, request.until)
        except BaseException:
            self.release(connection)
            raise

        return _Http1Response(head, connection, self)

    def _idle_connection(self) -> Http1Connection | None:
        while self._idle:
            connection = self._idle.pop()

            if connection.reusable:
                return connection

            connection.close()

        return None

    async def _shared_connection(self) -> Http2Connection | None:
        """Return the connection for all; None where the server has only HTTP/1.1."""
        if self._shared is not None and self._shared.usable:
            return self._shared

        async with self._opening:
            if not self._may_share or (self._shared is not None and self._shared.usable):
                return self._shared

            wire = await self._connect()

            if wire.protocol == "h2":
                from zephyr_workers.http2 import Http2Connection

                self._shared = Http2Connection(wire, self._options)
            else:
                self._may_share, self._shared = False, None
                self._idle.append(Http1Connection(wire, self._options.timeout))

        return self._shared

    async def _connect(self) -> Wire:
        return await connect(
            self._server.host, self._server.port, self._context, self._options.connect_timeout
        )


class _Http1Response:
    def __init__(self, head: Head, connection: Http1Connection, pool: Pool) -> None:
        self.status = head.status
        self.headers = head.headers
        self._connection = connection
        self._pool: Pool | None = pool

    async def read(self) -> bytes:
        return await self._connection.read()

    async def aclose(self) -> None:
        pool, self._pool = self._pool, None

        if pool is not None:
            pool.release(self._connection)
