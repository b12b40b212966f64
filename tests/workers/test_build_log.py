"""Logs of builds: bounded, readable, without secrets."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from zephyr_workers.build_log import BuildLog, plain

if TYPE_CHECKING:
    from pathlib import Path


def written(path: Path, *chunks: bytes, secrets: tuple[str, ...] = (), limit: int = 1 << 20) -> str:
    with BuildLog(str(path / "log"), secrets, limit=limit) as log:
        for chunk in chunks:
            log.add(chunk)

    return (path / "log").read_text()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"plain", "plain"),
        (b"\x1b[31mred\x1b[0m text", "red text"),
        (b"\x1b]0;title\x07after", "after"),
        (b" 10%\r 50%\r100% done\r", "100% done"),
        (b"windows\r", "windows"),
        (b"no text \xff\xfe", r"no text \xff\xfe"),
        (b"bell \x07 and null \x00", r"bell \x07 and null \x00"),
        (b"tab\tstays", "tab\tstays"),
        ("ünïcode ✓".encode(), "ünïcode ✓"),
    ],
)
def test_a_line_is_kept_as_a_terminal_would_leave_it(line: bytes, shown: str) -> None:
    assert plain(line) == shown


def test_lines_that_come_in_pieces_are_whole(tmp_path: Path) -> None:
    assert written(tmp_path, b"fi", b"rst\nsec", b"ond\nlast") == "first\nsecond\nlast\n"


def test_only_its_owner_reads_a_log(tmp_path: Path) -> None:
    written(tmp_path, b"x")

    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


def test_a_log_ends_at_its_limit_with_the_last_lines(tmp_path: Path) -> None:
    text = written(tmp_path, *(f"line {number}\n".encode() for number in range(1000)), limit=200)

    assert text.startswith("line 0\nline 1\n")
    assert "bytes are left out here" in text
    assert text.endswith("line 998\nline 999\n")
    assert len(text) < 1000


def test_a_flood_without_line_ends_takes_no_memory(tmp_path: Path) -> None:
    tracemalloc.start()

    with BuildLog(str(tmp_path / "log"), limit=1000) as log:
        for _ in range(100):
            log.add(b"x" * 65536)
            log.add(b"y" * 65536 + b"\r")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2 << 20
    assert (tmp_path / "log").stat().st_size < 1 << 20


def test_a_secret_is_hidden_wherever_chunks_end(tmp_path: Path) -> None:
    text = b"before s3cr3t-value after\n"

    for cut in range(len(text)):
        folder = tmp_path / str(cut)
        folder.mkdir()

        assert written(folder, text[:cut], text[cut:], secrets=("s3cr3t-value",)) == "before *** after\n"


def test_a_secret_is_hidden_in_a_line_that_is_cut(tmp_path: Path) -> None:
    for before in range(32 << 10, (32 << 10) + 30):
        folder = tmp_path / str(before)
        folder.mkdir()
        chunks = (b"x" * before + b"s3cr3t", b"-value" + b"y" * 40_000)

        assert "s3cr3t" not in written(folder, *chunks, secrets=("s3cr3t-value",))


@pytest.mark.parametrize("login", ["me:word", "me:w@rd"])
def test_a_login_in_a_url_is_hidden(tmp_path: Path, login: str) -> None:
    line = f"from https://{login}@host.example/x\n".encode()

    assert written(tmp_path, line) == "from https://***@host.example/x\n"


def test_the_tail_leaves_empty_lines_out(tmp_path: Path) -> None:
    with BuildLog(str(tmp_path / "log")) as log:
        log.add(b"one\n\n  \ntwo\n\n")

        assert log.tail() == ("one", "two")
        assert log.tail(1) == ("two",)
