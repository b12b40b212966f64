"""What is heard of what a run prints."""

from __future__ import annotations

import io
import sys
from typing import cast

import pytest

from zephyr.memo.printing import Heard, unheard
from zephyr.memo.trace import Trace


def streams(monkeypatch: pytest.MonkeyPatch) -> tuple[io.TextIOWrapper, io.TextIOWrapper]:
    """Put others in the place of standard output and of standard error, which takes ASCII only."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=name) for name in ("utf-8", "ascii"))
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)

    return out, err


def test_what_is_printed_is_heard_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    streams(monkeypatch)

    with Heard() as said:
        sys.stdout.write("ä\n")
        sys.stderr.writelines(["b\n", "c\n"])

    assert said == [(1, "ä\n".encode()), (2, b"b\n"), (2, b"c\n")]


def test_it_is_printed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = streams(monkeypatch)

    with Heard():
        sys.stdout.write("a")
        sys.stdout.flush()

    assert cast("io.BytesIO", out.buffer).getvalue() == b"a"
    assert (sys.stdout, sys.stderr) == (out, err)


def test_what_could_not_be_printed_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    streams(monkeypatch)

    with Heard() as said, pytest.raises(UnicodeEncodeError):
        sys.stderr.write("ä")

    assert not said


def test_what_does_not_last_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    _, err = streams(monkeypatch)

    with Heard() as said:
        unheard(sys.stderr).write("50 %")

    assert not said
    assert unheard(err) is err


def test_a_stream_that_took_the_place_of_another_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    streams(monkeypatch)
    other = io.StringIO()

    with Heard():
        sys.stdout = other

    assert sys.stdout is other


def test_bytes_are_not_heard_so_such_a_run_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    streams(monkeypatch)
    trace = Trace()
    monkeypatch.setattr(Trace, "current", trace)

    with Heard():
        sys.stdout.buffer.write(b"a")

    assert trace.is_unfit
