"""What a server did not have is not asked for again, for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr_cache import Cache
from zephyr_workers.absences import Absences
from zephyr_workers.http_cache import DEFAULT_FRESHNESS
from zephyr_workers.network_errors import FileMissing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://files.example/demo-1.0-py3-none-any.whl"
NOTED = 1_700_000_000.0


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache.open(str(tmp_path)) as cache:
        absences(cache, NOTED).note(URL, "files.example does not have it")
        yield cache


def absences(cache: Cache, now: float, *, refresh: bool = False, offline: bool = False) -> Absences:
    return Absences(cache, refresh=refresh, offline=offline, now=lambda: now)


def test_a_file_that_was_missing_lately_is_missing_still_in_the_same_words(cache: Cache) -> None:
    with pytest.raises(FileMissing, match="does not have it"):
        absences(cache, NOTED + DEFAULT_FRESHNESS - 1).check(URL)


def test_it_may_have_come_since_or_be_another_file(cache: Cache) -> None:
    absences(cache, NOTED + DEFAULT_FRESHNESS).check(URL)
    absences(cache, NOTED - 1).check(URL)
    absences(cache, NOTED).check(f"{URL}.metadata")


def test_a_refresh_believes_nothing(cache: Cache) -> None:
    absences(cache, NOTED, refresh=True).check(URL)


def test_offline_it_is_believed_however_old_it_is(cache: Cache) -> None:
    with pytest.raises(FileMissing):
        absences(cache, NOTED + 100 * DEFAULT_FRESHNESS, offline=True).check(URL)
