"""The HTTP client: GET over httpx with our rules for redirects, credentials, retries, limits and errors.

Nothing is imported or opened before the first request. Every wait ends: connecting, the next byte, a
minimum rate, and for whole answers a total deadline. Small answers travel over HTTP/2 where the server
has it; archives over HTTP/1.1, which moves large bodies three times as fast.
"""

from __future__ import annotations

import os
import time
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import urljoin

from zephyr.model.index import without_credentials
from zephyr_workers.credentials import Credentials, ask_keyring
from zephyr_workers.network_errors import (
    CertificateInvalid,
    ContradictoryFraming,
    DownloadTooLarge,
    IndexRefused,
    IndexUnauthorised,
    IndexUnreachable,
    InsecureRedirect,
    InvalidUrl,
    OfflineMissing,
    TooManyRedirects,
)
from zephyr_workers.network_options import NetworkOptions
from zephyr_workers.retry import RETRIED_STATUSES, Retrier, RetryPolicy, Transient, parse_retry_after
from zephyr_workers.urls import host, split_url

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
    from contextlib import AbstractAsyncContextManager

    import httpx

    from zephyr_workers.transport import RoutedTransport

T = TypeVar("T")

MAX_REDIRECTS = 5
MAX_HEADERS = 256
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``url`` is where it came from, after redirects; header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class Body:
    """An answer whose body is still to come."""

    def __init__(self, response: httpx.Response, options: NetworkOptions, clock: Callable[[], float]) -> None:
        self._response = response
        self._options = options
        self._clock = clock
        self.url = str(response.url)
        self.status = response.status_code
        self.headers: Mapping[str, str] = {key.lower(): value for key, value in response.headers.items()}

    def chunks(self, *, decoded: bool) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Give the body as it comes: as sent, or with Content-Encoding undone.

        Iterating raises `Transient` when it breaks off or falls below the minimum rate.
        """
        return aclosing(self._chunks(decoded=decoded))

    async def _chunks(self, *, decoded: bool) -> AsyncGenerator[bytes, None]:
        rate = RateFloor(self._options.minimum_rate, self._options.rate_window, self._clock())

        with _translated(self.url):
            async for chunk in self._response.aiter_bytes() if decoded else self._response.aiter_raw():
                rate.check(len(chunk), self._clock())
                yield chunk

    async def whole(self, limit: int) -> bytes:
        """Return the decoded body; raise `DownloadTooLarge` beyond ``limit`` bytes."""
        parts: list[bytes] = []
        size = 0

        async with self.chunks(decoded=True) as chunks:
            async for chunk in chunks:
                size += len(chunk)

                if size > limit:
                    raise DownloadTooLarge(f"{without_credentials(self.url)} is larger than {limit} bytes.")

                parts.append(chunk)

        return b"".join(parts)


class RateFloor:
    """Tells when a body comes too slowly, though never slowly enough for the idle limit."""

    def __init__(self, minimum: float, window: float, now: float) -> None:
        self._needed = minimum * window
        self._window = window
        self._since = now
        self._received = 0

    def check(self, size: int, now: float) -> None:
        """Count ``size`` bytes; raise `Transient` when the window that ends now had too few."""
        self._received += size

        if now - self._since < self._window:
            return

        if self._received < self._needed:
            raise Transient(f"only {self._received} bytes came in {self._window:.0f} seconds")

        self._since, self._received = now, 0


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
        self._transports: dict[bool, RoutedTransport] = {}

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
        import anyio

        async def attempt() -> Answer:
            async with self.open(url, headers) as body:
                return Answer(body.url, body.status, body.headers, await body.whole(limit))

        try:
            with anyio.fail_after(self.options.deadline):
                return await self.retrying(subject, attempt)
        except TimeoutError as error:
            raise IndexUnreachable(
                f"{subject}: {host(url)} took longer than {self.options.deadline:.0f} seconds.",
                hint="Check the address and the network, or try again later.",
            ) from error

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
        if self.options.offline:
            raise OfflineMissing(f"{without_credentials(url)} is not in the cache, and Zephyr is offline.")

        response = await self._follow(url, headers, bulk=bulk)

        try:
            _check_answer(response)
            yield Body(response, self.options, self._clock)
        finally:
            with _translated(url):
                await response.aclose()

    async def _follow(self, url: str, headers: Mapping[str, str], *, bulk: bool) -> httpx.Response:
        for _ in range(MAX_REDIRECTS + 1):
            response = await self._send(url, headers, bulk=bulk)

            if response.status_code == 401 and await self.credentials.ask_keyring(url) is not None:
                await response.aclose()
                response = await self._send(url, headers, bulk=bulk)

            target = response.headers.get("location")

            if response.status_code not in _REDIRECTS or target is None:
                return response

            await response.aclose()
            url = redirect_target(url, target)

        raise TooManyRedirects(f"{without_credentials(url)} is behind more than {MAX_REDIRECTS} redirects.")

    async def _send(self, url: str, headers: Mapping[str, str], *, bulk: bool) -> httpx.Response:
        import httpx

        split_url(url)
        options, login = self.options, self.credentials.login(url)
        wanted = {"user-agent": options.user_agent, **headers}

        if login is not None:
            wanted["authorization"] = login.authorization

        # Waiting for a free connection has no limit of its own: it ends when another request does.
        timeout = httpx.Timeout(options.timeout, connect=options.connect_timeout, pool=None)

        with _translated(url):
            request = httpx.Request(
                "GET", without_credentials(url), headers=wanted, extensions={"timeout": timeout.as_dict()}
            )
            self.requests += 1
            response = await self._transport(bulk=bulk).handle_async_request(request)

        response.request = request

        return response

    def _transport(self, *, bulk: bool) -> RoutedTransport:
        """Return the transport itself: `httpx.AsyncClient` would keep cookies and judge redirects."""
        from zephyr_workers.transport import RoutedTransport

        transport = self._transports.get(bulk)

        if transport is None:
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


def refuse_status(status: int, url: str, subject: str) -> IndexRefused:
    """Return the error for a status that means neither success nor absence."""
    reason = "is withheld for legal reasons" if status == 451 else "cannot be had"

    return IndexRefused(f"{subject} {reason}: {host(url)} answered {status} for {without_credentials(url)}.")


def _check_answer(response: httpx.Response) -> None:
    """Raise for an answer that is worth another attempt, wants credentials or contradicts itself."""
    status, url = response.status_code, str(response.url)

    if status in RETRIED_STATUSES:
        wish = parse_retry_after(response.headers.get("retry-after"), time.time())
        raise Transient(f"{host(url)} answered {status}", wish)

    if status in (401, 403, 407):
        raise IndexUnauthorised(
            f"{host(url)} refuses access to {without_credentials(url)} ({status}).",
            hint="Give credentials in ZEPHYR_INDEX_<NAME>_USERNAME and _PASSWORD, netrc, keyring or the URL.",
        )

    if len(response.headers) > MAX_HEADERS:
        raise ContradictoryFraming(f"{host(url)} answered with more than {MAX_HEADERS} headers.")


@contextmanager
def _translated(url: str) -> Generator[None, None, None]:
    """Turn httpx's exceptions into `Transient` or an error of ours; none of them shows an address whole."""
    import httpx

    try:
        yield
    except httpx.TimeoutException as error:
        raise Transient(f"{host(url)} did not answer in time ({type(error).__name__})") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise InvalidUrl(f"{without_credentials(url)[:200]!a} is not a usable http(s) address.") from error
    except httpx.DecodingError as error:
        raise Transient(f"{host(url)} sent a body that cannot be decoded") from error
    except httpx.HTTPError as error:
        failure = _tls_failure(error)

        if failure is not None:
            raise CertificateInvalid(
                f"{host(url)} cannot be trusted: {failure}.",
                hint="For an authority of your own, name its bundle in SSL_CERT_FILE; a server without TLS"
                " has an http:// address.",
            ) from error

        raise Transient(f"{host(url)}: {_plain(error)}") from error


def _tls_failure(error: BaseException) -> str | None:
    """Return what the TLS library said, if it is the reason of ``error``."""
    import ssl

    seen: BaseException | None = error

    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message

        if isinstance(seen, ssl.SSLError) and not isinstance(seen, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return seen.reason or "the TLS handshake failed"

        seen = seen.__cause__ or seen.__context__

    return None


def _plain(error: httpx.HTTPError) -> str:
    """Say what happened in the library's words, or by the kind of error where it has none."""
    cause = error.__cause__.__cause__ if error.__cause__ is not None else None

    return str(error) or str(cause or "") or f"the connection failed ({type(error).__name__})"
