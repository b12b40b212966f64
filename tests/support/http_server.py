"""A threaded HTTP/1.1 server over raw sockets on loopback, whose framing can lie.

It knows no packaging: a handler turns each `Request` into a `Reply`, and the reply's `Delivery`
says how its bytes reach the client (cut short, never finished, reset, one byte at a time). Nothing
is resolved by name, and `close` leaves no thread and no socket behind.
"""

from __future__ import annotations

import contextlib
import http
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEFORE_HEAD = -1
"""A `Delivery.stop_after` that stops before the status line."""

_HEAD_LIMIT = 1 << 20
_JOIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    version: str = "HTTP/1.1"

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a reply's bytes are sent.

    After ``stop_after`` bytes of the body the ``ending`` happens: the connection is closed, reset
    (RST), or kept open in silence. ``pause`` seconds lie between pieces of ``piece`` bytes.
    ``endless`` repeats the body until the client hangs up.
    """

    stop_after: int | None = None
    ending: Literal["close", "reset", "stall"] = "close"
    pause: float = 0.0
    piece: int = 1 << 16
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, headers and a body; ``declared`` overrides Content-Length."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    declared: int | None = None
    chunked: bool = False
    delivery: Delivery = field(default_factory=Delivery)


class LoopbackServer:
    """Accepts connections on ``host`` (a loopback address, port chosen by the system)."""

    def __init__(self, handler: Callable[[Request], Reply], host: str = "127.0.0.1") -> None:
        self._handler = handler
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((host, 0), backlog=128)
        self.host, self.port = self._listener.getsockname()[:2]
        self._spawn(self._accept)

    @property
    def origin(self) -> str:
        """``http://address:port``, without a trailing slash."""
        return f"http://{self.host}:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up on everybody and wait until every thread has ended; may be called twice."""
        if self._closing.is_set():
            return

        self._closing.set()

        # A blocked accept() wakes on every platform when somebody connects.
        with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=5):
            pass

        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

            threads = list(self._threads)

        for thread in threads:
            thread.join(_JOIN_SECONDS)

        self._listener.close()
        stuck = [thread.name for thread in threads if thread.is_alive()]

        if stuck:
            raise RuntimeError(f"server threads did not end: {stuck}")

    def _spawn(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name=f"fake-{target.__name__}", daemon=True)

        with self._lock:
            self._threads = [known for known in self._threads if known.is_alive()]
            thread.start()
            self._threads.append(thread)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()

            if self._closing.is_set():
                connection.close()
                return

            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            with self._lock:
                self._connections.add(connection)

            self._spawn(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")

        try:
            while not self._closing.is_set():
                request = _read_request(reader.readline, reader.read)

                if request is None or not self._deliver(connection, request, self._handler(request)):
                    return
        except (OSError, ValueError):
            return  # the client hung up or spoke nonsense: that is its affair
        finally:
            with self._lock:
                self._connections.discard(connection)

            reader.close()
            connection.close()

    def _deliver(self, connection: socket.socket, request: Request, reply: Reply) -> bool:
        """Send ``reply``; return whether the connection can carry another request."""
        delivery = reply.delivery

        if delivery.stop_after == BEFORE_HEAD:
            return _end(connection, delivery)

        keep = _wants_keep_alive(request) and not delivery.endless
        connection.sendall(_head(reply, keep=keep))

        if request.method == "HEAD" or reply.status in {204, 304}:
            return keep

        for piece in _pieces(reply):
            connection.sendall(piece)

            if delivery.pause and self._closing.wait(delivery.pause):
                return False

        if delivery.stop_after is not None:
            return _end(connection, delivery)

        return keep and reply.declared in {None, len(reply.body)}


def _read_request(
    read_line: Callable[[int], bytes],
    read: Callable[[int], bytes],
) -> Request | None:
    first = read_line(_HEAD_LIMIT)

    if not first:
        return None

    method, target, version = first.decode("latin-1").split()
    headers: dict[str, str] = {}

    while line := read_line(_HEAD_LIMIT).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()

    read(int(headers.get("content-length", "0")))

    return Request(method, target, headers, version)


def _wants_keep_alive(request: Request) -> bool:
    connection = request.headers.get("connection", "").lower()

    if request.version == "HTTP/1.0":
        return connection == "keep-alive"

    return connection != "close"


def _head(reply: Reply, *, keep: bool) -> bytes:
    phrase = http.HTTPStatus(reply.status).phrase if reply.status in set(http.HTTPStatus) else "Odd"
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]

    if reply.chunked:
        lines.append("Transfer-Encoding: chunked")
    elif not reply.delivery.endless and reply.status != http.HTTPStatus.NOT_MODIFIED:
        lines.append(f"Content-Length: {len(reply.body) if reply.declared is None else reply.declared}")

    lines.append(f"Connection: {'keep-alive' if keep else 'close'}")

    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _pieces(reply: Reply) -> Iterator[bytes]:
    delivery = reply.delivery
    body = reply.body if delivery.stop_after is None else reply.body[: delivery.stop_after]

    while True:
        for start in range(0, len(body), delivery.piece):
            piece = body[start : start + delivery.piece]
            yield b"%x\r\n%b\r\n" % (len(piece), piece) if reply.chunked else piece

        if not delivery.endless or not body:
            break

    if reply.chunked and delivery.stop_after is None:
        yield b"0\r\n\r\n"


def _end(connection: socket.socket, delivery: Delivery) -> bool:
    if delivery.ending == "stall":
        # Silence until the client hangs up or the server closes: recv() returns for both.
        while connection.recv(1 << 16):
            pass
    elif delivery.ending == "reset":
        # A zero linger makes close() send RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return False
