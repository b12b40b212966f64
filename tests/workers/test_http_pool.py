from __future__ import annotations

import ssl
import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.support.http_server import Delivery, LoopbackServer, Reply
from tests.support.wires import Http2Server, Http2Wire, ScriptedWire
from zephyr_workers import http_pool
from zephyr_workers.http_message import Request
from zephyr_workers.http_pool import DirectTransport
from zephyr_workers.http_wire import Wire
from zephyr_workers.network_options import NetworkOptions
from zephyr_workers.urls import address

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.anyio

OPTIONS = NetworkOptions(timeout=5.0, max_connections=4)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def request(url: str) -> Request:
    return Request(url, address(url), {})


async def fetch(transport: DirectTransport, url: str) -> bytes:
    response = await transport.send(request(url))
    pieces: list[bytes] = []

    try:
        while piece := await response.read():
            pieces.append(piece)
    finally:
        await response.aclose()

    return b"".join(pieces)


@pytest.fixture
def connect_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Wire]]:
    """Have one connection after the other made of the wires given; returns those in use."""

    def prepare(*wires: Wire) -> list[Wire]:
        waiting, used = list(wires), list[Wire]()

        async def connect(*_: object) -> Wire:
            used.append(waiting.pop(0))

            return used[-1]

        monkeypatch.setattr(http_pool, "connect", connect)

        return used

    return prepare


class TestConnections:
    async def test_one_after_the_other_share_a_connection(
        self, connect_to: Callable[..., list[Wire]]
    ) -> None:
        used = connect_to(ScriptedWire(ANSWER, ANSWER, ANSWER))
        transport = DirectTransport(OPTIONS, None)

        for _ in range(3):
            assert await fetch(transport, "http://a.example/") == b"hello"

        assert len(used) == 1

    async def test_each_server_has_its_own(self, connect_to: Callable[..., list[Wire]]) -> None:
        used = connect_to(ScriptedWire(ANSWER), ScriptedWire(ANSWER))
        transport = DirectTransport(OPTIONS, None)
        await fetch(transport, "http://a.example/")
        await fetch(transport, "http://a.example:81/")

        assert len(used) == 2

    async def test_one_that_was_closed_meanwhile_is_replaced(
        self, connect_to: Callable[..., list[Wire]]
    ) -> None:
        used = connect_to(ScriptedWire(ANSWER), ScriptedWire(ANSWER))
        transport = DirectTransport(OPTIONS, None)

        assert await fetch(transport, "http://a.example/") == b"hello"
        assert await fetch(transport, "http://a.example/") == b"hello"
        assert len(used) == 2

    async def test_a_new_one_that_is_closed_is_an_error(self, connect_to: Callable[..., list[Wire]]) -> None:
        connect_to(ScriptedWire())

        with pytest.raises(ConnectionError):
            await fetch(DirectTransport(OPTIONS, None), "http://a.example/")

    async def test_one_whose_body_is_given_up_is_closed(self, connect_to: Callable[..., list[Wire]]) -> None:
        used = connect_to(ScriptedWire(ANSWER), ScriptedWire(ANSWER))
        transport = DirectTransport(OPTIONS, None)
        response = await transport.send(request("http://a.example/"))
        await response.aclose()

        assert await fetch(transport, "http://a.example/") == b"hello"
        assert isinstance(used[0], ScriptedWire)
        assert used[0].closed

    async def test_a_failure_makes_room_for_the_next(self, connect_to: Callable[..., list[Wire]]) -> None:
        broken = [ScriptedWire(b"nonsense\r\n\r\n") for _ in range(OPTIONS.max_connections)]
        connect_to(*broken, ScriptedWire(ANSWER))
        transport = DirectTransport(OPTIONS, None)

        for _ in broken:
            with pytest.raises(Exception, match="nonsense"):
                await fetch(transport, "http://a.example/")

        assert await fetch(transport, "http://a.example/") == b"hello"
        assert all(wire.closed for wire in broken)

    async def test_a_request_that_is_cancelled_makes_room_for_the_next(self) -> None:
        with LoopbackServer(stall_on("/slow")) as server:
            transport = DirectTransport(NetworkOptions(max_connections=1), None)

            with anyio.move_on_after(0.05):
                await fetch(transport, f"{server.origin}/slow")

            assert await fetch(transport, f"{server.origin}/quick") == b"hello"
            await transport.aclose()

    async def test_no_more_are_opened_than_allowed(self) -> None:
        working, most, lock = 0, 0, threading.Lock()

        def handler(_: object) -> Reply:
            nonlocal working, most

            with lock:
                working += 1
                most = max(most, working)

            with lock:
                working -= 1

            return Reply(200, b"hello")

        with LoopbackServer(handler) as server:
            transport = DirectTransport(OPTIONS, None)

            async with anyio.create_task_group() as group:
                for number in range(40):
                    group.start_soon(fetch, transport, f"{server.origin}/{number}")

            await transport.aclose()

        assert 1 <= most <= OPTIONS.max_connections


class TestHttp2:
    async def test_it_is_spoken_where_the_server_has_it(self, connect_to: Callable[..., list[Wire]]) -> None:
        server = Http2Server(lambda server, stream, path: server.respond(stream, path.encode()))
        used = connect_to(Http2Wire(server))
        transport = DirectTransport(OPTIONS, tls())

        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(fetch, transport, f"https://a.example/{number}")

        assert len(used) == 1
        assert sorted(server.paths) == [f"/{number}" for number in range(10)]

    async def test_a_server_without_it_is_asked_once(self, connect_to: Callable[..., list[Wire]]) -> None:
        used = connect_to(*[ScriptedWire(ANSWER) for _ in range(4)])
        transport = DirectTransport(OPTIONS, tls())

        async with anyio.create_task_group() as group:
            for number in range(4):
                group.start_soon(fetch, transport, f"https://a.example/{number}")

        assert 1 <= len(used) <= 4

    async def test_a_connection_that_ends_is_followed_by_another(
        self, connect_to: Callable[..., list[Wire]]
    ) -> None:
        def answer(server: Http2Server, stream: int, path: str) -> None:
            if len(server.paths) == 3:
                server.state.close_connection(last_stream_id=stream - 2)
            else:
                server.respond(stream, path.encode())

        used = connect_to(*[Http2Wire(Http2Server(answer)) for _ in range(2)])
        transport = DirectTransport(OPTIONS, tls())

        for number in range(4):
            assert await fetch(transport, f"https://a.example/{number}") == f"/{number}".encode()

        assert len(used) == 2


def stall_on(path: str) -> Callable[..., Reply]:
    def handler(asked: object) -> Reply:
        if getattr(asked, "path", "") == path:
            return Reply(200, b"hello", delivery=Delivery(stop_after=2, ending="stall"))

        return Reply(200, b"hello")

    return handler


def tls() -> ssl.SSLContext:
    """Stand for a context that somebody chose: these connections need none."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
