"""A request and a response, as every transport takes and gives them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_workers.urls import Address


@dataclass(frozen=True, slots=True)
class Request:
    """One GET."""

    url: str
    """Without credentials."""
    address: Address
    """The same, taken apart."""
    headers: Mapping[str, str]
    """Names in lower case; without ``host``."""
    until: float = math.inf
    """When the whole answer must be there, in seconds of a monotonic clock."""


class Response(Protocol):
    """A response whose body is still to come."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; the values of a repeated one are joined by commas."""

    async def read(self) -> bytes:
        """Return the next piece of the body as sent, empty at its end. Fails as `Transport.send` does."""
        ...

    async def aclose(self) -> None:
        """Let go of the response; a connection with an unread rest is closed."""


class Transport(Protocol):
    """Sends requests by one route."""

    async def send(self, request: Request) -> Response:
        """Return the response to ``request``, redirects and refusals included.

        Raises ``OSError`` (``TimeoutError`` and ``ssl.SSLError`` are such) where the connection fails and
        `ProtocolViolation` where the server does not keep to the protocol.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
