"""The transport for routes through a proxy: httpx's own.

Imports httpx, which takes as long as a hundred requests: import this module only for such a route.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from anyio import fail_after

from zephyr_workers.http_head import ProtocolViolation
from zephyr_workers.network_errors import ProxyInvalid

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Generator, Mapping

    from zephyr_workers.http_message import Request, Response
    from zephyr_workers.network_options import NetworkOptions

_CONNECTIONS = 16
"""More are slower: the pool looks at each of them for every request."""


class ProxiedTransport:
    """A `Transport` through ``proxy``, an http(s) URL that may hold credentials.

    Raises `ProxyInvalid` for a proxy of another kind.
    """

    def __init__(self, options: NetworkOptions, context: ssl.SSLContext, proxy: str, *, http2: bool) -> None:
        # Waiting for a free connection has no limit of its own: it ends when another request does.
        timeout = httpx.Timeout(options.timeout, connect=options.connect_timeout, pool=None)
        self._extensions = {"timeout": timeout.as_dict()}

        try:
            self._transport = httpx.AsyncHTTPTransport(
                verify=context,
                http2=http2,
                trust_env=False,
                proxy=proxy,
                limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            )
        except (ImportError, ValueError) as error:
            # httpx's own message would show the address, credentials included.
            raise ProxyInvalid(
                "The proxy cannot be used: only http and https proxies are supported."
            ) from error

    async def send(self, request: Request) -> Response:
        """Return the response to ``request``."""
        with _as_os_errors(), fail_after(request.until - time.monotonic()):
            response = await self._transport.handle_async_request(
                httpx.Request("GET", request.url, headers=request.headers, extensions=self._extensions)
            )

        return _ProxiedResponse(response, request.until)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()


class _ProxiedResponse:
    def __init__(self, response: httpx.Response, until: float) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}
        self._response = response
        self._until = until
        self._pieces: AsyncIterator[bytes] = response.aiter_raw()

    async def read(self) -> bytes:
        with _as_os_errors(), fail_after(self._until - time.monotonic()):
            return await anext(self._pieces, b"")

    async def aclose(self) -> None:
        with _as_os_errors():
            await self._response.aclose()


@contextmanager
def _as_os_errors() -> Generator[None, None, None]:
    """Turn httpx's exceptions into those that a `Transport` raises."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise TimeoutError from error
    except httpx.RemoteProtocolError as error:
        raise ProtocolViolation(str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConnectionError(str(error) or f"the connection failed ({type(error).__name__})") from error
