"""Which memo answers a command, and which memos are believed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr.memo import answer
from zephyr.memo.answer import (
    OFF,
    cache_folder,
    matters,
    memo_key,
    memo_path,
    packed,
    question_of,
    status_of,
)
from zephyr.pipeline.cache import CacheLocation
from zephyr_cache.records import encode

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")

ROOT = Path(__file__).parents[2]
SAID = [(2, b"Nothing to do\n"), (1, b"done\n")]


def told(words: list[str]) -> bool:
    """Whether a memo answers; what it says goes to the streams of the process."""
    question = question_of(words)
    assert question is not None

    return answer._told_again(words, question)  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A command, in a folder and with a cache of its own."""
    monkeypatch.chdir(tmp_path)

    return ["sync", "--cache-dir", str(tmp_path / "cache")]


def keep(
    words: list[str], *, made: float = 0, until: float = float("inf"), witnesses: tuple[str, ...] = ()
) -> Path:
    """Write a memo as a run would."""
    question = question_of(words)
    assert question is not None
    path = Path(memo_path(words, question))
    path.parent.mkdir(parents=True, exist_ok=True)
    seen = [(witness, 0, status_of(witness, 0)) for witness in witnesses]
    path.write_bytes(encode(memo_key(question), packed(question, made, until, seen, SAID)))

    return path


# What is said


