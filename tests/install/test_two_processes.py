from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr.install.two_processes import halves, in_two_processes

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks")


@given(st.lists(st.integers(0, 1000)))
def test_halves_differ_by_no_more_than_the_heaviest(weights: list[int]) -> None:
    first, second = halves(weights, lambda weight: weight)

    assert sorted(first + second) == sorted(weights)
    assert abs(sum(first) - sum(second)) <= max(weights, default=0)


def test_everything_is_done_once_each_where_it_should_be(tmp_path: Path) -> None:
    def work(item: int) -> None:
        (tmp_path / f"{item}").write_text(str(os.getpid()))

    assert in_two_processes([1, 2, 3], [4, 5], work)

    done = {int(path.name): int(path.read_text()) for path in tmp_path.iterdir()}
    assert {item for item, process in done.items() if process == os.getpid()} == {1, 2, 3}
    assert done.keys() == {1, 2, 3, 4, 5}


def test_nothing_is_forked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    done: list[int] = []

    assert in_two_processes([1, 2], [], done.append)
    assert done == [1, 2]


@pytest.mark.parametrize("failure", [OSError, KeyboardInterrupt, SystemExit])
def test_what_fails_in_the_other_process_is_not_done(
    failure: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    def work(item: int) -> None:
        if item == 2:
            raise failure

    assert not in_two_processes([1], [2], work)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("failure", [OSError, KeyboardInterrupt])
def test_what_fails_here_ends_the_other_process_too(failure: type[BaseException], tmp_path: Path) -> None:
    (tmp_path / "other").touch()

    def work(item: int) -> None:
        if item == 1:
            while not (tmp_path / "other").read_text():
                continue

            raise failure

        (tmp_path / "other").write_text(str(os.getpid()))
        signal.pause()

    with pytest.raises(failure):
        in_two_processes([1], [2], work)

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "other").read_text()), 0)
