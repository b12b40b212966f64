"""A relay on loopback that adds a round trip to every exchange and limits the rate of the answers.

The system's network is not touched. Half of the round trip is spent in each direction; a new connection costs
one round trip more, as its handshake would. The rate is of the link: all connections share it.

    python -m zephyr_perf.relay PORT TARGET-PORT ROUND-TRIP-SECONDS BYTES-PER-SECOND (0: unlimited)
"""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import cast

CHUNK = 64 * 1024


class Link:
    """One direction of the line: when the next bytes may leave it."""

    def __init__(self, delay: float, rate: float) -> None:
        """``delay`` in seconds, ``rate`` in bytes a second (0: unlimited)."""
        self._delay = delay
        self._rate = rate
        self._free = 0.0

    def arrival(self, now: float, size: int) -> float:
        """Return when ``size`` bytes that are sent ``now`` are on the other side."""
        if self._rate:
            self._free = max(self._free, now) + size / self._rate

        return max(now, self._free) + self._delay


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link, ready: float) -> None:
    """Bring bytes from one side to the other; the connection is not there before ``ready``."""
    loop = asyncio.get_running_loop()
    arrivals: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=256)

    async def deliver() -> None:
        while True:
            due, data = await arrivals.get()
            await asyncio.sleep(due - loop.time())

            if not data:
                break

            writer.write(data)
            await writer.drain()

        writer.close()

    delivery = asyncio.create_task(deliver())

    try:
        while data := await reader.read(CHUNK):
            await arrivals.put((link.arrival(max(loop.time(), ready), len(data)), data))
    except ConnectionError:
        pass

    await arrivals.put((link.arrival(loop.time(), 0), b""))
    await asyncio.gather(delivery, return_exceptions=True)


async def serve(port: int, target: int, round_trip: float, rate: float) -> None:
    """Relay until cancelled."""
    there, back = Link(round_trip / 2, 0), Link(round_trip / 2, rate)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ready = asyncio.get_running_loop().time() + round_trip

        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.close()
            return

        for one in (writer, server_writer):
            cast("socket.socket", one.get_extra_info("socket")).setsockopt(
                socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
            )

        await asyncio.gather(
            carry(reader, server_writer, there, ready),
            carry(server_reader, writer, back, ready),
            return_exceptions=True,
        )

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=1024, limit=4 * CHUNK)

    async with server:
        await server.serve_forever()


def main(arguments: list[str]) -> None:
    """Relay until killed."""
    port, target, round_trip, rate = arguments
    asyncio.run(serve(int(port), int(target), float(round_trip), float(rate)))


if __name__ == "__main__":
    main(sys.argv[1:])
