"""The HTTP client: GET with our rules for redirects, credentials, retries, limits and errors.

Nothing is imported or opened before the first request. Every wait ends: connecting, the next byte, a
minimum rate, and for whole answers a total deadline. Small answers travel over HTTP/2 where the server
has it; archives over HTTP/1.1, which moves large bodies three times as fast.
"""

from __future__ import annotations

import math
import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urljoin

from zephyr.model.index import without_credentials
from zephyr_workers.credentials import Credentials, ask_keyring
from zephyr_workers.http_body import Answer, Body
from zephyr_workers.http_failures import FAILURES, check_answer, failure_of
from zephyr_workers.http_message import Request
from zephyr_workers.network_errors import (
    IndexUnreachable,
    InsecureRedirect,
    OfflineMissing,
    TooManyRedirects,
)
from zephyr_workers.network_options import NetworkOptions
from zephyr_workers.retry import Retrier, RetryPolicy, Transient
from zephyr_workers.urls import address, host

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from zephyr_workers.credentials import Login
    from zephyr_workers.http_message import Response, Transport

T = TypeVar("T")

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class HttpClient:
    """An async context manager; safe to use from many tasks at once."""

    def __init__(
        self,
        options: NetworkOptions | None = None,
        credentials: Credentials | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        retrier: Retrier | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``environment`` holds the variables for proxies and certificates (``os.environ``)."""
        self.options = options or NetworkOptions()
        self.credentials = credentials or Credentials(environment=environment, keyring=ask_keyring)
        self.requests = 0
        """How many requests were sent, redirects and retries included."""
        self._environment = os.environ if environment is None else environment
        self._retrier = retrier or Retrier(RetryPolicy(retries=self.options.retries))
        self._clock = clock
        self._transports: dict[bool, Transport] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for transport in self._transports.values():
            await transport.aclose()

        self._transports.clear()

    async def get(self, url: str, headers: Mapping[str, str], *, limit: int, subject: str) -> Answer:
        """Return the whole answer for ``url``: any status that another attempt would not change.

        ``subject`` names what is fetched in messages. At most ``limit`` bytes are taken. Raises
        `IndexUnreachable` after all attempts or the deadline, and the other errors of this package.
        """
        until = self._clock() + self.options.deadline

        async def attempt() -> Answer:
            try:
                return await self._answer(url, headers, limit, until)
            except Transient as error:
                if self._clock() < until:
                    raise

                raise IndexUnreachable(
                    f"{subject}: {host(url)} took longer than {self.options.deadline:.0f} seconds.",
                    hint="Check the address and the network, or try again later.",
                ) from error

        return await self._retrier.run(subject, attempt, lambda: until - self._clock())

    async def _answer(self, url: str, headers: Mapping[str, str], limit: int, until: float) -> Answer:
        body = await self._begin(url, headers, bulk=False, until=until)

        try:
            return await body.answer(limit)
        finally:
            await body.aclose()

    async def retrying(self, subject: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run ``attempt`` by this client's retry policy (`Retrier.run`)."""
        return await self._retrier.run(subject, attempt)

    @asynccontextmanager
    async def open(
        self, url: str, headers: Mapping[str, str], *, bulk: bool = False
    ) -> AsyncGenerator[Body, None]:
        """Send one GET, follow redirects, and yield the answer before its body.

        ``bulk`` says that the body is large. Raises `Transient` where another attempt may help,
        `IndexUnauthorised` for 401 and 403, `OfflineMissing` when offline.
        """
        body = await self._begin(url, headers, bulk=bulk)

        try:
            yield body
        finally:
            await body.aclose()

    async def _begin(
        self, url: str, headers: Mapping[str, str], *, bulk: bool, until: float = math.inf
    ) -> Body:
        """Return an answer that has begun; ``until`` is when it must be there, by the clock."""
        if self.options.offline:
            raise OfflineMissing(f"{without_credentials(url)} is not in the cache, and Zephyr is offline.")

        shown, response = await self._follow(url, headers, bulk=bulk, until=until)

        try:
            check_answer(shown, response)
        except BaseException:
            await response.aclose()
            raise

        return Body(shown, response, self.options, self._clock)

    async def _follow(
        self, url: str, headers: Mapping[str, str], *, bulk: bool, until: float
    ) -> tuple[str, Response]:
        """Return the final response, and the address that it came from."""
        for _ in range(MAX_REDIRECTS + 1):
            login = self.credentials.login(url)
            response = await self._send(url, headers, login, bulk=bulk, until=until)

            if response.status == 401:
                other = await self.credentials.ask_keyring(url, login)

                if other is not None:
                    await response.aclose()
                    response = await self._send(url, headers, other, bulk=bulk, until=until)

            target = response.headers.get("location")

            if response.status not in _REDIRECTS or target is None:
                return without_credentials(url), response

            await response.aclose()
            url = redirect_target(url, target)

        raise TooManyRedirects(f"{without_credentials(url)} is behind more than {MAX_REDIRECTS} redirects.")

    async def _send(
        self, url: str, headers: Mapping[str, str], login: Login | None, *, bulk: bool, until: float
    ) -> Response:
        plain = without_credentials(url)
        own = {"user-agent": self.options.user_agent}

        if login is not None:
            own["authorization"] = login.authorization

        request = Request(plain, address(plain), {**own, **headers}, until)
        self.requests += 1

        try:
            return await self._transport(bulk=bulk).send(request)
        except FAILURES as error:
            raise failure_of(plain, error) from error

    def _transport(self, *, bulk: bool) -> Transport:
        transport = self._transports.get(bulk)

        if transport is None:
            from zephyr_workers.transport import RoutedTransport

            transport = RoutedTransport(self.options, self._environment, http2=not bulk)
            self._transports[bulk] = transport

        return transport


def redirect_target(url: str, location: str) -> str:
    """Return where a redirect from ``url`` leads, without credentials or fragment.

    Raises `InsecureRedirect` for https to http and for anything that is not http(s).
    """
    target = without_credentials(urljoin(url, location).partition("#")[0])
    downgrade = url.startswith("https:") and not target.startswith("https:")

    if downgrade or not target.startswith(("http://", "https://")):
        raise InsecureRedirect(
            f"{without_credentials(url)} redirects to {target[:200]!a}, which is not allowed.",
            hint="Use the final address if you trust it.",
        )

    return target
