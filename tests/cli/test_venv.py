"""``zephyr venv create``: its options, and what it leaves alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said, this_interpreter

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def python(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the interpreter that runs the tests be the only one, and its facts be known."""
    cli.only_pythons(os.path.dirname(this_interpreter().base_executable))


def configuration(cli: CommandLine, name: str) -> dict[str, str]:
    lines = (cli.folder / name / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()

    return dict(line.split(" = ", 1) for line in lines)


def test_an_environment_is_made_and_how_to_activate_it_told(cli: CommandLine) -> None:
    assert cli("venv", "create", "new") == said("""
        Made new with cpython [PYTHON] ([EXECUTABLE]) in [TIME]
        Activate it with: source new/bin/activate
    """)
    assert configuration(cli, "new")["include-system-site-packages"] == "false"


def test_its_options_are_written_down(cli: CommandLine) -> None:
    python = this_interpreter().base_executable
    result = cli("venv", "create", "new", "-p", python, "--prompt", "mine", "--system-site-packages")

    assert result.code == 0
    assert configuration(cli, "new")["include-system-site-packages"] == "true"
    assert "mine" in configuration(cli, "new")["prompt"]


def test_an_environment_that_is_there_stays_unless_it_may_go(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    assert cli("venv", "create") == failed("""
        error[environment-exists]: There is an environment at [DIR]/.venv already
        hint: Use it as it is, or replace it and all that is installed in it with --clear.
    """)
    assert cli.installed == {"demo": "1.0"}
    assert cli("venv", "create", "--clear") == said("""
        Made .venv with cpython [PYTHON] ([EXECUTABLE]) in [TIME]
        Activate it with: source .venv/bin/activate
    """)
    assert cli.installed == {}


def test_a_folder_that_is_none_is_never_touched(cli: CommandLine) -> None:
    (cli.folder / "work").mkdir()
    cli.write("work/thesis.txt", "years of work\n")

    assert cli("venv", "create", "work") == failed("""
        error[not-an-environment]: [DIR]/work is not empty and not an environment: it is left alone
        hint: Choose another path, or remove the folder yourself.
    """)
    assert cli("venv", "create", "--clear", "work").code == 1
    assert os.listdir(cli.folder / "work") == ["thesis.txt"]


def test_a_file_in_its_place(cli: CommandLine) -> None:
    cli.write("taken", "")

    assert cli("venv", "create", "taken") == failed("""
        error[not-an-environment]: [DIR]/taken is a file, not an environment
        hint: Remove it yourself, or choose another path.
    """)


def test_pip_is_installed_into_it_on_request(cli: CommandLine) -> None:
    cli.index.serve("pip", "99.0")

    assert cli("venv", "create", "--seed", "new") == said("""
        Made new with cpython [PYTHON] ([EXECUTABLE]) in [TIME]
        Activate it with: source new/bin/activate
    """)
    assert cli("freeze", "--all", "-p", "new").out == "pip==99.0\n"


def test_pip_that_cannot_be_had_is_told_of(cli: CommandLine) -> None:
    result = cli("venv", "create", "--seed", "new")

    assert result.code == 1
    assert result.err.startswith("error[no-solution]")


def test_a_version_that_is_not_there(cli: CommandLine) -> None:
    cli.only_pythons(str(cli.folder))

    assert cli("venv", "create", "-p", "3.99", "new") == failed("""
        error[interpreter-not-found]: Python 3.99 was not found on PATH or among pyenv's versions
        hint: Install it, or name one by path with --python.
    """)
    assert not (cli.folder / "new").exists()


def test_a_version_that_means_nothing(cli: CommandLine) -> None:
    assert cli("venv", "create", "-p", ">=>3", "new") == failed(
        """
        error[invalid-python-request]: --python '>=>3' asks for no Python that Zephyr understands
        hint: Give a version (3.12), a range (>=3.11,<3.13), an executable's name or a path.
        """,
        code=2,
    )
