from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_workers.http_head import (
    MAX_HEADERS,
    ContradictoryHead,
    Head,
    ProtocolViolation,
    content_length,
    parse_head,
    request_bytes,
)

NAMES = st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}", fullmatch=True)
VALUES = st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True)


def head(*lines: str, status: str = "HTTP/1.1 200 OK") -> Head:
    return parse_head("\r\n".join([status, *lines, "", ""]).encode("latin-1"))


class TestRequests:
    def test_a_request_is_a_line_and_its_headers(self) -> None:
        request = request_bytes("/a?b", "a.example", {"accept": "*/*"})

        assert request == b"GET /a?b HTTP/1.1\r\nhost: a.example\r\naccept: */*\r\n\r\n"

    @pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "a\rb", "a\0b"])
    def test_no_header_makes_two_lines(self, value: str) -> None:
        with pytest.raises(ValueError, match="line break"):
            request_bytes("/", "a.example", {"accept": value})


class TestHeads:
    def test_names_are_in_lower_case_and_values_without_space_around(self) -> None:
        assert head("ETag: \t x y \t", "Content-Length: 3").headers == {"etag": "x y", "content-length": "3"}

    def test_a_repeated_header_is_joined(self) -> None:
        assert head("Vary: a", "vary: b").headers == {"vary": "a, b"}

    def test_a_folded_header_is_one_line(self) -> None:
        assert head("Vary: a,", "\t b").headers == {"vary": "a, b"}

    @pytest.mark.parametrize(
        "line",
        [
            "ICY 200 OK",
            "HTTP/2 200 OK",
            "HTTP/1.1 0200 OK",
            "HTTP/1.1 2OO OK",
            "HTTP/1.1 999 OK",
            "HTTP/1.1  200 OK",
            "HTTP/1.1\t200 OK",
            " HTTP/1.1 200 OK",
            "HTTP/1.1 200 O\nK",
        ],
    )
    def test_a_strange_status_line_is_refused(self, line: str) -> None:
        with pytest.raises(ProtocolViolation):
            head(status=line)

    @pytest.mark.parametrize(
        "line",
        [
            "no colon",
            ": x",
            "a b: c",
            "a : b",
            "a: b\nc: d",
            "a: b\rc: d",
            "a: \0",
            " a: b",
            "\u00e4: b",
            "a:b\n",
        ],
    )
    def test_a_malformed_header_is_refused(self, line: str) -> None:
        with pytest.raises(ProtocolViolation):
            head(line)

    def test_a_bare_line_feed_ends_no_line(self) -> None:
        with pytest.raises(ProtocolViolation):
            parse_head(b"HTTP/1.1 200 OK\nContent-Length: 0\n\r\n\r\n")

    def test_headers_have_a_limit(self) -> None:
        head(*["a: b"] * MAX_HEADERS)

        with pytest.raises(ContradictoryHead):
            head(*["a: b"] * (MAX_HEADERS + 1))

    @given(st.binary(max_size=200))
    def test_any_bytes_are_a_head_or_refused(self, data: bytes) -> None:
        for rest in (data, b"HTTP/1.1 200 OK\r\n" + data):
            with suppress(ProtocolViolation):
                parse_head(rest)

    @given(st.dictionaries(NAMES.map(str.lower), VALUES, max_size=8))
    def test_what_was_sent_is_what_is_read(self, headers: dict[str, str]) -> None:
        for name in ("transfer-encoding", "content-length", "connection"):
            headers.pop(name, None)

        assert head(*[f"{name}: {value}" for name, value in headers.items()]).headers == headers


class TestFraming:
    def test_a_length_ends_the_body(self) -> None:
        found = head("Content-Length: 12")

        assert (found.length, found.chunked, found.reusable) == (12, False, True)

    def test_chunks_end_the_body(self) -> None:
        found = head("Transfer-Encoding: Chunked")

        assert (found.length, found.chunked, found.reusable) == (None, True, True)

    def test_the_end_of_the_connection_ends_any_other_body(self) -> None:
        found = head()

        assert (found.length, found.chunked, found.reusable) == (None, False, False)

    @pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified", "103 Early Hints"])
    def test_some_answers_have_no_body_whatever_they_say(self, status: str) -> None:
        assert head("Content-Length: 5", status=f"HTTP/1.1 {status}").length == 0

    @pytest.mark.parametrize(
        ("line", "status", "reusable"),
        [
            ("Connection: close", "HTTP/1.1 200 OK", False),
            ("Connection: x, Close", "HTTP/1.1 200 OK", False),
            ("Connection: keep-alive", "HTTP/1.0 200 OK", True),
            ("X: y", "HTTP/1.0 200 OK", False),
        ],
    )
    def test_the_server_says_whether_the_connection_stays(
        self, line: str, status: str, reusable: bool
    ) -> None:
        assert head(line, "Content-Length: 0", status=status).reusable is reusable

    @pytest.mark.parametrize("value", ["", "-1", "+1", "1 2", "0x10", "1, 2", "1.0", "\u00b2", "9" * 19])
    def test_a_contradictory_length_is_refused(self, value: str) -> None:
        with pytest.raises(ContradictoryHead):
            content_length(value)

    def test_a_length_may_be_repeated(self) -> None:
        assert head("Content-Length: 3", "Content-Length: 3").length == 3

    @pytest.mark.parametrize(
        ("lines", "status"),
        [
            (("Transfer-Encoding: chunked", "Content-Length: 3"), "HTTP/1.1 200 OK"),
            (("Transfer-Encoding: chunked",), "HTTP/1.0 200 OK"),
        ],
    )
    def test_a_length_and_chunks_contradict_each_other(self, lines: tuple[str, ...], status: str) -> None:
        with pytest.raises(ContradictoryHead):
            head(*lines, status=status)

    @pytest.mark.parametrize("coding", ["gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked"])
    def test_another_transfer_coding_is_refused(self, coding: str) -> None:
        with pytest.raises(ProtocolViolation):
            head(f"Transfer-Encoding: {coding}")
