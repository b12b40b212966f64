"""What a trace takes for a witness, and when it says that there are none."""

from __future__ import annotations

import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from zephyr.memo import trace as module
from zephyr.memo.trace import (
    MOST_WITNESSES,
    SETTLING_COARSE_NS,
    SETTLING_NS,
    Trace,
    forego,
    holds_until,
    nothing_to_do,
    uses_cache,
)

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.memo.answer import Status

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")

LONG = 3_600_000_000_000
BYTECODE: str = vars(pytest)["__cached__"]


@pytest.fixture
def trace(monkeypatch: pytest.MonkeyPatch) -> Trace:
    """The trace of a run before which nothing has changed for long."""
    trace = Trace()
    trace.began_ns += LONG
    monkeypatch.setattr(Trace, "current", trace)

    return trace


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("old")

    return path


def witnessed(trace: Trace) -> set[str]:
    return {path for path, _, _ in trace.witnesses() or ()}


def test_what_was_looked_at_is_a_witness(trace: Trace, file: Path) -> None:
    trace.asked(str(file), follow=True)

    assert str(file) in witnessed(trace)


def test_what_was_not_there_is_one_too(trace: Trace, tmp_path: Path) -> None:
    trace.asked(str(tmp_path / "missing"), follow=True)

    assert str(tmp_path / "missing") in witnessed(trace)


def test_what_changes_during_the_run_is_none(trace: Trace, file: Path) -> None:
    trace.asked(str(file), follow=True)
    file.write_text("new one")

    assert trace.witnesses() is None


def test_what_changed_just_before_the_run_is_none(trace: Trace, file: Path) -> None:
    trace.began_ns = time.time_ns()
    file.write_text("new")
    trace.asked(str(file), follow=True)

    assert trace.witnesses() is None


@pytest.mark.parametrize(("changed", "settling"), [(10**18 + 1, SETTLING_NS), (10**18, SETTLING_COARSE_NS)])
def test_a_change_needs_time_to_settle(
    changed: int, settling: int, trace: Trace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status_of(path: str, _: int) -> Status:
        return (changed, changed, 3, 0o100644, 1, 1) if path == str(file) else 2

    monkeypatch.setattr(module, "status_of", status_of)
    trace.asked(str(file), follow=True)

    trace.began_ns = changed + settling
    assert trace.witnesses() is None

    trace.began_ns += 1
    assert trace.witnesses() is not None


def test_what_is_no_file_is_none(trace: Trace, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    trace.asked(str(tmp_path / "pipe"), follow=True)

    assert trace.witnesses() is None


def test_the_null_device_never_changes(trace: Trace) -> None:
    trace.asked(os.devnull, follow=True)

    assert trace.witnesses() is not None


def test_of_a_folder_on_the_way_the_content_does_not_matter(trace: Trace, tmp_path: Path) -> None:
    trace.asked(str(tmp_path), follow=True)
    (tmp_path / "new").write_text("")

    assert str(tmp_path) in witnessed(trace)


def test_of_a_folder_that_was_listed_it_does(trace: Trace, tmp_path: Path) -> None:
    trace.listed(str(tmp_path))
    (tmp_path / "new").write_text("")

    assert trace.witnesses() is None


def test_code_is_a_witness(trace: Trace) -> None:
    trace.ran([module])

    assert witnessed(trace) == {module.__file__}


def test_code_of_the_interpreter_is_part_of_the_question(trace: Trace) -> None:
    trace.ran([os, sys])

    assert not witnessed(trace)


def test_code_in_an_environment_changes_when_packages_come_and_go(trace: Trace) -> None:
    trace.ran([pytest])

    assert witnessed(trace) == {f"{os.path.dirname(os.path.dirname(pytest.__file__))}/"}


def test_that_code_was_read_says_no_more(trace: Trace) -> None:
    trace.asked(pytest.__file__, follow=True)
    trace.asked(BYTECODE, follow=True)
    trace.ran([pytest])

    assert pytest.__file__ not in witnessed(trace)
    assert BYTECODE not in witnessed(trace)


def test_who_looks_at_too_much_is_not_remembered(trace: Trace) -> None:
    for number in range(MOST_WITNESSES):
        trace.asked(f"/srv/missing/{number}", follow=True)

    assert not trace.is_unfit
    trace.asked("/srv/one-more", follow=True)
    assert trace.is_unfit


def test_the_nearest_time_counts(trace: Trace) -> None:
    holds_until(20.0)
    holds_until(10.0)
    holds_until(30.0)

    assert trace.until == 10.0


def test_what_is_said_of_a_run_is_kept_with_it(trace: Trace, tmp_path: Path) -> None:
    nothing_to_do()
    forego()
    uses_cache(str(tmp_path))

    assert trace.found_nothing_to_do
    assert trace.is_unfit
    assert trace.cache == os.path.realpath(tmp_path)


def test_without_a_run_nothing_is_kept() -> None:
    assert Trace.current is None
    nothing_to_do()
    forego()
    holds_until(0)
    uses_cache("/srv")

    assert Trace.current is None


# The decision to change an environment


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    root = tmp_path / "environment"
    (root / "site").mkdir(parents=True)
    (root / "pyvenv.cfg").write_text("home = /usr/bin\n")

    return root


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Trace:
    """A trace that nobody tells of anything, for which nothing has changed for long."""
    now = time.time_ns() + LONG
    monkeypatch.setattr(module, "time", SimpleNamespace(time_ns=lambda: now))

    return Trace()


def test_what_is_in_the_environment_counts_by_what_is_in_it(
    settled: Trace, environment: Path, file: Path
) -> None:
    configuration = str(environment / "pyvenv.cfg")
    settled.asked(configuration, follow=True)
    settled.scanned(str(environment / "site"))
    settled.asked(str(file), follow=True)
    settled.decide(str(environment))

    seen = {path: content for path, _, content in settled.sights}
    assert seen[configuration] == (os.stat(configuration).st_mode, b"home = /usr/bin\n")
    assert seen[str(environment / "site")] == []
    assert witnessed(settled) == {str(file)}
    assert not settled.is_unfit


def test_what_is_checked_in_any_case_is_no_witness(settled: Trace, environment: Path, tmp_path: Path) -> None:
    tree = tmp_path / "trees" / "a" / "tree"
    tree.mkdir(parents=True)
    (tree / "METADATA").write_text("")
    settled.asked(str(tree / "METADATA"), follow=True)
    settled.decide(str(environment), {str(tree)})

    assert not witnessed(settled)


def test_a_file_of_the_environment_that_is_too_new_makes_a_run_unfit(environment: Path) -> None:
    trace = Trace()
    (environment / "pyvenv.cfg").write_text("written just now\n")
    trace.asked(str(environment / "pyvenv.cfg"), follow=True)
    trace.decide(str(environment))

    assert trace.is_unfit


def test_a_folder_that_nobody_listed_may_be_new(environment: Path) -> None:
    trace = Trace()
    trace.asked(str(environment / "site"), follow=False)
    trace.decide(str(environment))

    assert not trace.is_unfit


def test_a_second_decision_makes_a_run_unfit(settled: Trace, environment: Path) -> None:
    settled.decide(str(environment))
    assert not settled.is_unfit

    settled.decide(str(environment))
    assert settled.is_unfit


def test_too_much_to_keep_makes_a_run_unfit(
    settled: Trace, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SEEN", 3)
    settled.asked(str(environment / "pyvenv.cfg"), follow=True)
    settled.decide(str(environment))

    assert settled.is_unfit
