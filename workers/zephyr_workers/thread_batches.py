"""Short blocking calls in a thread, those that wait at one moment together.

Going to a thread and back costs 100 µs, as much as ten small files: a resolve reads and writes thousands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    import anyio

T = TypeVar("T")


class ThreadBatches:
    """Runs calls in the order in which they were asked for, one batch of them at a time.

    There is no task of its own: whoever asks first takes the calls of all to the thread, until its own is
    done, and hands over.
    """

    def __init__(self) -> None:
        self._waiting: list[_Call[Any]] = []
        self._busy = False

    async def run(self, function: Callable[[], T]) -> T:
        """Return what ``function`` returns, or raise what it raises; it must be short.

        Cancelled, it may have been called or not.
        """
        call = _Call(function)
        self._waiting.append(call)

        try:
            while not call.over:
                if self._busy:
                    await call.wait()
                else:
                    await self._visit()
        finally:
            if not call.over and call in self._waiting:
                self._waiting.remove(call)

            self._hand_over()

        return call.result()

    async def _visit(self) -> None:
        import anyio.to_thread

        batch, self._waiting = self._waiting, []
        self._busy = True

        try:
            await anyio.to_thread.run_sync(_run_all, batch)
        finally:
            self._busy = False
            # Without a thread to be had, or cancelled before there was one, it goes on with the next batch.
            self._waiting[:0] = [call for call in batch if not call.over]

            for call in batch:
                call.wake()

    def _hand_over(self) -> None:
        """Wake the one that waits for the longest, to take the next batch."""
        if self._waiting and not self._busy:
            self._waiting[0].wake()


class _Call(Generic[T]):
    def __init__(self, function: Callable[[], T]) -> None:
        self._function = function
        self._values: list[T] = []
        self._error: BaseException | None = None
        self._turn: anyio.Event | None = None
        self.over = False

    async def wait(self) -> None:
        """Wait until the call is over, or it is this one's turn to go to the thread."""
        import anyio

        self._turn = anyio.Event()
        await self._turn.wait()
        self._turn = None

    def wake(self) -> None:
        if self._turn is not None:
            self._turn.set()

    def run(self) -> None:
        try:
            self._values.append(self._function())
        except Exception as error:  # noqa: BLE001 - raised to whoever asked
            self._error = error

        self.over = True

    def result(self) -> T:
        if self._error is not None:
            raise self._error

        return self._values[0]


def _run_all(calls: list[_Call[Any]]) -> None:
    for call in calls:
        call.run()
