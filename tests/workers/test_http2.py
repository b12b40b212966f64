from __future__ import annotations

import math

import anyio
import pytest
from h2.errors import ErrorCodes
from h2.events import StreamReset

from tests.support.wires import Http2Server, Http2Wire
from zephyr_workers.http1 import Unanswered
from zephyr_workers.http2 import Http2Connection
from zephyr_workers.http_head import MAX_HEADERS, ProtocolViolation
from zephyr_workers.http_message import Request, Response
from zephyr_workers.network_options import NetworkOptions
from zephyr_workers.urls import address

pytestmark = pytest.mark.anyio

OPTIONS = NetworkOptions(timeout=5.0)


def request(path: str = "/", until: float = math.inf) -> Request:
    url = f"https://a.example{path}"

    return Request(url, address(url), {"accept": "*/*"}, until)


def echo(server: Http2Server, stream: int, path: str) -> None:
    server.respond(stream, path.encode(), ("etag", '"x"'))


def silence(server: Http2Server, stream: int, path: str) -> None:
    """Say nothing yet."""


def connected(server: Http2Server, options: NetworkOptions = OPTIONS) -> tuple[Http2Connection, Http2Wire]:
    wire = Http2Wire(server)

    return Http2Connection(wire, options), wire


async def whole(response: Response) -> bytes:
    pieces: list[bytes] = []

    while piece := await response.read():
        pieces.append(piece)

    await response.aclose()

    return b"".join(pieces)


class TestExchanges:
    async def test_an_answer_has_status_headers_and_body(self) -> None:
        connection, _ = connected(Http2Server(echo))
        response = await connection.send(request("/a?b"))

        assert (response.status, response.headers) == (200, {"etag": '"x"'})
        assert await whole(response) == b"/a?b"

    async def test_many_share_the_connection(self) -> None:
        server = Http2Server(echo)
        connection, _ = connected(server)
        bodies: dict[str, bytes] = {}

        async def fetch(path: str) -> None:
            bodies[path] = await whole(await connection.send(request(path)))

        async with anyio.create_task_group() as group:
            for number in range(60):
                group.start_soon(fetch, f"/{number}")

        assert bodies == {f"/{number}": f"/{number}".encode() for number in range(60)}

    async def test_answers_come_in_any_order(self) -> None:
        waiting: list[tuple[int, str]] = []
        server = Http2Server(lambda _, stream, path: waiting.append((stream, path)))
        connection, wire = connected(server)
        done: list[str] = []

        async def fetch(path: str) -> None:
            done.append((await whole(await connection.send(request(path)))).decode())

        async with anyio.create_task_group() as group:
            for path in ("/1", "/2", "/3"):
                group.start_soon(fetch, path)

            await anyio.wait_all_tasks_blocked()
            assert len(server.paths) == 3

            while waiting:
                echo(server, *waiting.pop())
                wire.tell()
                await anyio.wait_all_tasks_blocked()

        assert done == server.paths[::-1]

    async def test_the_last_one_is_read_for_when_all_others_are_served_at_once(self) -> None:
        server = Http2Server(silence)
        connection, wire = connected(server)
        done: list[bytes] = []

        async def fetch(path: str) -> None:
            done.append(await whole(await connection.send(request(path))))

        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(fetch, f"/{number}")

            await anyio.wait_all_tasks_blocked()
            *others, last = range(1, 11, 2)

            for stream in others:
                server.respond(stream, b"other")

            wire.tell()
            await anyio.wait_all_tasks_blocked()
            server.respond(last, b"last")
            wire.tell()

        assert done == [b"other"] * 4 + [b"last"]

    async def test_no_more_are_sent_than_the_server_takes(self) -> None:
        server = Http2Server(silence, streams=2)
        connection, wire = connected(server)

        async def fetch() -> None:
            await connection.send(request())

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(fetch)

            await anyio.wait_all_tasks_blocked()
            assert len(server.paths) == 2
            assert not wire.closed
            group.cancel_scope.cancel()

    async def test_a_large_body_does_not_wait_for_us(self) -> None:
        body = b"x" * 1_000_000
        connection, _ = connected(Http2Server(lambda server, stream, _: server.respond(stream, body)))

        assert await whole(await connection.send(request())) == body

    async def test_the_server_may_go_on_when_much_has_been_read(self) -> None:
        piece = b"x" * 16_384
        server = Http2Server(silence)
        connection, wire = connected(server)
        received = 0

        async def feed() -> None:
            stream = 1
            server.state.send_headers(stream, [(":status", "200")])

            for _ in range(3 * 1024):
                while server.state.local_flow_control_window(stream) < len(piece):
                    await anyio.wait_all_tasks_blocked()

                server.state.send_data(stream, piece)
                wire.tell()
                await anyio.lowlevel.checkpoint()

            server.state.end_stream(stream)
            wire.tell()

        async with anyio.create_task_group() as group, anyio.create_task_group() as sending:

            async def begin() -> None:
                nonlocal received
                response = await connection.send(request())

                while got := await response.read():
                    received += len(got)

            group.start_soon(begin)
            await anyio.wait_all_tasks_blocked()
            sending.start_soon(feed)

        assert received == 3 * 1024 * len(piece)


