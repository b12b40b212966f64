from __future__ import annotations

import socket
import struct
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from zephyr_workers.http_wire import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

pytestmark = pytest.mark.anyio


@contextmanager
def serving(converse: Callable[[socket.socket], None]) -> Generator[int]:
    """Listen on loopback, and hand the first connection to ``converse``; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()

        with connection:
            converse(connection)

    thread = threading.Thread(target=serve)
    thread.start()

    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(10)
        listener.close()


def echo(connection: socket.socket) -> None:
    while data := connection.recv(1 << 16):
        connection.sendall(data)


async def test_bytes_come_and_go() -> None:
    with serving(echo) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)
        await wire.send(b"hello")

        assert await wire.receive(5.0) == b"hello"
        assert wire.protocol is None
        wire.close()


async def test_the_end_is_empty() -> None:
    with serving(lambda connection: connection.sendall(b"bye")) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)

        assert await wire.receive(5.0) == b"bye"
        assert await wire.receive(5.0) == b""
        assert wire.disturbed
        wire.close()


async def test_silence_ends_and_the_connection_stays() -> None:
    with serving(echo) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)

        with pytest.raises(TimeoutError):
            await wire.receive(0.01)

        assert not wire.disturbed
        await wire.send(b"hello")
        assert await wire.receive(5.0) == b"hello"
        wire.close()


async def test_a_short_patience_counts_also_after_a_long_one() -> None:
    with serving(echo) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)
        await wire.send(b"hello")
        assert await wire.receive(1000.0) == b"hello"

        with anyio.fail_after(30), pytest.raises(TimeoutError):
            await wire.receive(0.01)

        with anyio.move_on_after(0.05) as scope:
            await wire.receive(1000.0)

        assert scope.cancelled_caught
        wire.close()


async def test_a_cancelled_wait_loses_nothing() -> None:
    with serving(echo) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)

        with anyio.move_on_after(0.01):
            await wire.receive(5.0)

        await wire.send(b"hello")
        assert await wire.receive(5.0) == b"hello"
        wire.close()


async def test_what_comes_unasked_is_noticed() -> None:
    noticed = threading.Event()

    def interrupt(connection: socket.socket) -> None:
        connection.sendall(b"!")
        noticed.wait(10)

    with serving(interrupt) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)

        with anyio.fail_after(5):
            while not wire.disturbed:
                await anyio.lowlevel.checkpoint()

        noticed.set()
        wire.close()


async def test_a_server_waits_while_nobody_takes_what_it_sends() -> None:
    size = 32 * 1024 * 1024
    sent = threading.Event()

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"x" * size)
        sent.set()

    with serving(flood) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)
        received = len(await wire.receive(5.0))
        assert not sent.is_set()

        while data := await wire.receive(5.0):
            received += len(data)

        wire.close()

    assert received == size


async def test_nobody_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(OSError, match=r".") as caught:
        await connect("127.0.0.1", port, None, 5.0)

    assert not isinstance(caught.value, TimeoutError)


async def test_a_lost_connection_is_an_error() -> None:
    def reset(connection: socket.socket) -> None:
        connection.recv(1)
        # A zero linger makes closing send RST.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with serving(reset) as port:
        wire = await connect("127.0.0.1", port, None, 5.0)
        await wire.send(b"x")

        with pytest.raises(ConnectionError):
            await wire.receive(5.0)

        wire.close()
