"""Only the headers are read, and what is no header does no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from zephyr.environments.headers import BLOCK, identify, parse_headers, read_headers

if TYPE_CHECKING:
    from pathlib import Path


def test_values_are_gathered_by_name_whatever_its_case() -> None:
    headers = parse_headers(b"Name: demo\nrequires-dist: a\nRequires-Dist: b ; x == 'y: z'\n\nVersion: 9\n")

    assert headers == {"name": ["demo"], "requires-dist": ["a", "b ; x == 'y: z'"]}


def test_folded_values_are_joined_and_windows_lines_understood() -> None:
    assert parse_headers(b"Summary: one\r\n  two\r\n\tthree\r\n\r\nbody") == {"summary": ["one two three"]}


def test_what_is_no_header_is_ignored() -> None:
    assert parse_headers(b"  lost\nno colon\nName: x\n") == {"name": ["x"]}


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    assert parse_headers(b"Author: caf\xe9\n") == {"author": ["caf\ufffd"]}


@pytest.mark.parametrize("padding", [0, 1, 2, 3, BLOCK])
def test_headers_longer_than_a_block_are_read_to_their_end(tmp_path: Path, padding: int) -> None:
    filler = b"X: " + b"y" * (BLOCK - 30 + padding) + b"\n"
    path = tmp_path / "METADATA"
    path.write_bytes(filler + b"Name: demo\nVersion: 1\n\n" + b"Name: body\n" * 20_000)
    headers = read_headers(str(path))

    assert (headers["name"], headers["version"]) == (["demo"], ["1"])


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_headers(str(tmp_path / "METADATA"))


@pytest.mark.parametrize(
    ("headers", "file", "expected"),
    [
        ({"name": ["Demo"], "version": ["2"]}, "demo-1.dist-info", ("Demo", Version("2"))),
        ({}, "demo_x-1.0.dist-info", ("demo_x", Version("1.0"))),
        ({}, "demo-1.0-py3.8.egg-info", ("demo", Version("1.0"))),
        ({}, "demo.egg-info", None),
        ({}, "demo-x.dist-info", None),
        ({"name": ["a/b"]}, "demo-1.dist-info", None),
    ],
)
def test_the_file_name_stands_in_for_missing_headers(
    headers: dict[str, list[str]], file: str, expected: tuple[str, Version] | None
) -> None:
    assert identify(headers, file) == expected