class TestCancellation:
    async def test_another_reads_on_when_the_reader_is_cancelled(self) -> None:
        server = Http2Server(lambda server, stream, path: None if path == "/1" else waiting.append(stream))
        waiting: list[int] = []
        connection, wire = connected(server)
        scope = anyio.CancelScope()
        bodies: list[bytes] = []

        async def cancelled() -> None:
            with scope:
                await connection.send(request("/1"))

        async def other() -> None:
            bodies.append(await whole(await connection.send(request("/2"))))

        async with anyio.create_task_group() as group:
            group.start_soon(cancelled)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(other)
            await anyio.wait_all_tasks_blocked()
            scope.cancel()
            await anyio.wait_all_tasks_blocked()
            server.respond(waiting[0], b"there")
            wire.tell()

        assert bodies == [b"there"]
        assert connection.usable

    async def test_the_server_is_told_of_a_body_that_nobody_wants(self) -> None:
        server = Http2Server(
            lambda server, stream, _: server.state.send_headers(stream, [(":status", "200")])
        )
        connection, _ = connected(server)
        await (await connection.send(request("/1"))).aclose()
        await (await connection.send(request("/2"))).aclose()

        resets = [event for event in server.events if isinstance(event, StreamReset)]
        assert [(reset.stream_id, reset.error_code) for reset in resets] == [(1, ErrorCodes.CANCEL)]


