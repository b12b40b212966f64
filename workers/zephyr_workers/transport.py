"""The transport of the client: one for each route, made when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from zephyr_workers.routes import choose_route

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from zephyr_workers.http_message import Request, Response, Transport
    from zephyr_workers.network_options import NetworkOptions
    from zephyr_workers.routes import Route
    from zephyr_workers.urls import Server


class RoutedTransport:
    """A `Transport` that sends each request by the route its address has.

    With ``http2`` servers are offered HTTP/2 over TLS.
    """

    def __init__(self, options: NetworkOptions, environment: Mapping[str, str], *, http2: bool) -> None:
        self._options = options
        self._environment = environment
        self._http2 = http2
        self._by_server: dict[Server, Transport] = {}
        self._by_way: dict[tuple[Route, bool], Transport] = {}
        self._opening = anyio.Lock()

    async def send(self, request: Request) -> Response:
        """Return the response to ``request``; raises `ProxyInvalid` and `CertificateSettingInvalid` too."""
        server = request.address.server
        transport = self._by_server.get(server)

        if transport is None:
            transport = self._by_server[server] = await self._transport_for(request)

        return await transport.send(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._by_way.values():
            await transport.aclose()

    async def _transport_for(self, request: Request) -> Transport:
        way = (choose_route(request.url, self._options, self._environment), request.address.server.secure)

        # Reading a certificate bundle takes a while: once, and not on the event loop.
        async with self._opening:
            if way not in self._by_way:
                self._by_way[way] = await anyio.to_thread.run_sync(self._open, *way)

        return self._by_way[way]

    def _open(self, route: Route, secure: bool) -> Transport:
        if route.proxy is None:
            from zephyr_workers.http_pool import DirectTransport

            return DirectTransport(self._options, self._context(route) if secure else None)

        from zephyr_workers.http_proxied import ProxiedTransport

        return ProxiedTransport(self._options, self._context(route), route.proxy, http2=self._http2)

    def _context(self, route: Route) -> ssl.SSLContext:
        from zephyr_workers.tls import client_context

        context = client_context(self._options, self._environment, verified=route.verified)
        context.set_alpn_protocols(["h2", "http/1.1"] if self._http2 else ["http/1.1"])

        return context
