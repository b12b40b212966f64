"""A project's central environment as ``zephyr install`` and ``zephyr venv create`` meet it: through the link."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, installed_in, said, this_interpreter
from zephyr.environments.surroundings import Surroundings
from zephyr.pipeline.project_environment import ProjectChoice, project_environment
from zephyr_cache import Cache

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine
    from zephyr.model.environment import Environment


@pytest.fixture
def central(cli: CommandLine, tmp_path: Path) -> Environment:
    """The environment of the project, in the data folder, with the link to it."""
    shutil.rmtree(cli.folder / ".venv")
    cli.only_pythons(os.path.dirname(this_interpreter().base_executable))
    cli.configure(ZEPHYR_DATA_DIR=str(tmp_path / "data"))

    with Cache.open(str(cli.cache)) as cache:
        surroundings = Surroundings(str(cli.folder), dict(os.environ), cache)
        choice = ProjectChoice(location="central")

        return project_environment(str(cli.folder), choice, None, surroundings, lambda _: None)


def test_an_install_goes_through_the_link(cli: CommandLine, central: Environment) -> None:
    cli.index.serve("demo", "1.0", console_scripts=["demo=demo:main"])
    result = cli("install", "demo", raw=True)

    assert result.code == 0
    assert f", {central.root}\n" in result.err
    assert installed_in(central) == {"demo": "1.0"}
    assert cli("freeze").out == "demo==1.0\n"


def test_scripts_name_the_central_path(cli: CommandLine, central: Environment) -> None:
    cli.index.serve("demo", "1.0", console_scripts=["demo=demo:main"])
    cli("install", "demo")
    script = Path(central.scheme.scripts, "demo").read_text(encoding="utf-8")

    assert central.interpreter.executable in script
    assert str(cli.folder) not in script


def test_a_copy_of_the_project_changes_nothing(
    cli: CommandLine, central: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.index.serve("demo", "1.0")
    shutil.copytree(cli.folder, cli.folder.parent / "copy", symlinks=True)
    monkeypatch.chdir(cli.folder.parent / "copy")
    refused = failed("""
        error[environment-of-another-project]: [TMP]/copy/.venv leads to the environment of the project in [DIR]
        hint: Remove the link with: rm [TMP]/copy/.venv. The next zephyr sync then makes this project its own environment.
    """)

    assert cli("install", "demo") == refused
    assert cli("venv", "create", "--clear") == refused
    assert installed_in(central) == {}


def test_replaced_it_stays_where_it_is(cli: CommandLine, central: Environment) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    assert cli("venv", "create", "--clear") == said("""
        Made .venv with cpython [PYTHON] ([EXECUTABLE]) in [TIME]
        Activate it with: source .venv/bin/activate
    """)
    assert os.readlink(cli.folder / ".venv") == central.root
    assert installed_in(central) == {}
