"""Lays wheels out beside their environment while others are still on their way.

What is staged is of no consequence until the change is committed, which stays one step at the end: a command
that fails or is killed before that leaves an environment as it was. The environment's lock is held from the
first wheel on. Where it cannot be had at once, or anything else is wrong, nothing is done early: the change
itself then waits, or tells what is wrong.
"""

from __future__ import annotations

from _thread import allocate_lock
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.utils import NormalizedName

    from zephyr.install.contents import Contents, Incoming
    from zephyr.install.transaction import Transaction
    from zephyr.model.environment import Environment
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.direct_url import Directs
    from zephyr.pipeline.request import Installation
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel


class EarlyStaging:
    """The beginning of a change, for the length of a ``with`` block."""

    def __init__(self, environment: Environment, options: Installation, cache: Cache) -> None:
        self._environment = environment
        self._options = options
        self._cache = cache
        self._exit = ExitStack()
        self._guard = allocate_lock()
        # A wheel is staged with its bytecode, which is compiled when all wheels are there.
        self._given_up = options.compile_bytecode or options.dry_run
        self._incoming: dict[NormalizedName, Incoming] = {}
        self.transaction: Transaction | None = None
        """What was begun, for the change to go on with; None where nothing was."""
        self.contents: dict[NormalizedName, Contents] = {}
        """Of the distributions that were staged."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stage(self, pin: Pin, wheel: UnpackedWheel, directs: Directs) -> None:
        """Lay the wheel of a pin out, if possible. For any thread; after `close` nothing is done."""
        from zephyr.pipeline.change import incoming_of

        try:
            transaction = self._begun()

            if transaction is not None:
                incoming = incoming_of(pin, wheel, directs)
                self.contents[pin.name] = transaction.stage(incoming)
                self._incoming[pin.name] = incoming
        except (ZephyrError, OSError):
            # It is met again, and told of, when the change is made.
            self._given_up = True

    def holds_only(self, incoming: Iterable[Incoming]) -> bool:
        """Tell whether everything that was staged is among ``incoming``, just as it is there."""
        wanted = {one.name: one for one in incoming}

        return all(wanted.get(name) == one for name, one in self._incoming.items())

    def close(self) -> None:
        """Give up what was begun and not committed, and the environment's lock."""
        self._given_up = True
        self.transaction = None
        self.contents = {}
        self._incoming = {}
        self._exit.close()

    def _begun(self) -> Transaction | None:
        """Return the transaction, opened by whoever needs it first."""
        from zephyr.install.destination import Destination
        from zephyr.install.opening import TransactionOptions
        from zephyr.install.transaction import Transaction

        with self._guard:
            if self.transaction is None and not self._given_up:
                options = TransactionOptions(timeout=0, link_mode=self._options.link_mode)
                beginning = Transaction.begin(Destination.of(self._environment), self._cache, options)
                self.transaction = self._exit.enter_context(beginning)

            return None if self._given_up else self.transaction
