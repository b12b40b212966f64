"""Which failures are tried again, when, and how often: a pure policy and the loop that follows it.

Clock, sleep and chance are passed in, so that tests take no time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from zephyr.dataclass import dataclass, field
from zephyr_workers.network_errors import IndexUnreachable, RetryAfterTooLong

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 527})


def _chance() -> float:
    from random import random

    return random()  # noqa: S311 - waits need not be secret


class Transient(Exception):
    """Raised by one attempt that failed in a way that another may not.

    ``retry_after`` is what the server asked for in seconds, None when it said nothing.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential waits with full jitter; a server's own wish is followed up to a limit (seconds)."""

    retries: int = 3
    first_wait: float = 0.25
    longest_wait: float = 8.0
    longest_wish: float = 60.0

    def wait(self, attempt: int, retry_after: float | None, chance: float) -> float:
        """Return how long to wait after failed attempt ``attempt`` (from 1); ``chance`` is in [0, 1)."""
        if retry_after is not None:
            return max(0.0, retry_after)

        ceiling: float = min(self.longest_wait, self.first_wait * 2 ** (attempt - 1))

        return ceiling * (0.5 + chance / 2)


@dataclass(frozen=True, slots=True)
class Retrier:
    """Runs attempts until one succeeds, fails for good, or the policy gives up."""

    policy: RetryPolicy = field(default_factory=RetryPolicy)
    sleep: Callable[[float], Awaitable[None]] | None = None
    """anyio's by default."""
    chance: Callable[[], float] = _chance

    async def run(
        self, subject: str, attempt: Callable[[], Awaitable[T]], left: Callable[[], float] | None = None
    ) -> T:
        """Return what ``attempt`` returns; ``subject`` names it in messages.

        `Transient` leads to another attempt, after a pause that is not longer than the seconds that are
        ``left`` by then; any other exception passes. Raises `IndexUnreachable` listing all attempts after the
        last one, `RetryAfterTooLong` when the server's wish is beyond the policy's limit.
        """
        failures: list[str] = []

        while True:
            try:
                return await attempt()
            except Transient as error:
                failures.append(error.reason)
                wish = error.retry_after

            if wish is not None and wish > self.policy.longest_wish:
                raise _too_long(subject, wish)

            if len(failures) > self.policy.retries:
                raise _exhausted(subject, failures)

            pause = self.policy.wait(len(failures), wish, self.chance())
            await self._pause(pause if left is None else max(0.0, min(pause, left())))

    async def _pause(self, seconds: float) -> None:
        if self.sleep is not None:
            await self.sleep(seconds)
            return

        import anyio

        await anyio.sleep(seconds)


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3); None for none or nonsense.

    ``now`` is the wall clock, in seconds since 1970; a moment in the past is 0.
    """
    if value is None:
        return None

    text = value.strip()

    if text.isascii() and text.isdecimal():
        return float(text[:12])

    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None

    return max(0.0, moment - now)


def _too_long(subject: str, wish: float) -> RetryAfterTooLong:
    until = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(time.time() + min(wish, 10**9)))

    return RetryAfterTooLong(
        f"{subject}: the server asks to wait {wish:.0f} seconds before the next request.",
        hint=f"Try again after {until}.",
    )


def _exhausted(subject: str, failures: list[str]) -> IndexUnreachable:
    several = len(failures) > 1
    attempts = f" ({len(failures)} attempts)" if several else ""

    return IndexUnreachable(
        f"{subject}: {failures[-1]}{attempts}.",
        hint="Check the address and the network, or try again later.",
        details=()
        if not several
        else tuple(f"attempt {number}: {failure}" for number, failure in enumerate(failures, 1)),
    )
