"""Answers: whole ones, and bodies still to come with the limits that they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.model.index import without_credentials
from zephyr_workers.http_coding import DecodedTooLarge, decode_body
from zephyr_workers.http_failures import FAILURES, failure_of
from zephyr_workers.http_head import ProtocolViolation
from zephyr_workers.network_errors import DownloadTooLarge
from zephyr_workers.retry import Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zephyr_workers.http_message import Response
    from zephyr_workers.network_options import NetworkOptions


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``url`` is where it came from, after redirects; header names are in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    """With its Content-Encoding undone."""
    sent: bytes
    """The body as it came."""


class Body:
    """An answer whose body is still to come."""

    def __init__(
        self, url: str, response: Response, options: NetworkOptions, clock: Callable[[], float]
    ) -> None:
        self.url = url
        self.status = response.status
        self.headers = response.headers
        self._response = response
        self._clock = clock
        self._rate = RateFloor(options.minimum_rate, options.rate_window, clock())

    async def read(self) -> bytes:
        """Return the next piece as sent, empty at the end.

        Raises `Transient` when the body breaks off or falls below the minimum rate.
        """
        try:
            piece = await self._response.read()
        except FAILURES as error:
            raise failure_of(self.url, error) from error

        if piece:
            self._rate.check(len(piece), self._clock())

        return piece

    async def whole(self, limit: int) -> bytes:
        """Return the body of `answer`."""
        return (await self.answer(limit)).body

    async def answer(self, limit: int) -> Answer:
        """Return the whole answer.

        Raises `DownloadTooLarge` beyond ``limit`` bytes, else as `read` does.
        """
        parts: list[bytes] = []
        size = 0

        while piece := await self.read():
            parts.append(piece)
            size += len(piece)

            if size > limit:
                raise self._too_large(limit)

        sent = b"".join(parts)

        try:
            body = decode_body(sent, self.headers.get("content-encoding"), limit)
        except ProtocolViolation as error:
            raise failure_of(self.url, error) from error
        except DecodedTooLarge as error:
            raise self._too_large(limit) from error

        return Answer(self.url, self.status, self.headers, body, sent)

    async def aclose(self) -> None:
        """Let go of the answer; a connection with an unread rest is closed."""
        await self._response.aclose()

    def _too_large(self, limit: int) -> DownloadTooLarge:
        return DownloadTooLarge(f"{without_credentials(self.url)} is larger than {limit} bytes.")


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
