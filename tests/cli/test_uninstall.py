"""``zephyr uninstall``: asked or not, by name or by file, whoever installed it."""

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
    assert cli("uninstall", "-y", "demo") == said("""
        Removed 1 package in [TIME], [DIR]/.venv
         - demo==1.0
    """)
    assert cli.installed == {"dep": "1.0"}
    assert not os.path.exists(f"{cli.environment.scheme.scripts}/demo")


def test_on_a_terminal_it_asks_first(cli: CommandLine) -> None:
    assert cli("uninstall", "demo", "dep", stdin="n\n") == said("""
        Would remove Demo==1.0, dep==1.0
        Proceed? [Y/n] Nothing was removed.
    """)
    assert cli.installed == {"demo": "1.0", "dep": "1.0"}
    assert cli("uninstall", "demo", "dep", stdin="y\n") == said("""
        Would remove Demo==1.0, dep==1.0
        Proceed? [Y/n] Removed 2 packages in [TIME], [DIR]/.venv
         - demo==1.0
         - dep==1.0
    """)
    assert cli.installed == {}


def test_what_is_not_installed_is_named(cli: CommandLine) -> None:
    assert cli("uninstall", "-y", "nonesuch") == said("""
        warning: nonesuch is not installed
        Nothing was removed.
    """)
    assert cli("uninstall", "-y", "nonesuch", "dep") == said("""
        warning: nonesuch is not installed
        Removed 1 package in [TIME], [DIR]/.venv
         - dep==1.0
    """)


def test_nothing_named(cli: CommandLine) -> None:
    assert cli("uninstall") == failed(
        """
        error[nothing-asked]: Nothing to remove was named
        hint: Name packages, or a requirements file with -r.
        """,
        code=2,
    )


def test_what_a_requirements_file_lists_is_removed(cli: CommandLine) -> None:
    cli.write("requirements.txt", "demo==1.0\nDep>=0.1 ; python_version > '3'\n")

    assert cli("uninstall", "-y", "-r", "requirements.txt") == said("""
        Removed 2 packages in [TIME], [DIR]/.venv
         - demo==1.0
         - dep==1.0
    """)
    assert cli.installed == {}


def test_a_requirements_file_that_names_no_package(cli: CommandLine) -> None:
    cli.write("requirements.txt", "./some/path.whl\n")

    assert cli("uninstall", "-y", "-r", "requirements.txt") == failed(
        """
        error[requirement-invalid]: requirements.txt line 1: './some/path.whl' names no package
        hint: Write the package's name there instead.
        """,
        code=2,
    )


def test_a_dry_run_removes_nothing(cli: CommandLine) -> None:
    assert cli("uninstall", "--dry-run", "demo") == said("""
        Would remove 1 package in [TIME], [DIR]/.venv
         - demo==1.0
    """)
    assert cli.installed == {"demo": "1.0", "dep": "1.0"}


def test_what_another_installer_recorded_is_removed(cli: CommandLine) -> None:
    _installed_by_pip(cli, "other.py,,\nother-1.0.dist-info/METADATA,,\nother-1.0.dist-info/RECORD,,\n")

    assert cli("uninstall", "-y", "other") == said("""
        Removed 1 package in [TIME], [DIR]/.venv
         - other==1.0
    """)
    assert not [name for name in os.listdir(cli.site) if name.startswith("other")]


def test_what_has_no_record_is_left_alone(cli: CommandLine) -> None:
    _installed_by_pip(cli, None)

    assert cli("uninstall", "-y", "other") == failed("""
        error[no-record]: other 1.0 cannot be removed: it has no list of its files
          [SITE]/other-1.0.dist-info has no RECORD: nobody knows its files
        hint: Install other again, which puts that right, and then remove it.
    """)


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
