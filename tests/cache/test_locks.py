from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.cache.children import child
from zephyr_cache import Cache, CacheLockTimeout, locks

if TYPE_CHECKING:
    from pathlib import Path

fcntl = pytest.importorskip("fcntl")

HOLD = """
with cache.exclusive("key", timeout=10):
    say("held")
    wait()
"""


def test_a_lock_keeps_another_holder_out_until_it_is_released(tmp_path: Path) -> None:
    first, second = locks.FileLock(f"{tmp_path}/lock"), locks.FileLock(f"{tmp_path}/lock")

    assert first.acquire()
    assert not second.acquire()

    first.release()
    assert second.acquire()
    second.release()


def test_a_lock_that_is_removed_by_its_holder_can_be_taken_again(tmp_path: Path) -> None:
    lock = locks.FileLock(f"{tmp_path}/lock")

    for _round in range(2):
        assert lock.acquire()
        lock.release(remove=True)
        assert os.listdir(tmp_path) == []


def test_a_lock_on_a_file_that_was_deleted_meanwhile_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{tmp_path}/lock"
    flock = fcntl.flock
    removals = iter([True, False])

    def flock_after_removal(descriptor: int, operation: int) -> None:
        if next(removals):
            os.unlink(path)

        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock_after_removal)
    lock = locks.FileLock(path)

    assert lock.acquire()
    assert os.path.exists(path)
    assert next(removals, None) is None
    lock.release()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EBADF, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_record_lock_stands_in_where_flock_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(fcntl, "flock", refusing(number))
    first, second = locks.FileLock(f"{tmp_path}/lock"), locks.FileLock(f"{tmp_path}/lock")

    assert first.acquire()
    assert first.between_processes
    assert not second.acquire()
    first.release()


def test_without_any_locks_threads_of_one_process_are_still_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", refusing(errno.ENOLCK))
    monkeypatch.setattr(fcntl, "lockf", refusing(errno.ENOLCK))
    first, second = locks.FileLock(f"{tmp_path}/lock"), locks.FileLock(f"{tmp_path}/lock")

    assert first.acquire()
    assert not first.between_processes
    assert not second.acquire()
    first.release()


def refusing(number: int) -> object:
    def refuse(descriptor: int, operation: int) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def test_one_key_is_held_by_one_thread_at_a_time(cache: Cache) -> None:
    inside: list[int] = []
    crowded: list[int] = []

    def work() -> None:
        for _round in range(20):
            with cache.exclusive("key", timeout=30):
                inside.append(1)
                if len(inside) > 1:
                    crowded.append(1)

                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    assert crowded == []


def test_other_keys_are_free(cache: Cache) -> None:
    with cache.exclusive("a", timeout=0), cache.exclusive("b", timeout=0):
        pass


def test_an_error_inside_gives_the_lock_back(cache: Cache) -> None:
    with pytest.raises(ZeroDivisionError), cache.exclusive("key", timeout=0):
        raise ZeroDivisionError

    with cache.exclusive("key", timeout=0):
        pass


def test_who_waits_is_told_once_whom_for_and_waiting_has_a_limit(cache: Cache) -> None:
    told: list[str] = []
    with (
        child(cache, HOLD) as holder,
        pytest.raises(CacheLockTimeout, match=f"Process {holder.pid} "),
        cache.exclusive("key", timeout=0.05, waiting=told.append),
    ):
        pass

    assert told == [str(holder.pid)]


def test_a_lock_dies_with_its_process(cache: Cache) -> None:
    with child(cache, HOLD) as holder:
        holder.kill()
        holder.wait()
        with cache.exclusive("key", timeout=5):
            pass


def test_a_lock_is_handed_over_to_the_one_who_waits(cache: Cache) -> None:
    with child(cache, HOLD) as holder:

        def let_go(_pid: str) -> None:
            assert holder.stdin is not None
            holder.stdin.close()

        with cache.exclusive("key", timeout=30, waiting=let_go):
            pass


def test_a_lock_is_not_inherited_by_programs_that_are_started(cache: Cache) -> None:
    with cache.exclusive("key", timeout=0):
        sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    with sleeper, cache.exclusive("key", timeout=0):
        assert sleeper.stdin is not None
        sleeper.stdin.write(b"\n")
