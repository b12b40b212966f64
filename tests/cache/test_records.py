from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_cache import layout, records

if TYPE_CHECKING:
    from zephyr_cache import Cache

BUCKET = "pages-v1"


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 100_000])
def test_what_is_written_is_read(cache: Cache, data: bytes) -> None:
    cache.write(BUCKET, "key", data)

    assert cache.read(BUCKET, "key") == data


def test_a_missing_record_is_a_miss(cache: Cache) -> None:
    assert cache.read(BUCKET, "key") is None


def test_a_part_of_a_record_is_read_without_the_rest(cache: Cache) -> None:
    cache.write(BUCKET, "k\N{LATIN SMALL LETTER E WITH ACUTE}y", b"0123456789")

    assert cache.read_part(BUCKET, "k\N{LATIN SMALL LETTER E WITH ACUTE}y", 3, 6) == b"345"


def test_a_part_that_is_not_there_is_a_miss(cache: Cache) -> None:
    cache.write(BUCKET, "key", b"0123456789")

    assert cache.read_part(BUCKET, "key", 8, 11) is None
    assert cache.read_part(BUCKET, "other", 0, 1) is None


def test_whether_there_is_a_record_is_known_without_reading_it(cache: Cache) -> None:
    cache.write(BUCKET, "key", b"")

    assert (cache.holds(BUCKET, "key"), cache.holds(BUCKET, "other")) == (True, False)


def test_the_last_write_wins(cache: Cache) -> None:
    cache.write(BUCKET, "key", b"old")
    cache.write(BUCKET, "key", b"new")

    assert cache.read(BUCKET, "key") == b"new"


def test_buckets_and_keys_do_not_mix(cache: Cache) -> None:
    cache.write("pages-v1", "a", b"1")
    cache.write("pages-v2", "a", b"2")
    cache.write("pages-v1", "b", b"3")

    assert [cache.read("pages-v1", "a"), cache.read("pages-v2", "a"), cache.read("pages-v1", "b")] == [
        b"1",
        b"2",
        b"3",
    ]


@pytest.mark.parametrize("key", ["", "../../x", "\udcff\0", "ü"])
def test_any_string_is_a_key(cache: Cache, key: str) -> None:
    cache.write(BUCKET, key, b"data")

    assert cache.read(BUCKET, key) == b"data"


def test_a_forgotten_record_is_a_miss_and_may_be_forgotten_again(cache: Cache) -> None:
    cache.write(BUCKET, "key", b"data")

    cache.forget(BUCKET, "key")
    cache.forget(BUCKET, "key")

    assert cache.read(BUCKET, "key") is None


def test_a_damaged_record_is_a_miss_and_is_removed(cache: Cache) -> None:
    cache.write(BUCKET, "key", b"data")
    path = layout.record_path(cache.root, BUCKET, "key")
    with open(path, "r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"X")

    assert cache.read(BUCKET, "key") is None
    assert not os.path.exists(path)


def test_a_record_under_another_name_is_a_miss(cache: Cache) -> None:
    cache.write(BUCKET, "theirs", b"data")
    path = layout.record_path(cache.root, BUCKET, "ours")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.rename(layout.record_path(cache.root, BUCKET, "theirs"), path)

    assert cache.read(BUCKET, "ours") is None
    assert not os.path.exists(path)


def test_a_folder_in_the_place_of_a_record_is_a_miss(cache: Cache) -> None:
    os.makedirs(layout.record_path(cache.root, BUCKET, "key"))

    assert cache.read(BUCKET, "key") is None


def test_nothing_but_the_record_is_left_after_writing(cache: Cache) -> None:
    cache.write(BUCKET, "key", b"data")

    (session,) = [name for name in os.listdir(f"{cache.root}/staging") if not name.endswith(".lock")]
    assert os.listdir(f"{cache.root}/staging/{session}") == []


@given(key=st.text(st.characters()), data=st.binary())
def test_decoding_undoes_encoding(key: str, data: bytes) -> None:
    assert records.decode(records.encode(key, data)) == (key, data)


@given(data=st.binary(max_size=300), place=st.integers(min_value=0), change=st.integers(1, 255))
def test_a_flipped_byte_is_a_miss(data: bytes, place: int, change: int) -> None:
    content = bytearray(records.encode("key", data))
    content[place % len(content)] ^= change

    assert records.decode(bytes(content)) is None


@given(data=st.binary(max_size=300), length=st.integers(min_value=0), more=st.binary(min_size=1))
def test_a_cut_or_longer_file_is_a_miss(data: bytes, length: int, more: bytes) -> None:
    content = records.encode("key", data)

    assert records.decode(content[: length % len(content)]) is None
    assert records.decode(content + more) is None


@given(st.binary())
def test_arbitrary_bytes_are_a_miss(content: bytes) -> None:
    assert records.decode(content) is None
