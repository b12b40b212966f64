from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_workers.http_coding import DecodedTooLarge, decode_body
from zephyr_workers.http_head import ProtocolViolation


@given(st.binary(max_size=1000), st.sampled_from(["gzip", "X-GZip", " gzip "]))
def test_gzip_is_undone(data: bytes, coding: str) -> None:
    assert decode_body(gzip.compress(data), coding, 1000) == data


@pytest.mark.parametrize("coding", [None, "identity", "Identity"])
def test_what_is_not_coded_stays(coding: str | None) -> None:
    assert decode_body(b"hello", coding, 5) == b"hello"


def test_members_are_joined() -> None:
    assert decode_body(gzip.compress(b"hel") + gzip.compress(b"lo"), "gzip", 5) == b"hello"


def test_an_empty_body_is_empty() -> None:
    assert decode_body(b"", "gzip", 5) == b""


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_a_coding_that_nobody_asked_for_is_refused(coding: str) -> None:
    with pytest.raises(ProtocolViolation, match="not asked for"):
        decode_body(b"hello", coding, 5)


@pytest.mark.parametrize(
    "data",
    [gzip.compress(b"hello")[:-1], gzip.compress(b"hello") + b"x", zlib.compress(b"hello"), b"hello"],
    ids=["cut short", "something after it", "zlib", "plain"],
)
def test_a_damaged_body_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolViolation, match="cannot be decoded"):
        decode_body(data, "gzip", 1000)


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_no_more_is_made_than_allowed(coding: str) -> None:
    data = b"x" * 1001

    with pytest.raises(DecodedTooLarge):
        decode_body(gzip.compress(data) if coding == "gzip" else data, coding, 1000)


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 100_000_000)

    with pytest.raises(DecodedTooLarge):
        decode_body(bomb * 100, "gzip", 1_000_000)
