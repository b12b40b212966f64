"""METADATA documents: the fields that count, and the documents that are not believed."""

from __future__ import annotations

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr.metadata.document import Document, UnusableDocument, read_document

HEADER = "Metadata-Version: 2.1\nName: Demo\nVersion: 1.0\n"


def read(text: str | bytes) -> Document:
    raw = text if isinstance(text, bytes) else text.encode()

    return read_document(raw, canonicalize_name("demo"), Version("1.0"))


def test_requirements_are_sorted_by_the_extra_that_they_need() -> None:
    document = read(
        HEADER
        + "Requires-Python: >=3.8\nProvides-Extra: Big\nRequires-Dist: a>=1\n"
        + "Requires-Dist: b ; extra == 'big'\nRequires-Dist: c ; extra == 'old' or extra == 'big'\n"
    )

    assert document.requires_python == ">=3.8"
    assert document.lines == ("a>=1", "c ; extra == 'old' or extra == 'big'")
    assert document.extra_lines == {"big": ("b ; extra == 'big'",)}
    assert document.extras == {"big"}


def test_the_description_is_not_read() -> None:
    document = read(HEADER + "Requires-Dist: a\n\nRequires-Dist: b\n")

    assert document.lines == ("a",)


def test_folded_lines_and_carriage_returns_are_understood() -> None:
    document = read((HEADER + "Requires-Dist: a\n  >=1\nREQUIRES-DIST:b\n\nx").replace("\n", "\r\n"))

    assert document.lines == ("a >=1", "b")


def test_bytes_outside_of_utf_8_elsewhere_do_no_harm() -> None:
    assert read(HEADER.encode() + b"Author: J\xf6rg\nRequires-Dist: a\n").lines == ("a",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Metadata-Version: 3.0\nName: demo\nVersion: 1.0\n", "Metadata-Version 3.0"),
        ("Name: other\nVersion: 1.0\n", "of other"),
        ("Name: demo\nVersion: 2.0\n", "version 2.0"),
        ("Name: demo\nVersion: new\n", "version new"),
        ("Name: demo\nName: demo\nVersion: 1.0\n", "2 Name fields"),
        ("Version: 1.0\n", "0 Name fields"),
        ("", "0 Name fields"),
        ("<html>login</html>", "0 Name fields"),
    ],
)
def test_a_document_of_something_else_is_not_believed(text: str, problem: str) -> None:
    with pytest.raises(UnusableDocument, match=problem):
        read(text)


@pytest.mark.parametrize(
    "text", ["Metadata-Version: 2.9\nName: d_e\nVersion: 1\n", "Name: D.E\nVersion: 1.0.0\n"]
)
def test_equal_names_and_versions_may_be_spelled_otherwise(text: str) -> None:
    read_document(text.encode(), canonicalize_name("d-e"), Version("1.0"))
