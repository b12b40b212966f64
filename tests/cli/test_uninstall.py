"""``zephyr uninstall``: asked or not, by name or by file, whoever installed it; in pip's words."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def demo(cli: CommandLine) -> None:
    cli.index.serve("Demo", "1.0", requires=["dep"], console_scripts=["demo=demo:main"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")


def test_a_package_is_removed_with_its_scripts(cli: CommandLine) -> None:
    assert cli("uninstall", "-y", "demo") == said(
        out="""
        Found existing installation: Demo 1.0
        Uninstalling Demo-1.0:
          Successfully uninstalled Demo-1.0
        """,
    )
    assert cli.installed == {"dep": "1.0"}
    assert not os.path.exists(f"{cli.environment.scheme.scripts}/demo")


def test_what_would_go_is_shown_and_asked_of(cli: CommandLine) -> None:
    assert cli("uninstall", "demo", "dep", stdin="n\nY\n") == said(
        out="""
        Found existing installation: Demo 1.0
        Uninstalling Demo-1.0:
          Would remove:
            [DIR]/.venv/bin/demo
            [SITE]/Demo-1.0.dist-info/*
            [SITE]/Demo/*
        Proceed (Y/n)? Found existing installation: dep 1.0
        Uninstalling dep-1.0:
          Would remove:
            [SITE]/dep-1.0.dist-info/*
            [SITE]/dep/*
        Proceed (Y/n)?   Successfully uninstalled dep-1.0
        """,
    )
    assert cli.installed == {"demo": "1.0"}


def test_an_answer_of_another_kind_is_asked_for_again(cli: CommandLine) -> None:
    result = cli("uninstall", "dep", stdin="perhaps\nn\n")

    assert "Your response ('perhaps') was not one of the expected responses: y, n, \n" in result.out
    assert (result.code, cli.installed) == (0, {"demo": "1.0", "dep": "1.0"})


@pytest.mark.parametrize("options", [(), ("--no-input",)])
def test_without_an_answer_nothing_is_removed(cli: CommandLine, options: tuple[str, ...]) -> None:
    result = cli("uninstall", "dep", *options, stdin="y\n" if options else None)

    assert (result.code, cli.installed) == (2, {"demo": "1.0", "dep": "1.0"})
    assert result.err == (
        "error[no-answer]: There is nobody to say whether the packages may be removed\n"
        "hint: Add -y to remove them without asking.\n"
    )


def test_what_users_put_there_is_told_and_stays(cli: CommandLine) -> None:
    with open(f"{cli.site}/dep/mine.txt", "w", encoding="utf-8") as file:
        file.write("mine")

    result = cli("uninstall", "dep", stdin="\n")

    assert "  Would not remove (might be manually added):\n    [SITE]/dep/mine.txt\n" in result.out
    assert os.listdir(f"{cli.site}/dep") == ["mine.txt"]


def test_every_file_is_listed_where_more_is_asked_for(cli: CommandLine) -> None:
    result = cli("uninstall", "-v", "dep", stdin="n\n")

    assert "    [SITE]/dep/__init__.py\n" in result.out
    assert "*" not in result.out


def test_what_is_not_installed_is_named(cli: CommandLine) -> None:
    assert cli("uninstall", "-y", "nonesuch") == said("""
        warning: Skipping nonesuch as it is not installed.
    """)
    result = cli("uninstall", "-y", "nonesuch", "dep")
    assert (result.code, result.err) == (0, "warning: Skipping nonesuch as it is not installed.\n")
    assert cli.installed == {"demo": "1.0"}


def test_nothing_named(cli: CommandLine) -> None:
    assert cli("uninstall") == failed("""
        error[nothing-asked]: You must give at least one requirement to uninstall
        hint: Name packages, or a requirements file with -r.
    """)


@pytest.mark.parametrize("word", ["./some/path", "dep.tar.gz", "https://files.example/dep/"])
def test_a_place_names_nothing(cli: CommandLine, word: str) -> None:
    result = cli("uninstall", "-y", word, "dep==9")

    assert (result.code, cli.installed) == (0, {"demo": "1.0"})
    assert result.err == (
        f"warning: Invalid requirement: {word!r} ignored - the uninstall command expects named requirements.\n"
    )


def test_a_place_alone_is_nothing_to_uninstall(cli: CommandLine) -> None:
    assert cli("uninstall", "-y", "dep.tar.gz").code == 1


def test_a_name_with_its_place_is_a_name(cli: CommandLine) -> None:
    assert cli("uninstall", "-y", "dep @ https://files.example/dep-1.0-py3-none-any.whl").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_setting_of_pip_answers_yes(cli: CommandLine) -> None:
    cli.configure(PIP_YES="1")

    assert cli("uninstall", "dep").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_what_a_requirements_file_lists_is_removed(cli: CommandLine) -> None:
    cli.write(
        "requirements.txt",
        """
        demo==1.0
        ./some/path.whl
        Dep>=0.1 ; python_version > '3'
        """,
    )

    assert cli("uninstall", "-y", "-r", "requirements.txt").code == 0
    assert cli.installed == {}


def test_a_dry_run_removes_nothing(cli: CommandLine) -> None:
    assert cli("uninstall", "--dry-run", "dep") == said(
        out="""
        Found existing installation: dep 1.0
        Uninstalling dep-1.0:
          Would remove:
            [SITE]/dep-1.0.dist-info/*
            [SITE]/dep/*
        """,
    )
    assert cli.installed == {"demo": "1.0", "dep": "1.0"}


def test_quiet_says_nothing(cli: CommandLine) -> None:
    assert cli("uninstall", "-q", "-y", "dep") == said()


def test_what_another_installer_recorded_is_removed(cli: CommandLine) -> None:
    _installed_by_pip(cli, "other.py,,\nother-1.0.dist-info/METADATA,,\nother-1.0.dist-info/RECORD,,\n")

    assert cli("uninstall", "-y", "other").code == 0
    assert not [name for name in os.listdir(cli.site) if name.startswith("other")]


def test_what_has_no_record_is_left_alone(cli: CommandLine) -> None:
    _installed_by_pip(cli, None)

    assert cli("uninstall", "-y", "dep", "other") == failed(
        """
        error[no-record]: other 1.0 cannot be removed: it has no list of its files
          [SITE]/other-1.0.dist-info has no RECORD: nobody knows its files
        hint: Install other again, which puts that right, and then remove it.
        """,
        out="""
        Found existing installation: dep 1.0
        Uninstalling dep-1.0:
        """,
    )
    assert cli.installed == {"demo": "1.0", "dep": "1.0", "other": "1.0"}


def _installed_by_pip(cli: CommandLine, record: str | None) -> None:
    folder = f"{cli.site}/other-1.0.dist-info"
    os.makedirs(folder)
    files = {
        "METADATA": "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n",
        "INSTALLER": "pip\n",
        "../other.py": "",
    }

    if record is not None:
        files["RECORD"] = record + "other-1.0.dist-info/INSTALLER,,\n"

    for name, text in files.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
