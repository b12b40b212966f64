"""Work that two threads share: the kernel links for both at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


def in_two_threads(items: Iterable[T], work: Callable[[T], object]) -> None:
    """Do ``work`` for each of ``items``, in their order, here and in a second thread.

    Both stop at the first failure, which is raised when both have.
    """
    pending = list(items)[::-1]
    guard = threading.Lock()
    failures: list[Exception] = []

    def taken() -> list[T]:
        with guard:
            return [pending.pop()] if pending and not failures else []

    def share() -> None:
        try:
            while one := taken():
                work(*one)
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)

    helper = threading.Thread(target=share)
    helper.start()

    try:
        share()
    finally:
        pending.clear()
        helper.join()

    if failures:
        raise failures[0]
