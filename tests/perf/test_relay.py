from __future__ import annotations

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_perf.relay import Link, serve


def test_without_a_rate_every_chunk_is_delayed_alike() -> None:
    link = Link(0.01, 0)

    assert [link.arrival(now, 1000) for now in (1.0, 1.0, 2.0)] == [1.01, 1.01, 2.01]


def test_a_rate_is_shared_by_all_that_goes_over_a_link() -> None:
    link = Link(0.5, 1000)

    assert [link.arrival(0.0, 500), link.arrival(0.0, 500), link.arrival(5.0, 1000)] == [1.0, 1.5, 6.5]


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(1, 10_000)), min_size=1),
    st.integers(0, 9),
    st.integers(1, 9999),
)
def test_bytes_arrive_in_order_and_no_faster_than_the_rate(
    chunks: list[tuple[int, int]], delay: int, rate: int
) -> None:
    link, now, before = Link(delay, rate), 0, 0.0

    for pause, size in chunks:
        now += pause
        arrival = link.arrival(now, size)

        assert arrival == pytest.approx(max(now + delay, before) + size / rate)
        before = arrival


def test_bytes_come_through_as_they_are() -> None:
    async def talk() -> bytes:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readexactly(5))
            await writer.drain()
            writer.close()

        target = await asyncio.start_server(echo, "127.0.0.1", 0)
        port = free_port()
        relay = asyncio.create_task(serve(port, target.sockets[0].getsockname()[1], 0.0, 0.0))
        reader, writer = await connected(port)
        writer.write(b"hello")
        said = await reader.read()
        writer.close()
        relay.cancel()
        target.close()

        with pytest.raises(asyncio.CancelledError):
            await relay

        return said

    assert asyncio.run(talk()) == b"hello"


async def connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect, as soon as somebody listens."""
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0)


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]

        return port