def test_a_memo_is_said_on_the_streams_it_was_said_on(
    words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    keep(words)

    assert told(words)
    assert capfd.readouterr() == ("done\n", "Nothing to do\n")


def test_without_a_memo_nothing_is_said(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert not told(words)
    assert capfd.readouterr() == ("", "")


# Which memos are believed


@pytest.mark.parametrize(("made", "until"), [(1e12, 2e12), (0, 1)])
def test_a_memo_holds_for_its_time(words: list[str], made: float, until: float) -> None:
    keep(words, made=made, until=until)

    assert not told(words)


def test_a_memo_holds_while_its_witnesses_are_as_they_were(words: list[str], tmp_path: Path) -> None:
    keep(words, witnesses=(str(tmp_path / "there"), str(tmp_path)))
    assert told(words)

    (tmp_path / "there").mkdir()
    assert not told(words)


def test_a_memo_of_somebody_else_is_not_believed(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = keep(words)
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)

    assert bytes(answer.own_record(str(path))) == b""


def test_a_memo_under_the_name_of_another_is_not_believed(words: list[str]) -> None:
    path = keep(words)
    other = [*words, "--check"]
    keep(other).write_bytes(path.read_bytes())

    assert not told(other)


@given(data=st.data())
def test_a_damaged_memo_is_not_believed(data: st.DataObject) -> None:
    question = b"question"
    whole = packed(question, 0, float("inf"), [("/srv", 0, 2)], SAID)
    place = data.draw(st.integers(0, len(whole) - 1))
    torn = data.draw(
        st.sampled_from([whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]])
    )

    assert answer._still_true(question, torn) is None  # pyright: ignore[reportPrivateUsage]


def test_a_memo_that_cannot_be_read_is_none(words: list[str]) -> None:
    path = keep(words)
    path.unlink()
    path.mkdir()

    assert not told(words)


# Which questions are the same


def test_what_may_matter_is_part_of_the_question(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = {question_of(words), question_of([*words, "-q"]), question_of(["pip", *words])}
    monkeypatch.setenv("ZEPHYR_OFFLINE", "1")
    questions.add(question_of(words))
    monkeypatch.setenv("LC_ALL", "C")
    questions.add(question_of(words))
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    questions.add(question_of(words))

    assert len(questions) == 6


def test_the_width_of_the_terminal_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    parent, child = os.openpty()
    questions: set[bytes | None] = set()

    for columns in (80, 100):
        termios.tcsetwinsize(parent, (24, columns))

        with open(child, "w", closefd=False) as terminal:
            monkeypatch.setattr("sys.stdout", terminal)
            questions.add(question_of(["--help"]))
            monkeypatch.undo()

    os.close(parent)
    os.close(child)

    assert len(questions) == 2
    assert None not in questions


def test_what_cannot_matter_is_not(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    question = question_of(words)
    monkeypatch.setenv("WINDOWID", "7")

    assert question_of(words) == question


@pytest.mark.parametrize("others", [[], ["list"], ["-q", "sync"], ["pip"], ["pip", "list"], ["--version"]])
def test_other_commands_have_no_memos(others: list[str]) -> None:
    assert question_of(others) is None


def test_there_are_none_where_they_are_turned_off(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OFF, "1")

    assert question_of(words) is None


def test_a_folder_that_is_gone_has_none(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    try:
        assert question_of(words) is None
    finally:
        os.chdir(tmp_path)


IRRELEVANT = {
    "APPDATA": "Windows",
    "PROGRAMDATA": "Windows",
    "USERPROFILE": "Windows",
    "EDITOR": "starts a process",
    "VISUAL": "starts a process",
    "GIT_ALLOW_PROTOCOL": "starts a process",
    "GIT_CONFIG_COUNT": "starts a process",
    "GIT_SSH": "starts a process",
    "GIT_SSH_COMMAND": "starts a process",
    "REQUEST_METHOD": "connects",
    "EXT_SUFFIX": "of an interpreter, not of the environment",
}


def test_each_variable_that_is_read_is_part_of_the_question_or_known_not_to_matter() -> None:
    sources = [path for folder in ("zephyr", "workers", "cache") for path in (ROOT / folder).rglob("*.py")]
    read = {name for path in sources for name in variables_in(ast.parse(path.read_text()))}
    asked = {name for name in read if matters(name)}

    assert {"HOME", "VIRTUAL_ENV"} <= read
    assert read - asked <= IRRELEVANT.keys()


def variables_in(tree: ast.Module) -> set[str]:
    """The names in ``environ.get("NAME")``, ``environ["NAME"]`` and ``"NAME" in environ``."""
    found: set[str] = set()

    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=holder, attr="get"), args=[ast.Constant(value=str(name)), *_]
            ):
                pass
            case ast.Subscript(value=holder, slice=ast.Constant(value=str(name))):
                pass
            case ast.Compare(left=ast.Constant(value=str(name)), comparators=[holder]):
                pass
            case _:
                continue

        if name.isupper() and ast.unparse(holder).split(".")[-1] in {
            "environ",
            "environment",
            "variables",
            "env",
        }:
            found.add(name)

    return found


# Where memos lie


@pytest.mark.parametrize(
    "variables",
    [{}, {"XDG_CACHE_HOME": "/srv/caches"}, {"XDG_CACHE_HOME": " "}, {"ZEPHYR_CACHE_DIR": "/srv/c"}],
)
def test_the_cache_is_where_the_command_finds_it(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")

    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert cache_folder(["sync"]) == CacheLocation(variables.get("ZEPHYR_CACHE_DIR")).path


@pytest.mark.parametrize(
    ("words", "folder"),
    [
        (["sync", "--cache-dir", "/srv/c"], "/srv/c"),
        (["sync", "--cache-dir=/srv/c"], "/srv/c"),
        (["sync", "--cache-dir", "/srv/b", "--cache-dir", "/srv/c"], "/srv/c"),
        (["install", "--", "--cache-dir", "/srv/c"], "/srv/default"),
    ],
)
def test_words_say_where_the_cache_is(words: list[str], folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEPHYR_CACHE_DIR", "/srv/default")

    assert cache_folder(words) == folder


# What it costs


def test_an_answer_imports_nothing_but_itself(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")
    start = "import sys; sys.argv = ['zephyr', 'install', 'demo']; from zephyr.__main__ import main; main()"

    # The first runs learn of the interpreter, and wait until what was installed just now counts as settled.
    runs = (imports_of(cli, start) for _ in range(10))
    imported = next((run for run in runs if "zephyr.cli" not in run), {"all of it"})

    assert imported - imports_of(cli, "pass") <= {
        "__future__",
        "zephyr",
        "zephyr.__main__",
        "zephyr.memo",
        "zephyr.memo.answer",
    }


def imports_of(cli: CommandLine, program: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program],
        cwd=cli.folder,
        env=cli.child_environ(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    return {
        line.rpartition("|")[2].strip() for line in run.stderr.splitlines() if line.startswith("import time:")
    }
