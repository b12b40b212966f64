"""Commands that change an environment: when the change is made again without the thinking, and when not."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.installed_world import snapshot
from tests.support.pyprojects import pyproject
from zephyr.pipeline import kept_change

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.command_line import CommandLine
    from tests.support.memos import Memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")

INSTALL = ("install", "-r", "requirements.in")
COMMANDS = (INSTALL, ("sync",), ("install", "demo", "--compile-bytecode"))


@pytest.fixture
def project(cli: CommandLine, memory: Memory) -> CommandLine:
    """A project whose environment has been made anew, after each command had installed into one like it."""
    cli.index.serve("demo", "1.0", requires=["dep"], console_scripts=["demo = demo:main"])
    cli.index.serve("dep", "1.0")
    cli.write("pyproject.toml", pyproject("demo"))
    cli.write("requirements.in", "demo\n")
    cli.only_pythons(str(cli.folder / "bin"))
    cli("lock")

    for command in COMMANDS:
        for _ in range(3):
            anew(cli)
            cli(*command)

        anew(cli)
        assert memory.repeats(*command), command

    anew(cli)

    return cli


def anew(cli: CommandLine) -> None:
    """Make the environment anew at its place."""
    shutil.rmtree(cli.environment.root)
    cli.make_environment(".venv")


@pytest.mark.parametrize("command", COMMANDS)
def test_it_comes_to_the_same(
    project: CommandLine, memory: Memory, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    requests = project.index.count("*")
    assert memory.repeats(*command)
    repeated = snapshot(project.environment.root)
    assert project.index.count("*") == requests

    anew(project)
    monkeypatch.setenv("ZEPHYR_NO_MEMO", "1")
    project(*command)

    assert snapshot(project.environment.root) == repeated
    assert project.installed == {"demo": "1.0", "dep": "1.0"}


def test_the_same_is_said_but_for_how_long_it_took(project: CommandLine) -> None:
    first = project(*INSTALL)
    anew(project)
    second = project(*INSTALL)

    assert _timeless(second.err) == _timeless(first.err)
    assert second.out == first.out
    assert "Changed 2 packages in " in second.err


def _timeless(text: str) -> str:
    return re.sub(r" in [0-9.]+ m?s", " in TIME", text)


def test_when_nothing_is_left_to_do_that_is_said(project: CommandLine, memory: Memory) -> None:
    assert memory.repeats(*INSTALL)
    assert "Nothing to do" in project(*INSTALL).err
    assert memory.learns(*INSTALL)

    anew(project)
    assert memory.repeats(*INSTALL)


def in_site(*parts: str) -> Callable[[CommandLine], Path]:
    return lambda cli: Path(cli.site, *parts)


def added(place: Callable[[CommandLine], Path], text: str = "") -> Callable[[CommandLine], object]:
    def add(cli: CommandLine) -> None:
        path = place(cli)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.read_text() + text if path.exists() else text)

    return add


def in_project(name: str) -> Callable[[CommandLine], Path]:
    return lambda cli: cli.folder / name


def cached(cli: CommandLine) -> Path:
    return next(cli.cache.glob("trees-v1/*/*/tree/purelib/demo/__init__.py"))


def evicted(cli: CommandLine) -> None:
    for tree in cli.cache.glob("trees-v1/*/*"):
        shutil.rmtree(tree)


def touched(cli: CommandLine) -> None:
    os.utime(cached(cli), (0, 0))


METADATA = "Metadata-Version: 2.1\nName: left\nVersion: 1.0\n"
DIFFERENCES = {
    "the requirements were edited": added(in_project("requirements.in"), "dep\n"),
    "another tool has installed something": added(in_site("left-1.0.dist-info", "METADATA"), METADATA),
    "a file lies in the way": added(in_site("demo", "mine.py")),
    "the environment says something else": added(in_project(".venv/pyvenv.cfg"), "prompt = mine\n"),
    "a file of the cache was edited": added(cached, "# edited\n"),
    "a file of the cache has another time": touched,
    "the cache has been emptied": evicted,
}


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_it_is_thought_through_again_when(project: CommandLine, memory: Memory, difference: str) -> None:
    DIFFERENCES[difference](project)

    assert not memory.repeats(*INSTALL)
    assert project.installed.items() >= {"demo": "1.0", "dep": "1.0"}.items()
    assert "edited" not in Path(project.site, "demo", "__init__.py").read_text()


def test_it_is_thought_through_again_when_pages_are_no_longer_fresh(
    project: CommandLine, memory: Memory
) -> None:
    memory.ahead += 3600

    assert not memory.repeats(*INSTALL)


def test_it_is_thought_through_again_in_another_boot(
    project: CommandLine, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_change, "boot_identity", lambda: "another")

    assert not memory.repeats(*INSTALL)


@pytest.mark.parametrize(
    "word", ["--no-cache", "--dry-run", "--upgrade", "--force-reinstall", "--require-hashes", "--pre"]
)
def test_other_words_are_another_question(project: CommandLine, memory: Memory, word: str) -> None:
    assert not memory.repeats(*INSTALL, word)


def test_it_can_be_turned_off(project: CommandLine, memory: Memory) -> None:
    project.configure(ZEPHYR_NO_MEMO="1")

    assert not memory.repeats(*INSTALL)


def test_what_leaves_makes_it_another_thing_each_time(project: CommandLine, memory: Memory) -> None:
    project.index.serve("demo", "0.9")
    project("install", "demo==0.9")

    assert not memory.repeats("install", "demo==1.0")
    project("install", "demo==0.9")
    assert not memory.repeats("install", "demo==1.0")


def test_a_report_is_written_each_time(cli: CommandLine, memory: Memory) -> None:
    cli.index.serve("demo", "1.0")

    for _ in range(3):
        anew(cli)
        assert not memory.repeats("install", "demo", "--report", "report.json")


def test_a_command_that_another_one_keeps_waiting_waits(
    project: CommandLine, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    state = Path(project.environment.root, ".zephyr")
    state.mkdir()
    released: list[float] = []

    with open(state / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def release(_seconds: float) -> None:
            fcntl.flock(lock, fcntl.LOCK_UN)
            released.append(time.monotonic())

        monkeypatch.setattr("zephyr.install.lock.time.sleep", release)

        assert not memory.repeats(*INSTALL)

    assert released
    assert project.installed == {"demo": "1.0", "dep": "1.0"}
