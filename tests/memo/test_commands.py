"""Commands and their memos, as a user meets them: when the answer comes from a memo, and when it must not."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import said
from tests.support.pyprojects import BUILT, pyproject
from tests.support.source_archives import serve_backend, write_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.command_line import CommandLine
    from tests.support.memos import Memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")

INSTALL = ("install", "-r", "requirements.in", "-c", "constraints.txt")


@pytest.fixture
def project(cli: CommandLine, memory: Memory) -> CommandLine:
    """A project that requires demo, which needs dep; locked and installed, and each command remembered."""
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli.write("pyproject.toml", pyproject("demo"))
    cli.write("requirements.in", "-r nested.in\n")
    cli.write("nested.in", "demo\n")
    cli.write("constraints.txt", "demo<2\n")
    cli.only_pythons(str(cli.folder / "bin"))
    cli("sync")

    for command in (("sync",), INSTALL, ("lock",)):
        assert memory.learns(*command), command

    return cli


# What a memo answers


@pytest.mark.parametrize(
    "words",
    [("sync",), ("-q", "sync"), ("sync", "-q"), ("sync", "--check"), INSTALL, ("lock",), ("lock", "--check")],
)
def test_the_same_is_said_without_looking_further(
    project: CommandLine, memory: Memory, words: tuple[str, ...]
) -> None:
    first = project(*words)

    assert project(*words) == first
    assert memory.answers(*words) == (not words[0].startswith("-"))


def test_what_pip_says_is_said_on_standard_output_again(project: CommandLine, memory: Memory) -> None:
    assert memory.answers(*INSTALL)
    assert project(*INSTALL) == said("Nothing to do: 2 packages checked\n").printing(
        "Requirement already satisfied: demo in [SITE] (1.0)"
    )


def test_pip_as_a_first_word_changes_nothing(project: CommandLine, memory: Memory) -> None:
    project("pip", *INSTALL)

    assert memory.answers("pip", *INSTALL)


def test_no_request_is_made(project: CommandLine, memory: Memory) -> None:
    before = project.index.count("*")

    assert memory.answers("lock")
    assert project.index.count("*") == before


@pytest.mark.parametrize(
    "words", [("--help",), ("install", "-h"), ("help", "venv", "create"), ("venv", "--help")]
)
def test_help_is_laid_out_once(cli: CommandLine, memory: Memory, words: tuple[str, ...]) -> None:
    first = cli(*words)

    assert first.code == 0
    assert memory.learns(*words)
    assert cli(*words) == first


def test_help_for_another_width_is_laid_out_anew(
    cli: CommandLine, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    wide = cli("install", "--help")
    monkeypatch.setenv("COLUMNS", "60")

    assert not memory.answers("install", "--help")
    assert cli("install", "--help") != wide


def test_help_for_what_there_is_not_stays_an_error(cli: CommandLine, memory: Memory) -> None:
    first = cli("help", "nonsense")

    assert first.code == 1
    assert not memory.learns("help", "nonsense")
    assert cli("help", "nonsense") == first


# What is not remembered


def test_a_command_that_did_something_is_not_remembered(cli: CommandLine, memory: Memory) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    assert not memory.files


@pytest.mark.parametrize(
    "words",
    [
        ("install", "missing"),
        ("install", "demo", "--dry-run"),
        ("install", "dep", "--log", "said.txt"),
        ("install", "dep", "--report", "report.json"),
        ("install", "dep", "--no-cache"),
        ("list",),
    ],
)
def test_some_are_never_remembered(cli: CommandLine, memory: Memory, words: tuple[str, ...]) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("dep", "1.0")
    cli("install", "dep")
    cli(*words)

    assert not memory.files


def test_an_age_means_another_time_each_time(project: CommandLine, memory: Memory) -> None:
    project("install", "demo", "--exclude-newer", "7 days")

    assert not memory.answers("install", "demo", "--exclude-newer", "7 days")


def test_a_variable_in_a_requirements_file_is_looked_up_each_time(
    project: CommandLine, memory: Memory
) -> None:
    project.write("nested.in", "${WANTED}\n")
    project.configure(WANTED="demo")
    project(*INSTALL)

    assert not memory.answers(*INSTALL)


def test_a_cache_that_only_a_settings_file_names_keeps_no_memos(
    project: CommandLine, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZEPHYR_CACHE_DIR")
    settings = Path(os.environ["XDG_CONFIG_HOME"], "zephyr", "zephyr.toml")
    settings.parent.mkdir(parents=True)
    settings.write_text(f'cache-dir = "{project.cache}"\n')
    project("sync")

    assert not memory.answers("sync")


def test_memos_can_be_turned_off(project: CommandLine, memory: Memory) -> None:
    project.configure(ZEPHYR_NO_MEMO="1")

    assert not memory.answers("sync")


# What makes a memo worthless


def edited(name: str) -> Callable[[CommandLine], object]:
    """A file of the project that says the same in other words."""

    def edit(cli: CommandLine) -> None:
        path = cli.folder / name
        path.write_text(path.read_text() + "\n")

    return edit


def in_site(*parts: str) -> Callable[[CommandLine], Path]:
    return lambda cli: Path(cli.site, *parts)


def added(place: Callable[[CommandLine], Path], text: str = "") -> Callable[[CommandLine], object]:
    def add(cli: CommandLine) -> None:
        path = place(cli)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return add


def removed(place: Callable[[CommandLine], Path]) -> Callable[[CommandLine], object]:
    def remove(cli: CommandLine) -> None:
        path = place(cli)
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return remove


def replaced(place: Callable[[CommandLine], Path]) -> Callable[[CommandLine], object]:
    """Another file with the same content, size and time."""

    def replace(cli: CommandLine) -> None:
        path = place(cli)
        copy = path.with_name("copy")
        shutil.copy2(path, copy)
        copy.rename(path)

    return replace


def settings_file(cli: CommandLine) -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"], "zephyr", "zephyr.toml")


ENVIRONMENT = {
    "a package is gone": removed(in_site("demo-1.0.dist-info")),
    "another tool has added one": added(
        in_site("left-1.0.dist-info", "METADATA"), "Name: left\nVersion: 1.0\n"
    ),
    "what a package is was edited": added(
        in_site("dep-1.0.dist-info", "METADATA"), "Name: dep\nVersion: 9\n"
    ),
    "another tool has installed it again": replaced(in_site("dep-1.0.dist-info", "INSTALLER")),
    "it says now where it came from": added(in_site("dep-1.0.dist-info", "direct_url.json"), "{}"),
    "the interpreter is gone": removed(lambda cli: cli.folder / ".venv" / "bin" / "python"),
    "the environment says something else": replaced(lambda cli: cli.folder / ".venv" / "pyvenv.cfg"),
    "a change was not finished": added(lambda cli: cli.folder / ".venv" / ".zephyr" / "journal"),
    "the environment is gone": removed(lambda cli: cli.folder / ".venv"),
}
SETTINGS = {"settings are there now": added(settings_file, "no-color = true\n")}
PROJECT = {
    "the project was edited": edited("pyproject.toml"),
    "the lock was edited": edited("pylock.toml"),
    "the lock is gone": removed(lambda cli: cli.folder / "pylock.toml"),
    "another Python is wanted": added(lambda cli: cli.folder / ".python-version", "3.9\n"),
}
FILES = {
    "the requirements were edited": edited("requirements.in"),
    "a file that they include was edited": edited("nested.in"),
    "the constraints were edited": edited("constraints.txt"),
}


@pytest.mark.parametrize(
    "change", list((ENVIRONMENT | SETTINGS | PROJECT).values()), ids=[*ENVIRONMENT, *SETTINGS, *PROJECT]
)
def test_a_sync_looks_again_when(
    project: CommandLine, memory: Memory, change: Callable[[CommandLine], object]
) -> None:
    change(project)

    assert not memory.answers("sync")


@pytest.mark.parametrize(
    "change", list((ENVIRONMENT | SETTINGS | FILES).values()), ids=[*ENVIRONMENT, *SETTINGS, *FILES]
)
def test_an_install_looks_again_when(
    project: CommandLine, memory: Memory, change: Callable[[CommandLine], object]
) -> None:
    change(project)

    assert not memory.answers(*INSTALL)


@pytest.mark.parametrize("change", list((SETTINGS | PROJECT).values()), ids=[*SETTINGS, *PROJECT])
def test_a_lock_looks_again_when(
    project: CommandLine, memory: Memory, change: Callable[[CommandLine], object]
) -> None:
    change(project)

    assert not memory.answers("lock")


def test_a_lock_looks_again_when_pages_are_no_longer_fresh(project: CommandLine, memory: Memory) -> None:
    memory.ahead += 590
    assert memory.answers("lock")

    memory.ahead += 10
    assert not memory.answers("lock")


def test_a_lock_looks_again_when_a_page_was_asked_for_meanwhile(project: CommandLine, memory: Memory) -> None:
    project.index.serve("dep", "2.0")
    project("install", "dep", "--refresh", "--dry-run", "--upgrade")

    assert not memory.answers("lock")


def test_a_sync_looks_again_in_another_folder(
    project: CommandLine, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "inner").mkdir()
    monkeypatch.chdir(project.folder / "inner")

    assert not memory.answers("sync")


@pytest.mark.parametrize(
    "variable", ["ZEPHYR_NO_DEPS", "PIP_INDEX_URL", "VIRTUAL_ENV", "PATH", "HOME", "NO_COLOR"]
)
def test_a_command_looks_again_under_other_variables(
    project: CommandLine, memory: Memory, variable: str
) -> None:
    project.configure(**{variable: f"{os.environ.get(variable, '')}/srv/other"})

    assert not memory.answers(*INSTALL)


@pytest.fixture
def built(cli: CommandLine, memory: Memory) -> CommandLine:
    """A project that is installed itself, and a module of it."""
    serve_backend(cli.index)
    write_project(cli.folder, "mine")
    cli.write("pyproject.toml", pyproject(build_system=BUILT))
    cli.only_pythons(str(cli.folder / "bin"))

    return cli


def test_a_module_of_a_project_is_used_as_it_is(built: CommandLine, memory: Memory) -> None:
    assert memory.learns("sync")
    edited("src/mine.py")(built)

    assert memory.answers("sync")


@pytest.mark.parametrize("name", ["pyproject.toml", "module.py"])
def test_a_project_that_was_built_is_built_again_when_it_was_edited(
    built: CommandLine, memory: Memory, name: str
) -> None:
    assert memory.learns("sync", "--no-editable")
    edited(name)(built)

    assert not memory.answers("sync", "--no-editable")


def test_what_was_changed_is_put_right_and_remembered_anew(project: CommandLine, memory: Memory) -> None:
    removed(in_site("demo-1.0.dist-info"))(project)

    assert "+ demo==1.0" in project("sync").err
    assert not memory.answers("sync")
    assert memory.answers("sync")


def test_purging_the_cache_forgets(project: CommandLine, memory: Memory) -> None:
    project("cache", "purge")

    assert not memory.files


def test_verifying_the_cache_finds_memos_whole(project: CommandLine, memory: Memory) -> None:
    assert project("cache", "verify").code == 0
    assert memory.answers("sync")
