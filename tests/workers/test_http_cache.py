from __future__ import annotations

from dataclasses import replace
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_workers.http_cache import (
    Decision,
    StoredPage,
    cache_control,
    decide,
    fresh_for,
    pack,
    page_from_answer,
    record_key,
    revalidated,
    unpack,
)

NOW = 1_700_000_000.0
PAGE = StoredPage(
    "https://index.example/", 200, NOW, fresh_for=600, etag='"tag"', body="ab", pack=b"pack\nof lines"
)


@pytest.mark.parametrize(
    ("age", "refresh", "offline", "etag", "decision"),
    [
        (0, False, False, '"tag"', Decision.USE),
        (599, False, False, '"tag"', Decision.USE),
        (600, False, False, '"tag"', Decision.REVALIDATE),
        (600, False, False, None, Decision.FETCH),
        (0, True, False, '"tag"', Decision.REVALIDATE),
        (0, True, False, None, Decision.FETCH),
        (10**9, False, True, None, Decision.USE),
        (10**9, True, True, None, Decision.USE),
        (-1, False, False, '"tag"', Decision.REVALIDATE),  # the clock was set back
    ],
)
def test_a_stored_page_is_used_revalidated_or_fetched(
    age: float, refresh: bool, offline: bool, etag: str | None, decision: Decision
) -> None:
    page = replace(PAGE, etag=etag)

    assert decide(page, NOW + age, refresh=refresh, offline=offline) is decision


def test_nothing_stored_must_be_fetched() -> None:
    assert decide(None, NOW, refresh=False, offline=True) is Decision.FETCH


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 600),
        ({"etag": '"tag"'}, 600),
        ({"cache-control": "public"}, 600),
        ({"cache-control": "max-age=30"}, 30),
        ({"cache-control": "public, MAX-AGE = 30"}, 30),
        ({"cache-control": 'max-age="30"'}, 30),
        ({"cache-control": "max-age=30", "age": "10"}, 20),
        ({"cache-control": "max-age=30", "age": "40"}, 0),
        ({"cache-control": "max-age=nonsense"}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "no-cache, max-age=30"}, 0),
        ({"cache-control": "max-age=99999999999999999999"}, 365 * 24 * 3600),
        ({"vary": "*"}, 0),
        ({"vary": "Accept"}, 600),
        ({"expires": "0"}, 0),
        ({"expires": formatdate(NOW + 50), "date": formatdate(NOW)}, 50),
        ({"expires": formatdate(NOW - 50), "date": formatdate(NOW)}, 0),
        ({"expires": formatdate(NOW + 50), "cache-control": "max-age=5"}, 5),
    ],
)
def test_freshness_follows_the_headers(headers: dict[str, str], seconds: float) -> None:
    assert fresh_for(headers, cache_control(headers.get("cache-control", ""))) == seconds


def test_a_page_that_may_not_be_stored_says_so() -> None:
    assert page_from_answer(PAGE.url, 200, {"cache-control": "private"}, NOW).storable
    assert not page_from_answer(PAGE.url, 200, {"cache-control": "no-store"}, NOW).storable


def test_a_304_keeps_the_listing_and_renews_the_freshness() -> None:
    page = revalidated(PAGE, {"cache-control": "max-age=5", "etag": '"new"'}, NOW + 1000)

    assert (page.pack, page.stored_at, page.fresh_for, page.etag) == (PAGE.pack, NOW + 1000, 5, '"new"')


def test_a_304_without_headers_keeps_what_was_known() -> None:
    page = revalidated(PAGE, {}, NOW + 1000)

    assert page == replace(PAGE, stored_at=NOW + 1000)


def test_the_conditions_are_the_validators() -> None:
    assert PAGE.conditions == {"if-none-match": '"tag"'}
    assert replace(PAGE, etag=None, last_modified="then").conditions == {"if-modified-since": "then"}
    assert replace(PAGE, etag=None).conditions == {}


@given(st.binary(max_size=100), st.text(max_size=20) | st.none(), st.floats(0, 1e10))
def test_a_record_is_read_as_it_was_written(kept: bytes, etag: str | None, fresh: float) -> None:
    page = replace(PAGE, pack=kept, etag=etag, fresh_for=fresh)

    assert unpack(pack(page)) == page


@given(st.binary(max_size=100))
def test_any_other_record_is_none(record: bytes) -> None:
    assert unpack(record) is None


def test_logins_do_not_share_a_key() -> None:
    keys = {record_key(PAGE.url, None), record_key(PAGE.url, "one"), record_key(PAGE.url, "two")}

    assert len(keys) == 3
