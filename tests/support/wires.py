"""Connections that follow a script: what a server sends, piece by piece, and what it was sent.

wire = ScriptedWire(b"HTTP/1.1 200 OK\\r\\n", b"Content-Length: 2\\r\\n\\r\\nok")
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import anyio
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from h2.settings import SettingCodes, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from h2.events import Event


class ScriptedWire:
    """A `zephyr_workers.http_wire.Wire`: gives each piece, raises each exception, then hangs up.

    ``seconds`` pass on `clock` before each piece.
    """

    def __init__(self, *script: bytes | Exception, seconds: float = 0.0) -> None:
        self.sent = b""
        self.closed = False
        self.protocol: str | None = None
        self.now = 0.0
        self._script = deque(script)
        self._seconds = seconds

    @property
    def disturbed(self) -> bool:
        return self.closed

    def clock(self) -> float:
        return self.now

    async def send(self, data: bytes) -> None:
        self.sent += data

    async def receive(self, patience: float) -> bytes:
        if self._seconds > patience:
            self.now += patience
            raise TimeoutError

        self.now += self._seconds
        step = self._script.popleft() if self._script else b""

        if isinstance(step, Exception):
            raise step

        return step

    def close(self) -> None:
        self.closed = True


class Http2Server:
    """The server's end of an HTTP/2 connection: bytes in, bytes out, and the paths that were asked for.

    ``answer`` is called with it and the number and path of each request's stream.
    """

    def __init__(self, answer: Callable[[Http2Server, int, str], None], streams: int = 100) -> None:
        self.paths: list[str] = []
        self.events: list[Event] = []
        self.state = H2Connection(H2Configuration(client_side=False))
        self.state.local_settings = Settings(
            client=False, initial_values={SettingCodes.MAX_CONCURRENT_STREAMS: streams}
        )
        self.state.initiate_connection()
        self._answer = answer

    def receive(self, data: bytes) -> None:
        """Take what the client sent, and answer."""
        for event in self.state.receive_data(data):
            self.events.append(event)

            if isinstance(event, RequestReceived):
                path = dict(event.headers)[b":path"].decode()
                self.paths.append(path)
                self._answer(self, event.stream_id, path)

    def respond(self, stream: int, body: bytes, *headers: tuple[str, str], status: str = "200") -> None:
        """Send a whole answer."""
        self.state.send_headers(stream, [(":status", status), *headers])

        for start in range(0, len(body), 16_384):
            self.state.send_data(stream, body[start : start + 16_384])

        self.state.end_stream(stream)


class Http2Wire:
    """A `Wire` to an `Http2Server`; receiving waits while the server has nothing to say."""

    protocol = "h2"
    disturbed = False

    def __init__(self, server: Http2Server) -> None:
        self.server = server
        self.closed = False
        self.hung_up = False
        self._interjected = b""
        self._news = anyio.Event()

    async def send(self, data: bytes) -> None:
        self.server.receive(data)
        self.tell()

    def tell(self) -> None:
        """Wake who receives: the server has something to say."""
        self._news.set()

    def interject(self, data: bytes) -> None:
        """Send bytes that no server that knows HTTP/2 would."""
        self._interjected += data
        self.tell()

    def hang_up(self) -> None:
        """End the connection once everything has been received."""
        self.hung_up = True
        self.tell()

    async def receive(self, patience: float) -> bytes:
        while not (data := self._pending()):
            if self.hung_up:
                return b""

            if patience == 0:
                raise TimeoutError

            self._news = anyio.Event()
            await self._news.wait()

        return data

    def _pending(self) -> bytes:
        interjected, self._interjected = self._interjected, b""

        return self.server.state.data_to_send() + interjected

    def close(self) -> None:
        self.closed = True
        self.hang_up()
