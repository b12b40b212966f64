"""Bytes of requirements files as text."""

from __future__ import annotations

import codecs
import locale
from typing import TYPE_CHECKING

import pytest

from zephyr.metadata.requirements_syntax import RequirementsFileInvalid
from zephyr.metadata.requirements_text import decoded

if TYPE_CHECKING:
    from zephyr.errors import ZephyrError


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-8"),
    ],
)
def test_a_byte_order_mark_says_the_encoding(mark: bytes, encoding: str) -> None:
    assert decoded("r.txt", mark + "naïve==1\n".encode(encoding)) == ("naïve==1\n", ())


@pytest.mark.parametrize(
    "first_lines",
    ["# -*- coding: latin-1 -*-\n", "# vim: set fileencoding=latin-1 :\n", "# a\n# coding=latin-1\n"],
)
def test_a_comment_of_the_first_two_lines_says_the_encoding(first_lines: str) -> None:
    text = f"{first_lines}# é\n"

    assert decoded("r.txt", text.encode("latin-1")) == (text, ())


def test_a_later_comment_says_nothing() -> None:
    data = "a\nb\n# coding: latin-1\n# é\n".encode()

    assert decoded("r.txt", data)[0] == data.decode()


def test_a_server_may_say_the_encoding() -> None:
    assert decoded("r.txt", b"\xe9", "iso-8859-1") == ("é", ())


def test_where_nothing_else_is_said_the_locale_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getencoding", lambda: "cp1252")
    text, (warning,) = decoded("r.txt", b"caf\xe9")

    assert text == "café"
    assert "r.txt is not valid UTF-8" in warning
    assert "cp1252" in warning


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# coding: nonsense\n", "r.txt is in an unknown encoding: nonsense"),
        (b"# coding: ascii\ncaf\xe9", "r.txt is not valid ASCII (byte 19)"),
        (codecs.BOM_UTF16_LE + b"a", "r.txt is not valid UTF-16-LE"),
        (b"\xef\xbb\xbf\xff", "r.txt is not valid UTF-8 (byte 0)"),
    ],
)
def test_bytes_that_are_not_in_their_encoding_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(RequirementsFileInvalid) as raised:
        decoded("r.txt", data)

    error: ZephyrError = raised.value
    assert message in error.message
