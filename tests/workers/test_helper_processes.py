"""Pages are parsed by other processes, and nothing of that shows but the time."""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zephyr.model.names import canonicalize_name
from zephyr.model.releases import releases_of
from zephyr_cache import Cache
from zephyr_workers.helper_processes import HelperProcesses, helper_processes
from zephyr_workers.http_cache import StoredPage
from zephyr_workers.kept_listings import MODULES, KeptListings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only"),
    # What tests run in has threads of its own, which are not in the way of these few lines.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
LIMIT = 1_000_000
PAGE = b"""{"meta": {"api-version": "1.0"}, "name": "demo", "files": [
    {"filename": "demo-1.0-py3-none-any.whl", "url": "demo-1.0-py3-none-any.whl", "hashes": {}},
    {"filename": "demo-2.0-py3-none-any.whl", "url": "demo-2.0-py3-none-any.whl", "hashes": {}}]}"""
STORED = StoredPage(
    "https://index.example/simple/demo/",
    200,
    0.0,
    600.0,
    content_type="application/vnd.pypi.simple.v1+json",
    project=canonicalize_name("demo"),
)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache.open(f"{tmp_path}/cache") as opened:
        yield opened


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def forbid_parsing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the fork: what is forbidden here is not forbidden there."""

    def refuse(*_: object) -> None:
        raise AssertionError("parsed in this process")

    monkeypatch.setattr("zephyr_workers.simple_index.parse_page", refuse)


def test_a_page_is_kept_as_if_it_had_been_parsed_here(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    with helper_processes(2, MODULES) as helpers:
        forbid_parsing_here(monkeypatch)
        found = [KeptListings(cache, LIMIT).keep_by(helpers, STORED, PAGE) for _ in range(3)]

    monkeypatch.undo()

    for kept in found:
        assert kept is not None
        assert [file.filename for file in kept.listing.artifacts] == [
            "demo-1.0-py3-none-any.whl",
            "demo-2.0-py3-none-any.whl",
        ]

        here = KeptListings(cache, LIMIT).find(replace(kept.stored, pack=b""))
        assert here is not None
        assert [*here.listing.artifacts] == [*kept.listing.artifacts]
        assert releases_of(here.listing).summary == releases_of(kept.listing).summary


def test_what_cannot_be_done_there_is_left_to_this_process(cache: Cache) -> None:
    with helper_processes(1, MODULES) as helpers:
        listings = KeptListings(cache, LIMIT)

        assert listings.keep_by(helpers, STORED, b"no page") is None
        assert listings.keep_by(helpers, STORED, PAGE) is not None


def test_a_process_that_is_killed_has_done_nothing(cache: Cache) -> None:
    with helper_processes(1, MODULES) as helpers:
        with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as stream:
            (process,) = (int(number) for number in stream.read().split())

        os.kill(process, signal.SIGKILL)

        for _ in range(3):
            assert KeptListings(cache, LIMIT).keep_by(helpers, STORED, PAGE) is None


def test_without_processes_nothing_is_done(cache: Cache) -> None:
    assert HelperProcesses().ask(f"{__name__}:never_called", cache) is None


def test_with_a_thread_there_are_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)

    with helper_processes(2, MODULES) as helpers:
        assert helpers.count == 0
