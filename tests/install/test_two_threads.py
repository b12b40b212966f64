from __future__ import annotations

import threading

import pytest

from zephyr.install.two_threads import in_two_threads


def test_everything_is_done_once() -> None:
    done: list[int] = []

    in_two_threads(range(100), done.append)

    assert sorted(done) == list(range(100))


def test_two_are_under_way_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=30)

    in_two_threads([1, 2], lambda _: meeting.wait())


@pytest.mark.parametrize("failing", [0, 1, 50, 99])
def test_the_first_failure_is_raised_when_both_have_stopped(failing: int) -> None:
    under_way: set[int] = set()

    def work(item: int) -> None:
        under_way.add(item)

        try:
            if item == failing:
                raise ValueError(item)
        finally:
            under_way.remove(item)

    with pytest.raises(ValueError, match=str(failing)):
        in_two_threads(range(100), work)

    assert not under_way