class TestFailures:
    async def test_a_stream_that_is_reset_fails_alone(self) -> None:
        def answer(server: Http2Server, stream: int, path: str) -> None:
            if path == "/bad":
                server.state.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
            else:
                echo(server, stream, path)

        connection, _ = connected(Http2Server(answer))

        with pytest.raises(ConnectionError, match="reset"):
            await connection.send(request("/bad"))

        assert await whole(await connection.send(request("/good"))) == b"/good"

    async def test_a_body_that_is_reset_is_an_error_after_what_came(self) -> None:
        def answer(server: Http2Server, stream: int, path: str) -> None:
            server.state.send_headers(stream, [(":status", "200")])
            server.state.send_data(stream, b"half")
            server.state.reset_stream(stream)

        connection, _ = connected(Http2Server(answer))
        response = await connection.send(request())

        assert await response.read() == b"half"

        with pytest.raises(ConnectionError):
            await response.read()

    async def test_what_was_asked_of_a_connection_that_ends_can_be_asked_again(self) -> None:
        def answer(server: Http2Server, stream: int, path: str) -> None:
            if path == "/last":
                server.state.close_connection(last_stream_id=stream - 2)
            else:
                echo(server, stream, path)

        connection, _ = connected(Http2Server(answer))
        await whole(await connection.send(request("/first")))

        with pytest.raises(Unanswered):
            await connection.send(request("/last"))

        assert not connection.usable

        with pytest.raises(Unanswered):
            await connection.send(request("/later"))

    async def test_a_new_connection_that_ends_at_once_has_failed(self) -> None:
        connection, _ = connected(Http2Server(lambda server, _stream, _path: server.state.close_connection()))

        with pytest.raises(ConnectionError) as caught:
            await connection.send(request())

        assert not isinstance(caught.value, Unanswered)

    async def test_hanging_up_fails_everybody(self) -> None:
        connection, wire = connected(Http2Server(silence))
        failures: list[Exception] = []

        async def fetch() -> None:
            try:
                await connection.send(request())
            except ConnectionError as error:
                failures.append(error)

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(fetch)

            await anyio.wait_all_tasks_blocked()
            wire.hang_up()

        assert len(failures) == 3
        assert len({id(failure) for failure in failures}) == 3
        assert wire.closed

    async def test_silence_ends(self) -> None:
        connection, _ = connected(Http2Server(silence), NetworkOptions(timeout=0))

        with pytest.raises(TimeoutError):
            await connection.send(request())

    async def test_a_body_of_another_length_than_announced_is_refused(self) -> None:
        connection, _ = connected(
            Http2Server(lambda server, stream, _: server.respond(stream, b"four", ("content-length", "5")))
        )

        with pytest.raises(ProtocolViolation):
            await whole(await connection.send(request()))

    async def test_headers_have_a_limit(self) -> None:
        many = [("a", "b")] * (MAX_HEADERS + 1)
        connection, _ = connected(Http2Server(lambda server, stream, _: server.respond(stream, b"", *many)))

        with pytest.raises(ProtocolViolation, match="headers"):
            await connection.send(request())

    @pytest.mark.parametrize(
        "frame",
        [b"\0\0\1\0\0\0\0\0\0x", b"\0\0\1\0\0\0\0\0\x63x", b"\0\0\1\1\4\0\0\0\1\xff", b"\0\0\0\5\4\0\0\0\1"],
        ids=["data of no stream", "data of an unknown stream", "broken headers", "a pushed answer"],
    )
    async def test_broken_frames_end_the_connection(self, frame: bytes) -> None:
        wire = Http2Wire(Http2Server(silence))
        connection = Http2Connection(wire, OPTIONS)
        wire.interject(frame)

        with pytest.raises(ProtocolViolation):
            await connection.send(request())

        assert wire.closed


class TestUntil:
    async def test_an_exchange_is_given_up_while_others_go_on(self) -> None:
        now = 0.0
        server = Http2Server(silence)
        wire = Http2Wire(server)
        connection = Http2Connection(wire, OPTIONS, lambda: now)
        done: list[bytes] = []

        async def patient() -> None:
            done.append(await whole(await connection.send(request("/patient"))))

        async def late() -> None:
            with pytest.raises(TimeoutError):
                await connection.send(request("/late", until=1.0))

            done.append(b"given up")

        async with anyio.create_task_group() as group:
            group.start_soon(patient)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(late)
            await anyio.wait_all_tasks_blocked()
            now = 2.0
            server.respond(1, b"hello")
            wire.tell()

        assert sorted(done) == [b"given up", b"hello"]
        assert connection.usable

    async def test_the_server_is_told_of_what_is_given_up(self) -> None:
        server = Http2Server(silence)
        connection = Http2Connection(Http2Wire(server), OPTIONS, lambda: 2.0)

        with pytest.raises(TimeoutError):
            await connection.send(request(until=1.0))

        with pytest.raises(TimeoutError):
            await connection.send(request(until=1.0))

        resets = [event for event in server.events if isinstance(event, StreamReset)]
        assert [reset.error_code for reset in resets] == [ErrorCodes.CANCEL]
