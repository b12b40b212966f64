"""What happens where two commands change one environment: who comes second looks and chooses again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MOST_OVERTAKEN = 30
"""How often that may happen to one command."""


class EnvironmentOvertaken(ZephyrError):
    """Raised when another process changed an environment after versions had been chosen for it."""

    id = "environment-overtaken"


def until_not_overtaken(attempt: Callable[[], T]) -> T:
    """Return what ``attempt`` does, which looks, chooses and changes anew each time.

    Raises EnvironmentOvertaken after `MOST_OVERTAKEN` times.
    """
    overtaken = 0

    while True:
        try:
            return attempt()
        except EnvironmentOvertaken:
            overtaken += 1

            if overtaken == MOST_OVERTAKEN:
                raise
