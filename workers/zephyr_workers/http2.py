"""HTTP/2 on one connection: many exchanges at a time, over the state machine of ``h2`` (RFC 9113).

There is no task that reads: whoever waits first reads for all who wait, and hands over when it has what
it waited for. So nothing runs that nobody waits for, and a cancelled reader is replaced by another.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from zephyr_workers.http1 import Unanswered
from zephyr_workers.http_head import LARGEST_HEAD, ProtocolViolation, joined_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from h2.events import Event

    from zephyr_workers.http_message import Request, Response
    from zephyr_workers.http_wire import Wire
    from zephyr_workers.network_options import NetworkOptions

_WINDOW = 16 * 1024 * 1024
"""Bytes that may be on their way to us: the usual 64 KiB make the server wait for us all the time."""


class _Stream:
    """What has come of one exchange, and who waits for more of it."""

    def __init__(self, number: int, until: float) -> None:
        self.number = number
        self.until = until
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.pieces: list[bytes] = []
        self.unacknowledged = 0
        """Bytes of the flow-control window that are in our hands."""
        self.ended = False
        self.failure: Exception | None = None
        self.news = False
        """Whether anything came since somebody looked."""
        self.turn: anyio.Event | None = None
        """Set when there are news, or when it is this one's turn to read."""

    def begin(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        try:
            fields = [(name.decode("ascii"), value.decode("latin-1")) for name, value in headers]
            self.headers = joined_headers(field for field in fields if not field[0].startswith(":"))
            self.status = int(dict(fields)[":status"])
        except ProtocolViolation as error:
            self.failure = error
        except ValueError:
            self.failure = ProtocolViolation("it answers with a status that is no number")

        self._tell()

    def add(self, data: bytes, size: int) -> None:
        self.pieces.append(data)
        self.unacknowledged += size
        self._tell()

    def end(self) -> None:
        self.ended = True
        self._tell()

    def fail(self, failure: Exception) -> None:
        self.failure = failure
        self._tell()

    def _tell(self) -> None:
        self.news = True
        self.wake()

    def wake(self) -> None:
        if self.turn is not None:
            self.turn.set()


class Http2Connection:
    """Exchanges over ``wire``, as many at a time as the server and the options allow."""

    def __init__(
        self, wire: Wire, options: NetworkOptions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._wire = wire
        self._options = options
        self._clock = clock
        self._state = _client_state()
        self._streams: dict[int, _Stream] = {}
        # One exchange at a time until the server has said how many it takes.
        self._free = anyio.Semaphore(1, fast_acquire=True)
        self._agreed = False
        self._sending = anyio.Lock(fast_acquire=True)
        self._reading = False
        self._served = False
        self._failure: Exception | None = None

    @property
    def usable(self) -> bool:
        """Whether new exchanges can begin."""
        return self._failure is None

    async def send(self, request: Request) -> Response:
        """Send a request and return its response; fails as a `Transport` does, or with `Unanswered`."""
        await self._free.acquire()

        try:
            stream = self._begin(request)
        except BaseException:
            self._free.release()
            raise

        try:
            await self._flush()

            while stream.status is None:
                await self._news(stream)
        except BaseException:
            self.leave(stream)
            raise

        return _Http2Response(self, stream, stream.status)

    async def read(self, stream: _Stream) -> bytes:
        """Return what has come of a body since the last time, empty at its end."""
        while not stream.pieces and not stream.ended:
            await self._news(stream)

        body = b"".join(stream.pieces)
        stream.pieces.clear()

        if body and not stream.ended:
            self._acknowledge(stream)
            await self._flush()

        return body

    def leave(self, stream: _Stream) -> None:
        """Be done with an exchange, ended or not. What the server is to know of it goes with the next one."""
        if self._streams.pop(stream.number, None) is None:
            return

        self._free.release()

        if self._failure is None:
            self._acknowledge(stream)

            if not stream.ended and stream.failure is None:
                self._state.reset_stream(stream.number, ErrorCodes.CANCEL)

    def close(self) -> None:
        """Hang up."""
        self._fail(ConnectionResetError("the connection was closed"))

    def _begin(self, request: Request) -> _Stream:
        if self._failure is not None:
            raise Unanswered("the connection was lost") from self._failure

        try:
            number = self._state.get_next_available_stream_id()
            self._state.send_headers(
                number,
                [
                    (":method", "GET"),
                    (":authority", request.address.server.authority),
                    (":scheme", "https"),
                    (":path", request.address.target),
                    *request.headers.items(),
                ],
                end_stream=True,
            )
        except ProtocolError as error:
            raise ProtocolViolation(f"it does not take the request ({error})") from error

        stream = self._streams[number] = _Stream(number, request.until)

        return stream

    # Waiting and reading

    async def _news(self, stream: _Stream) -> None:
        """Wait until something has come for ``stream``; raise its failure when nothing more will."""
        if stream.failure is not None:
            raise stream.failure

        while not stream.news:
            if self._reading:
                await self._wait(stream)
            else:
                await self._read_for_all(stream)

        stream.news = False

    async def _wait(self, stream: _Stream) -> None:
        stream.turn = anyio.Event()

        try:
            await stream.turn.wait()
        except BaseException:
            stream.turn = None
            # It may just have become this one's turn to read.
            self._hand_over()
            raise

        stream.turn = None

    async def _read_for_all(self, stream: _Stream) -> None:
        self._reading = True

        try:
            while not stream.news:
                await self._read_once()
        finally:
            self._reading = False
            self._hand_over()

    def _hand_over(self) -> None:
        """Let somebody read who still waits, if nobody does; who has news already would not."""
        if self._reading:
            return

        for stream in self._streams.values():
            if stream.turn is not None and not stream.news:
                stream.wake()
                return

    async def _read_once(self) -> None:
        try:
            data = await self._wire.receive(self._patience())
            events = self._state.receive_data(data)
        except (OSError, ProtocolError) as error:
            if not (isinstance(error, TimeoutError) and self._expire()):
                self._fail(error)

            return

        for event in events:
            self._take_in(event)

        self._expire()

        if data:
            await self._flush()
        else:
            self._fail(
                ConnectionResetError("the server closed the connection before its answer was complete")
            )

    def _patience(self) -> float:
        """Return for how many seconds something may be waited for."""
        first = min(stream.until for stream in self._streams.values())

        return max(0.0, min(self._options.timeout, first - self._clock()))

    def _expire(self) -> bool:
        """Give up the exchanges whose time is over; tell whether there were any."""
        now = self._clock()
        late = [stream for stream in self._streams.values() if stream.until <= now and not stream.ended]

        for stream in late:
            stream.fail(TimeoutError())
            self._state.reset_stream(stream.number, ErrorCodes.CANCEL)

        return bool(late)

    def _take_in(self, event: Event) -> None:
        match event:
            case RemoteSettingsChanged():
                self._agree()
            case ConnectionTerminated():
                # What the server would still answer is lost too: h2 is done with the connection.
                self._fail(ConnectionResetError("the server ended the connection"))
            case ResponseReceived(stream_id=number, headers=headers) if number in self._streams:
                self._streams[number].begin(headers)
            case DataReceived(stream_id=number, data=data, flow_controlled_length=size):
                if number in self._streams:
                    self._streams[number].add(data, size)
                else:
                    self._state.acknowledge_received_data(size, number)
            case StreamEnded(stream_id=number) if number in self._streams:
                self._served = True
                self._streams[number].end()
            case StreamReset(stream_id=number) if number in self._streams:
                self._streams[number].fail(ConnectionResetError("the server reset the stream"))
            case _:
                pass

    def _agree(self) -> None:
        """Allow as many exchanges at a time as the server does, by its first settings."""
        if not self._agreed:
            self._agreed = True
            allowed = self._state.remote_settings.max_concurrent_streams

            for _ in range(min(allowed, self._options.max_connections) - 1):
                self._free.release()

    def _acknowledge(self, stream: _Stream) -> None:
        """Let the server send as much again as was taken of ``stream``."""
        self._state.acknowledge_received_data(stream.unacknowledged, stream.number)
        stream.unacknowledged = 0

    async def _flush(self) -> None:
        """Send what there is to say."""
        async with self._sending:
            data = self._state.data_to_send()

            if not data or self._failure is not None:
                return

            try:
                await self._wire.send(data)
            except OSError as error:
                self._fail(error)
            except BaseException:
                # Cut off in the middle of a frame.
                self._fail(ConnectionResetError("the connection was given up"))
                raise

    def _fail(self, error: Exception) -> None:
        """Give the connection up, and with it what has not ended."""
        if self._failure is not None:
            return

        self._failure = error
        self._wire.close()

        for stream in self._streams.values():
            if not stream.ended:
                stream.fail(self._failure_of(stream, error))

    def _failure_of(self, stream: _Stream, error: Exception) -> Exception:
        if isinstance(error, ProtocolError):
            return ProtocolViolation(str(error))

        if isinstance(error, TimeoutError):
            return TimeoutError()

        if self._served and stream.status is None:
            return Unanswered(str(error))

        return ConnectionResetError(str(error))


class _Http2Response:
    def __init__(self, connection: Http2Connection, stream: _Stream, status: int) -> None:
        self.status = status
        self.headers = stream.headers
        self._connection = connection
        self._stream = stream

    async def read(self) -> bytes:
        return await self._connection.read(self._stream)

    async def aclose(self) -> None:
        self._connection.leave(self._stream)


def _client_state() -> H2Connection:
    """Return the state of a new connection, with its first words waiting to be sent."""
    state = H2Connection(H2Configuration(client_side=True, header_encoding=None))
    state.local_settings = Settings(
        client=True,
        initial_values={
            SettingCodes.ENABLE_PUSH: 0,
            SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW,
            SettingCodes.MAX_HEADER_LIST_SIZE: LARGEST_HEAD,
        },
    )
    state.initiate_connection()
    state.increment_flow_control_window(_WINDOW)

    return state
