"""Work that two threads share: the kernel links for both at once."""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread  # `threading` takes longer to load than most of the work

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeVar

    T = TypeVar("T")


def in_two_threads(items: Iterable[T], work: Callable[[T], object]) -> None:
    """Do ``work`` for each of ``items``, in their order, here and in a second thread.

    Both stop at the first failure, which is raised when both have.
    """
    pending = list(items)[::-1]
    failures: list[Exception] = []
    guard, running = allocate_lock(), allocate_lock()

    def taken() -> list[T]:
        with guard:
            return [pending.pop()] if pending and not failures else []

    def share() -> None:
        try:
            while one := taken():
                work(*one)
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)

    def help_out() -> None:
        try:
            share()
        finally:
            running.release()

    running.acquire()
    start_new_thread(help_out, ())

    try:
        share()
    finally:
        pending.clear()
        running.acquire()

    if failures:
        raise failures[0]
