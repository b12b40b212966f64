from __future__ import annotations

from itertools import pairwise

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.wires import ScriptedWire
from zephyr_workers.http1 import Http1Connection, Unanswered
from zephyr_workers.http_head import LARGEST_HEAD, ContradictoryHead, ProtocolViolation

pytestmark = pytest.mark.anyio

REQUEST = b"GET / HTTP/1.1\r\nhost: a.example\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ANSWER = OK + b"Content-Length: 5\r\n\r\nhello"


def connection_to(wire: ScriptedWire) -> Http1Connection:
    return Http1Connection(wire, 30.0, wire.clock)


async def fetched(connection: Http1Connection) -> bytes:
    """Return the body of one exchange."""
    await connection.exchange(REQUEST)
    pieces: list[bytes] = []

    while piece := await connection.read():
        pieces.append(piece)

    return b"".join(pieces)


async def body_of(*script: bytes | Exception) -> bytes:
    return await fetched(connection_to(ScriptedWire(*script)))


class TestBodies:
    async def test_a_request_is_sent_and_answered(self) -> None:
        wire = ScriptedWire(ANSWER)

        assert await fetched(connection_to(wire)) == b"hello"
        assert wire.sent == REQUEST

    async def test_the_end_of_the_connection_ends_a_body_without_length(self) -> None:
        assert await body_of(OK + b"\r\nhel", b"lo") == b"hello"

    async def test_chunks_are_put_together_without_extensions_and_trailers(self) -> None:
        chunks = b'2;a="b"\r\nhe\r\n3 \r\nllo\r\n0\r\nX-Trailer: y\r\n\r\n'

        assert await body_of(CHUNKED + chunks) == b"hello"

    @pytest.mark.parametrize("answer", [ANSWER, CHUNKED + b"2\r\nhe\r\n3\r\nllo\r\n0\r\na: b\r\n\r\n"])
    @given(data=st.data())
    def test_it_does_not_matter_how_the_bytes_are_cut(self, answer: bytes, data: st.DataObject) -> None:
        cuts = data.draw(st.sets(st.integers(0, len(answer))))
        pieces = [answer[start:end] for start, end in pairwise(sorted(cuts | {0, len(answer)}))]

        assert anyio.run(lambda: body_of(*pieces)) == b"hello"

    async def test_interim_answers_are_passed_over(self) -> None:
        interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"

        assert await body_of(interim + ANSWER) == b"hello"


class TestBrokenAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 20",
            OK + b"Content-Length: 5\r\n\r\nhell",
            CHUNKED + b"5\r\nhel",
            CHUNKED + b"5\r\nhello",
            CHUNKED + b"5\r\nhello\r\n",
            CHUNKED + b"5\r\nhello\r\n0\r\n",
        ],
    )
    async def test_an_answer_that_is_cut_short_is_an_error(self, answer: bytes) -> None:
        with pytest.raises(ConnectionError):
            await body_of(answer)

    @pytest.mark.parametrize(
        "chunks",
        [
            b"\r\nhello\r\n0\r\n\r\n",
            b"-5\r\nhello\r\n0\r\n\r\n",
            b"0x5\r\nhello\r\n0\r\n\r\n",
            b"5\nhello\r\n0\r\n\r\n",
            b"4\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhelloxx0\r\n\r\n",
            b"f" * 17 + b"\r\n",
            b"1" * 5000,
        ],
    )
    async def test_broken_chunks_are_refused(self, chunks: bytes) -> None:
        with pytest.raises(ProtocolViolation):
            await body_of(CHUNKED + chunks)

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n" * 17,
            OK + b"x: " + b"y" * LARGEST_HEAD,
            CHUNKED + b"0\r\n" + b"x: y\r\n" * LARGEST_HEAD,
            b"not http at all\r\n\r\n",
        ],
        ids=["another protocol", "interim without end", "large head", "large trailers", "nonsense"],
    )
    async def test_what_is_no_answer_is_refused(self, answer: bytes) -> None:
        with pytest.raises(ProtocolViolation):
            await body_of(answer)

    async def test_contradictory_framing_is_told_apart(self) -> None:
        with pytest.raises(ContradictoryHead):
            await body_of(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")

    async def test_a_head_has_to_be_there_in_time_as_a_whole(self) -> None:
        wire = ScriptedWire(*[b"HTTP/1.1 200 OK\r\n"[place : place + 1] for place in range(17)], seconds=2.0)

        with pytest.raises(TimeoutError):
            await connection_to(wire).exchange(REQUEST)

        assert wire.now == 30.0

    async def test_a_slow_body_goes_on_as_long_as_each_piece_is_in_time(self) -> None:
        wire = ScriptedWire(OK + b"Content-Length: 5\r\n\r\n", b"h", b"e", b"l", b"l", b"o", seconds=20.0)

        assert await fetched(connection_to(wire)) == b"hello"


class TestReuse:
    async def test_a_connection_serves_again_after_a_whole_body(self) -> None:
        connection = connection_to(ScriptedWire(ANSWER, CHUNKED + b"0\r\n\r\n", ANSWER))

        assert [await fetched(connection) for _ in range(3)] == [b"hello", b"", b"hello"]
        assert connection.reusable

    async def test_a_body_that_was_not_read_to_its_end_is_in_the_way(self) -> None:
        connection = connection_to(ScriptedWire(ANSWER))
        await connection.exchange(REQUEST)

        assert not connection.reusable

    @pytest.mark.parametrize(
        "answer",
        [
            ANSWER + b"HTTP/1.1 200 OK\r\n",
            OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello",
            OK + b"\r\nhello",
        ],
        ids=["more than asked for", "close", "no length"],
    )
    async def test_some_answers_are_the_last(self, answer: bytes) -> None:
        connection = connection_to(ScriptedWire(answer))

        assert await fetched(connection) == b"hello"
        assert not connection.reusable

    @pytest.mark.parametrize("ending", [b"", ConnectionResetError("reset")])
    async def test_one_that_had_served_before_may_have_been_closed(self, ending: bytes | Exception) -> None:
        connection = connection_to(ScriptedWire(ANSWER, ending))
        await fetched(connection)

        with pytest.raises(Unanswered):
            await connection.exchange(REQUEST)

    async def test_one_that_never_served_failed(self) -> None:
        with pytest.raises(ConnectionError) as caught:
            await connection_to(ScriptedWire()).exchange(REQUEST)

        assert not isinstance(caught.value, Unanswered)

    async def test_an_answer_that_began_is_not_asked_for_again(self) -> None:
        connection = connection_to(ScriptedWire(ANSWER, b"HTTP/1.1 2"))
        await fetched(connection)

        with pytest.raises(ConnectionError) as caught:
            await connection.exchange(REQUEST)

        assert not isinstance(caught.value, Unanswered)


class TestUntil:
    async def test_a_head_that_comes_later_is_not_waited_for(self) -> None:
        wire = ScriptedWire(ANSWER, seconds=5.0)

        with pytest.raises(TimeoutError):
            await connection_to(wire).exchange(REQUEST, until=3.0)

        assert wire.now == 3.0

    async def test_a_body_that_comes_piece_by_piece_is_cut_off(self) -> None:
        wire = ScriptedWire(OK + b"Content-Length: 5\r\n\r\n", b"h", b"e", b"l", b"l", b"o", seconds=20.0)
        connection = connection_to(wire)
        await connection.exchange(REQUEST, until=50.0)
        assert await connection.read() == b"h"

        with pytest.raises(TimeoutError):
            await connection.read()

        assert wire.now == 50.0

    async def test_the_next_exchange_has_its_own(self) -> None:
        wire = ScriptedWire(ANSWER, ANSWER, seconds=5.0)
        connection = connection_to(wire)
        await connection.exchange(REQUEST, until=6.0)
        assert await connection.read() == b"hello"

        assert (await connection.exchange(REQUEST)).status == 200
