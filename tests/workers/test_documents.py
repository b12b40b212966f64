"""METADATA, WHEEL, RECORD and entry_points.txt: right ones are understood, no bytes are a crash."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.wheel_parts import DIST_INFO, METADATA, WHEEL, digest, record_text
from zephyr_workers.documents import (
    compare_metadata,
    find_dist_info,
    parse_filename,
    parse_metadata,
    parse_wheel_document,
)
from zephyr_workers.entry_points import EntryPoint, is_reserved, parse_entry_points
from zephyr_workers.record import Expected, check_file, parse_record
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTITY = parse_filename("demo-1.0-py3-none-any.whl")

PARSERS: dict[str, Callable[[bytes], object]] = {
    "RECORD": lambda data: parse_record(data, DIST_INFO),
    "METADATA": lambda data: parse_metadata(data, IDENTITY),
    "announced METADATA": lambda data: compare_metadata(data, METADATA),
    "WHEEL": lambda data: parse_wheel_document(data, IDENTITY),
    "entry_points.txt": parse_entry_points,
}
PIECES = [
    *(
        "Name: demo",
        "Version: 1.0",
        "Requires-Dist: a",
        "Requires-Python: >=3",
        "Wheel-Version: 1.0",
        "Tag: py3-none-any",
    ),
    *(
        "Root-Is-Purelib: true",
        "[console_scripts]",
        "[gui_scripts]",
        "a = b:c",
        "demo/a.py,sha256=abc,1",
        "a,,",
        '"',
    ),
    *("\n", "\r\n", "\r", " ", ":", "=", ",", "\0", "\x0c", "\u2028", "é", "\ud800", "9" * 5000),
]


def documents() -> st.SearchStrategy[bytes]:
    text = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)

    return text.map(lambda found: found.encode("utf-8", "surrogatepass")) | st.binary(max_size=200)


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@settings(max_examples=400, deadline=None)
@given(data=documents())
def test_any_bytes_are_understood_or_refused(parser: Callable[[bytes], object], data: bytes) -> None:
    refusal: InvalidWheel | None = None

    try:
        parser(data)
    except InvalidWheel as error:
        refusal = error

    assert refusal is None or refusal.message.isprintable()


class TestMetadata:
    def test_a_large_number_of_other_fields_costs_little(self) -> None:
        fields = b"".join(b"X-%d: y\n" % number for number in range(150_000))
        started = time.process_time()

        assert parse_metadata(fields + METADATA, IDENTITY) == "demo"
        assert time.process_time() - started < 5

    def test_fields_without_end_are_refused(self) -> None:
        with pytest.raises(InvalidWheel, match="more than"):
            parse_metadata(METADATA + b" y\n" * 1_000_000, IDENTITY)

    @pytest.mark.parametrize(
        "line",
        [
            b"Requires-Python: >=" + b"9" * 5000,
            b"Requires-Dist: a>=" + b"9" * 5000,
            b"Requires-Dist: a; " + b"(" * 100_000,
            b"Requires-Dist: a @ http://[",
        ],
    )
    def test_a_value_that_cannot_be_understood_is_compared_as_text(self, line: bytes) -> None:
        compare_metadata(METADATA + line, METADATA + line + b"\nSummary: other\n")

        with pytest.raises(InvalidWheel):
            compare_metadata(METADATA + line, METADATA)

    def test_fields_of_the_description_are_not_fields(self) -> None:
        assert parse_metadata(METADATA + b"\nName: other\nVersion: 2.0\n", IDENTITY) == "demo"


class TestWheelDocument:
    def test_a_missing_root_is_platlib_with_a_warning(self) -> None:
        purelib, warnings = parse_wheel_document(b"Wheel-Version: 1.0\nTag: py3-none-any\n", IDENTITY)

        assert not purelib
        assert "Root-Is-Purelib" in warnings[0]

    def test_every_tag_of_a_compressed_set_is_expected(self) -> None:
        identity = parse_filename("demo-1.0-py2.py3-none-any.whl")
        both = WHEEL + b"Tag: py2-none-any\n"

        assert parse_wheel_document(both, identity) == (True, ())
        assert parse_wheel_document(WHEEL, identity)[1]


class TestDistInfo:
    def test_it_is_found_among_other_folders(self) -> None:
        names = ["demo/a.py", "demo-1.0.dist-info/RECORD", "demo/x-1.0.dist-info/RECORD", "file.dist-info"]

        assert find_dist_info(names, IDENTITY) == "demo-1.0.dist-info"


class TestRecord:
    def test_rows_are_read_with_their_quotes(self) -> None:
        rows = record_text([("a,b.py", digest(b"x"), "1"), (f"{DIST_INFO}/RECORD", "", "")])

        assert parse_record(rows, DIST_INFO) == {"a,b.py": Expected("sha256", digest(b"x")[7:], 1)}

    def test_blank_lines_and_carriage_returns_are_no_rows(self) -> None:
        data = f"a,{digest(b'')},0\r\n\r\n\r\n".encode()

        assert set(parse_record(data, DIST_INFO)) == {"a"}

    def test_a_hexadecimal_digest_of_other_bytes_is_wrong(self) -> None:
        expected = Expected("sha256", "0" * 64, None)

        with pytest.raises(InvalidWheel, match="not what RECORD says"):
            check_file("a", expected, "1" * 64, 3)


class TestEntryPoints:
    def test_comments_blank_lines_and_other_groups_are_left(self) -> None:
        text = b"# note\n; note\n\n[other]\na = nonsense!\nb\n[console_scripts]\n  a.b-c = m.n : f.g [x, y]\n"

        assert parse_entry_points(text) == (EntryPoint("a.b-c", "m.n", "f.g", gui=False),)

    @pytest.mark.parametrize(
        "name", ["python", "PYTHON3", "python3.13t", "pythonw.exe", "pypy3", "Activate.ps1"]
    )
    def test_names_of_the_environment_are_reserved(self, name: str) -> None:
        assert is_reserved(name)

    @pytest.mark.parametrize(
        "name", ["python-config", "pythonic", "activated", "py", "ipython3", "activate-global"]
    )
    def test_names_like_them_are_free(self, name: str) -> None:
        assert not is_reserved(name)
