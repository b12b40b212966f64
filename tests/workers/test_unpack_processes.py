"""Wheels are unpacked by other processes, and nothing of that shows but the time."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import build_wheel
from zephyr_cache import Cache
from zephyr_cache.locks import FileLock
from zephyr_workers.unpack_processes import unpack_processes
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.wheels import BuiltWheel
    from zephyr_workers.unpack_processes import UnpackProcesses
    from zephyr_workers.wheel import UnpackedWheel

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only"),
    # What tests run in has threads of its own, which are not in the way of these few lines.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
DEMO = build_wheel("demo", "1.0", files={"demo/__init__.py": "x = 1\n"})


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache.open(f"{tmp_path}/cache") as opened:
        yield opened


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def unpack(unpacking: UnpackProcesses, wheel: BuiltWheel, cache: Cache, folder: Path) -> UnpackedWheel:
    return unpacking.unpack(str(wheel.write(folder)), wheel.filename, cache, wheel.sha256)


def forbid_unpacking_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the fork: what is forbidden here is not forbidden there."""

    def refuse(*_: object) -> None:
        raise AssertionError("unpacked in this process")

    monkeypatch.setattr("zephyr_workers.unpack.unpack_wheel", refuse)


def descendants(process: int) -> list[int]:
    with open(f"/proc/{process}/task/{process}/children") as stream:
        children = [int(number) for number in stream.read().split()]

    return [*children, *(other for child in children for other in descendants(child))]


def test_every_process_unpacks_wheels_into_the_same_cache(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = [build_wheel(name, "1.0", files={f"{name}.py": "x = 1\n"}) for name in ("one", "two", "three")]

    with unpack_processes(2) as unpacking:
        forbid_unpacking_here(monkeypatch)
        unpacked = [unpack(unpacking, wheel, cache, tmp_path) for wheel in wheels]

    assert [str(wheel.name) for wheel in unpacked] == ["one", "two", "three"]
    assert [cache.tree(wheel.sha256) for wheel in wheels] == [wheel.tree for wheel in unpacked]


def test_what_is_wrong_with_a_wheel_is_raised_where_it_was_asked_for(cache: Cache, tmp_path: Path) -> None:
    with unpack_processes(1) as unpacking:
        path = str(DEMO.write(tmp_path))

        with pytest.raises(InvalidWheel) as caught:
            unpacking.unpack(path, "other-1.0-py3-none-any.whl", cache, DEMO.sha256)

        assert caught.value.wheel == "other-1.0-py3-none-any.whl"
        assert unpack(unpacking, DEMO, cache, tmp_path).name == "demo"


def test_wheels_are_unpacked_also_when_the_processes_are_killed(cache: Cache, tmp_path: Path) -> None:
    with unpack_processes(2) as unpacking:
        for process in descendants(os.getpid()):
            os.kill(process, signal.SIGKILL)

        for name in ("one", "two", "three"):
            wheel = build_wheel(name, "1.0", files={f"{name}.py": "x = 1\n"})

            assert unpack(unpacking, wheel, cache, tmp_path).name == name


def test_nothing_is_left_of_the_processes(cache: Cache, tmp_path: Path) -> None:
    before = descendants(os.getpid())

    with unpack_processes(3) as unpacking:
        unpack(unpacking, DEMO, cache, tmp_path)

    assert descendants(os.getpid()) == before
    assert os.listdir(f"{cache.root}/staging") == []


def test_an_interrupt_is_not_for_the_processes(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unpack_processes(1) as unpacking:
        forbid_unpacking_here(monkeypatch)
        unpack(unpacking, DEMO, cache, tmp_path)
        (process,) = descendants(os.getpid())
        os.kill(process, signal.SIGINT)
        other = build_wheel("other", "1.0", files={"other.py": "x = 1\n"})

        assert unpack(unpacking, other, cache, tmp_path).name == "other"


def test_the_processes_hold_no_lock_of_the_command(cache: Cache, tmp_path: Path) -> None:
    mine = FileLock(f"{tmp_path}/lock")
    assert mine.acquire()

    with unpack_processes(1) as unpacking:
        unpack(unpacking, DEMO, cache, tmp_path)
        mine.release()
        again = FileLock(f"{tmp_path}/lock")

        assert again.acquire()
        again.release()


def test_beside_other_threads_nothing_is_forked(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)

    with unpack_processes(2) as unpacking:
        assert descendants(os.getpid()) == []
        assert unpack(unpacking, DEMO, cache, tmp_path).name == "demo"


def test_without_room_for_processes_wheels_are_unpacked_here(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room() -> int:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", no_room)

    with unpack_processes(2) as unpacking:
        assert unpack(unpacking, DEMO, cache, tmp_path).name == "demo"
