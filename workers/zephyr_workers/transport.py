"""The httpx transport of the client: one stock transport per route, made when first needed.

Imports httpx: import this module only once a request is certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import httpx

from zephyr_workers.network_errors import ProxyInvalid
from zephyr_workers.routes import Route, choose_route
from zephyr_workers.tls import client_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_workers.network_options import NetworkOptions


class RoutedTransport(httpx.AsyncBaseTransport):
    """Sends each request by the route its address has, over a pool of connections per route."""

    def __init__(self, options: NetworkOptions, environment: Mapping[str, str], *, http2: bool) -> None:
        self._options = options
        self._environment = environment
        self._http2 = http2
        self._transports: dict[Route, httpx.AsyncHTTPTransport] = {}
        self._opening = anyio.Lock()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request by its route."""
        route = choose_route(str(request.url), self._options, self._environment)
        # Reading a certificate bundle takes a while: once, and not on the event loop.
        if route not in self._transports:
            async with self._opening:
                if route not in self._transports:
                    self._transports[route] = await anyio.to_thread.run_sync(self._open, route)

        return await self._transports[route].handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._transports.values():
            await transport.aclose()

    def _open(self, route: Route) -> httpx.AsyncHTTPTransport:
        connections = self._options.max_connections
        context = client_context(self._options, self._environment, verified=route.verified)

        try:
            return httpx.AsyncHTTPTransport(
                verify=context,
                http2=self._http2,
                trust_env=False,
                proxy=route.proxy,
                limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            )
        except (ImportError, ValueError) as error:
            # httpx's own message would show the address, credentials included.
            raise ProxyInvalid(
                "The proxy cannot be used: only http and https proxies are supported."
            ) from error
