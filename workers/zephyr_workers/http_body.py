"""Answers: whole ones, and bodies still to come with the limits that they keep."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr.model.index import without_credentials
from zephyr_workers.http_failures import translated
from zephyr_workers.network_errors import DownloadTooLarge
from zephyr_workers.retry import Transient

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    import httpx

    from zephyr_workers.network_options import NetworkOptions


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

        with translated(self.url):
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
