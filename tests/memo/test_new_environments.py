"""``zephyr venv create`` where it has made the same environment before, and that is gone."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, this_interpreter
from zephyr.environments.leftovers import fresh_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.command_line import CommandLine
    from tests.support.memos import Memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")

CREATE = ("venv", "create", "fresh")


def seen(folder: Path) -> dict[str, object]:
    """What is in a folder: where a link leads, the bytes and the mode of a file."""
    found: dict[str, object] = {}

    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))

        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = (path.stat().st_mode, path.read_bytes() if path.is_file() else None)

    return found


@pytest.fixture
def fresh(cli: CommandLine, memory: Memory) -> Path:
    """The place of an environment that is remembered and gone."""
    cli.only_pythons(os.path.dirname(this_interpreter().base_executable))

    return remembered(cli, memory)


def remembered(cli: CommandLine, memory: Memory) -> Path:
    """Make the environment until that is remembered, and return its place, which is free again."""
    place = cli.folder / "fresh"

    for _ in range(4):
        is_remembered = memory.repeats(*CREATE)
        shutil.rmtree(place)

        if is_remembered:
            return place

    raise AssertionError


def test_the_same_environment_is_made_and_told_of(cli: CommandLine, memory: Memory, fresh: Path) -> None:
    assert memory.repeats(*CREATE)
    again = seen(fresh)
    shutil.rmtree(fresh)
    os.environ["ZEPHYR_NO_MEMO"] = "1"

    try:
        told = cli(*CREATE)
    finally:
        del os.environ["ZEPHYR_NO_MEMO"]

    assert again == seen(fresh)
    shutil.rmtree(fresh)
    assert cli(*CREATE) == told


def test_pip_as_a_first_word_changes_nothing(cli: CommandLine, memory: Memory, fresh: Path) -> None:
    for _ in range(2):
        assert cli("pip", *CREATE).code == 0
        shutil.rmtree(fresh)

    assert memory.repeats("pip", *CREATE)
    assert fresh.is_dir()


def test_its_interpreter_is_known(cli: CommandLine, memory: Memory, fresh: Path) -> None:
    assert memory.repeats(*CREATE)
    assert cli("list", "--python", str(fresh)).code == 0
    assert cli("install", "--python", str(fresh), "missing").code == 1


def test_what_a_creation_that_was_killed_left_behind_goes(memory: Memory, fresh: Path) -> None:
    left = fresh.parent / fresh_name(str(fresh))
    left.mkdir()

    assert memory.repeats(*CREATE)
    assert not left.exists()


def test_an_environment_that_is_there_is_not_made_again(
    cli: CommandLine, memory: Memory, fresh: Path
) -> None:
    cli(*CREATE)
    (fresh / "mine.txt").write_text("kept")

    assert not memory.repeats(*CREATE)
    assert (fresh / "mine.txt").read_text() == "kept"
    assert cli(*CREATE) == failed("""
        error[environment-exists]: There is an environment at [DIR]/fresh already
        hint: Use it as it is, or replace it and all that is installed in it with --clear.
    """)


def test_a_place_that_cannot_be_used_is_told_of(cli: CommandLine, memory: Memory, fresh: Path) -> None:
    fresh.write_text("a file")

    assert not memory.repeats(*CREATE)
    assert cli(*CREATE) == failed("""
        error[not-an-environment]: [DIR]/fresh is a file, not an environment
        hint: Remove it yourself, or choose another path.
    """)


def test_one_that_replaces_another_is_not_remembered(memory: Memory, fresh: Path) -> None:
    assert not any(memory.repeats(*CREATE, "--clear") for _ in range(3))
    assert fresh.is_dir()


CHANGES: dict[str, Callable[[CommandLine], object]] = {
    "a version is asked for": lambda cli: cli.write(".python-version", "3"),
    "a project says which versions": lambda cli: cli.write(
        "pyproject.toml", '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.8"\n'
    ),
    "a setting appears": lambda cli: cli.write("zephyr.toml", "quiet = 1\n"),
    "there is another Python": lambda cli: os.symlink(
        this_interpreter().base_executable, cli.folder / "bin" / "python3"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_could_lead_to_another_is_looked_at(
    cli: CommandLine,
    memory: Memory,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[CommandLine], object],
) -> None:
    (cli.folder / "bin").mkdir()
    path = [str(cli.folder / "bin"), os.path.dirname(this_interpreter().base_executable)]
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    monkeypatch.setenv("ZEPHYR_CONFIG_FILE", str(cli.folder / "zephyr.toml"))

    remembered(cli, memory)
    change(cli)

    assert not memory.repeats(*CREATE)
    assert (cli.folder / "fresh" / "pyvenv.cfg").is_file()
