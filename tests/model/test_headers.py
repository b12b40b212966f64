"""Headers of core metadata, beside the standard library's parser of mails."""

from __future__ import annotations

from email.parser import HeaderParser

import pytest
from hypothesis import given
from hypothesis import strategies as some

from zephyr.model.headers import headers_in, lead_to_the_same, split, unfolded

NAMES = some.from_regex(r"[A-Za-z][A-Za-z-]{0,8}", fullmatch=True)
TEXTS = some.text(some.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=8)
VALUES = some.lists(TEXTS.filter(bool), max_size=3).map("\n        ".join)


def test_names_are_in_lower_case_and_in_their_order() -> None:
    assert headers_in(b"Name: demo\nRequires-Dist: b ; x == 'y: z'\nrequires-dist:a\n") == [
        ("name", "demo"),
        ("requires-dist", "b ; x == 'y: z'"),
        ("requires-dist", "a"),
    ]


def test_a_folded_value_keeps_its_lines_until_it_is_unfolded() -> None:
    ((_, value),) = headers_in(b"Summary: one\r\n  two\r\n\tthree\r\n")

    assert value == "one\n  two\n\tthree"
    assert unfolded(value) == "one two three"


def test_what_is_neither_header_nor_continuation_is_ignored() -> None:
    assert headers_in(b"  lost\nno colon\n: nameless\nName: x\n") == [("name", "x")]


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    assert headers_in(b"Author: caf\xe9\n") == [("author", "caf\ufffd")]


@pytest.mark.parametrize("blank", [b"\n\n", b"\r\n\r\n"])
def test_the_first_blank_line_divides_a_document(blank: bytes) -> None:
    assert split(b"Name: a" + blank + b"Hello.\n\nMore.\n") == (b"Name: a", b"Hello.\n\nMore.\n")
    assert split(b"Name: a\n") == (b"Name: a\n", b"")


@pytest.mark.parametrize(
    ("document", "other", "same"),
    [
        (b"Name: a\n\nOne.\n", b"Name: a\r\n\r\nTwo.\n", True),
        (b"Name: a\n", b"Name: a", True),
        (b"Name: a\nHome-page: x\n", b"Name: a\nHome-page: y\n", True),
        (b"Name: a\n\nOne.\n", b"Name: b\n\nOne.\n", False),
        (b"Name: a\nHome-page: x\n", b"Name: a\nDownload-URL: x\n", False),
        (b"Name: a\nHome-page: x\n", b"Name: a\nHome-page: x\rRequires-Dist: b\n", False),
        (b"Requires-Dist: a\n ;b\n", b"Requires-Dist: a\n ;c\n", False),
        (b"Name: a\nno header\n", b"Name: a\nno headers\n", False),
        (b"REQUIRES-DIST:a\n", b"REQUIRES-DIST:b\n", False),
        (b"Name: a\n", b"Name: a\nHome-page: x\n", False),
    ],
)
def test_documents_lead_to_the_same_where_only_lines_of_no_weight_differ(
    document: bytes, other: bytes, same: bool
) -> None:
    assert lead_to_the_same(document, other) == lead_to_the_same(other, document) == same


@given(some.lists(some.tuples(NAMES, VALUES)), TEXTS)
def test_a_well_formed_document_is_read_as_a_mail_is(headers: list[tuple[str, str]], body: str) -> None:
    text = "".join(f"{name}: {value}\n" for name, value in headers) + f"\n{body}"
    message = HeaderParser().parsestr(text)

    head, below = split(text.encode()) if headers else (b"", body.encode())

    assert headers_in(head) == [(name.lower(), value) for name, value in message.items()]
    assert below.decode() == message.get_payload()
