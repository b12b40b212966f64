"""A connection to a server, as bytes: one interface, with an implementation for asyncio and one for the rest.

anyio's streams cost 100 µs per exchange on asyncio, asyncio's own protocols 25 µs (measured, 16
connections on loopback); a resolve makes thousands of exchanges. So asyncio is spoken to directly.
Only the one that is used is imported.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

import anyio

if TYPE_CHECKING:
    import ssl


class Wire(Protocol):
    """Bytes to and from one server. One task at a time receives."""

    @property
    def protocol(self) -> str | None:
        """What TLS agreed on (ALPN): ``h2``, ``http/1.1`` or nothing."""
        ...

    @property
    def disturbed(self) -> bool:
        """Whether anything came while nobody receives, if only that the server hung up."""
        ...

    async def send(self, data: bytes) -> None:
        """Send ``data``; raises ``OSError``."""

    async def receive(self, patience: float) -> bytes:
        """Return the next bytes, empty at the end.

        Raises ``TimeoutError`` when none come for ``patience`` seconds, and ``OSError``.
        """
        ...

    def close(self) -> None:
        """Hang up, at once and without waiting for the server."""


async def connect(host: str, port: int, context: ssl.SSLContext | None, patience: float) -> Wire:
    """Connect, over TLS where there is a ``context``.

    Raises ``TimeoutError`` after ``patience`` seconds, else ``OSError`` (``ssl.SSLError`` is one).
    """
    with anyio.fail_after(patience):
        if _on_asyncio():
            from zephyr_workers.http_wire_asyncio import connect_asyncio

            return await connect_asyncio(host, port, context)

        from zephyr_workers.http_wire_anyio import connect_anyio

        return await connect_anyio(host, port, context)


def _on_asyncio() -> bool:
    asyncio = sys.modules.get("asyncio")

    try:
        return asyncio is not None and asyncio.get_running_loop() is not None
    except RuntimeError:
        return False
