"""Files that an index lists and its server does not have: for a while they are not asked for again."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from zephyr_workers.http_cache import DEFAULT_FRESHNESS
from zephyr_workers.network_errors import FileMissing

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr_cache import Cache

BUCKET = "absences-v1"


class Absences:
    """What was not there, by address, believed for as long as a page that says nothing of its freshness.

    With ``refresh`` nothing is believed, and offline everything, however old. Every method is blocking.
    """

    def __init__(
        self, cache: Cache, *, refresh: bool, offline: bool, now: Callable[[], float] = time.time
    ) -> None:
        """``now`` tells seconds since 1970."""
        self._cache = cache
        self._refresh = refresh
        self._offline = offline
        self._now = now

    def note(self, url: str, message: str) -> None:
        """Remember that a file was not there, in the words of the error that told so."""
        self._cache.write(BUCKET, url, json.dumps([self._now(), message]).encode())

    def has_note(self, url: str) -> bool:
        """Tell whether `check` has anything to look at."""
        return self._cache.holds(BUCKET, url)

    def check(self, url: str) -> None:
        """Raise the same `FileMissing` again where a file is known not to be there."""
        record = None if self._refresh else self._cache.read(BUCKET, url)

        if record is None:
            return

        noted, message = json.loads(record)

        if self._offline or 0 <= self._now() - noted < DEFAULT_FRESHNESS:
            raise FileMissing(message)
