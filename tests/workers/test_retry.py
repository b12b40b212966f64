from __future__ import annotations

from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_workers.network_errors import IndexUnreachable, RetryAfterTooLong
from zephyr_workers.retry import Retrier, RetryPolicy, Transient, parse_retry_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 400, 999_999_999_999.0),
        (formatdate(NOW + 30, usegmt=True), 30.0),
        (formatdate(NOW - 30, usegmt=True), 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
def test_any_retry_after_is_no_wish_or_not_negative(value: str) -> None:
    wish = parse_retry_after(value, NOW)

    assert wish is None or wish >= 0


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_waits_grow_to_a_limit_and_vary(attempt: int, chance: float) -> None:
    policy = RetryPolicy(first_wait=0.25, longest_wait=8)
    ceiling = min(8, 0.25 * 2 ** (attempt - 1))

    assert ceiling / 2 <= policy.wait(attempt, None, chance) <= ceiling


@pytest.mark.anyio
class TestRetrier:
    def retrier(self, waits: list[float], **policy: int) -> Retrier:
        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        return Retrier(RetryPolicy(**policy), sleep=sleep, chance=lambda: 0.5)

    async def test_no_pause_is_longer_than_what_is_left(self) -> None:
        waits: list[float] = []
        left = iter([60.0, 0.1, -5.0])

        async def attempt() -> None:
            raise Transient("no")

        with pytest.raises(IndexUnreachable):
            await self.retrier(waits).run("demo", attempt, lambda: next(left))

        assert waits == [0.1875, 0.1, 0.0]

    def failing(self, *failures: Exception) -> Callable[[], Awaitable[str]]:
        remaining = list(failures)

        async def attempt() -> str:
            if remaining:
                raise remaining.pop(0)

            return "answer"

        return attempt

    async def test_the_first_success_counts(self) -> None:
        waits: list[float] = []

        assert await self.retrier(waits).run("it", self.failing(Transient("one"))) == "answer"
        assert len(waits) == 1

    async def test_all_attempts_are_listed_at_the_end(self) -> None:
        failures = (Transient("first reason"), Transient("second reason"))

        with pytest.raises(IndexUnreachable, match=r"it: second reason \(2 attempts\)") as caught:
            await self.retrier([], retries=1).run("it", self.failing(*failures))

        assert caught.value.details == ("attempt 1: first reason", "attempt 2: second reason")

    async def test_another_error_passes_at_once(self) -> None:
        waits: list[float] = []

        with pytest.raises(KeyError):
            await self.retrier(waits).run("it", self.failing(KeyError("bug")))

        assert waits == []

    async def test_the_servers_wish_is_followed_to_a_limit(self) -> None:
        waits: list[float] = []
        await self.retrier(waits).run("it", self.failing(Transient("busy", 60.0)))
        assert waits == [60.0]

        with pytest.raises(RetryAfterTooLong, match="61 seconds"):
            await self.retrier(waits).run("it", self.failing(Transient("busy", 61.0)))
