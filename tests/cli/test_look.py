"""``zephyr list``, ``freeze``, ``show`` and ``check``: results on standard output, in each format."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def packages(cli: CommandLine) -> None:
    cli.index.serve("Demo", "1.0", requires=["dep>=1", "winonly; sys_platform == 'none'"])
    cli.index.serve("dep", "2.0")
    cli("install", "demo")


def test_a_list_in_columns(cli: CommandLine) -> None:
    assert cli("list") == said(
        out="""
        Package Version
        ------- -------
        Demo    1.0
        dep     2.0
        """,
    )


def test_a_list_as_requirements(cli: CommandLine) -> None:
    assert cli("list", "--format", "freeze") == said(
        out="""
        Demo==1.0
        dep==2.0
        """,
    )


def test_a_list_as_json(cli: CommandLine) -> None:
    packages = [{"name": "Demo", "version": "1.0"}, {"name": "dep", "version": "2.0"}]

    assert json.loads(cli("list", "--format=json").out) == packages
    assert json.loads(cli("list", "--json").out) == packages


def test_an_empty_environment_is_an_empty_list(cli: CommandLine) -> None:
    cli.make_environment("empty")

    assert cli("list", "-p", "empty") == said()
    assert json.loads(cli("list", "-p", "empty", "--json").out) == []
    assert cli("freeze", "-p", "empty") == said()


def test_editable_installs_are_listed_with_their_place(cli: CommandLine) -> None:
    _editable(cli)

    assert cli("list") == said(
        out="""
        Package Version Editable project location
        ------- ------- [LINE]
        Demo    1.0
        dep     2.0
        here    0.1     [DIR]/source
        """,
    )
    assert cli("list", "-e") == said(
        out="""
        Package Version Editable project location
        ------- ------- [LINE]
        here    0.1     [DIR]/source
        """,
    )
    assert cli("freeze") == said(
        out="""
        Demo==1.0
        dep==2.0
        -e [DIR]/source
        """,
    )


def _editable(cli: CommandLine) -> None:
    folder = f"{cli.site}/here-0.1.dist-info"
    os.makedirs(folder)
    url = {"url": f"file://{cli.folder}/source", "dir_info": {"editable": True}}

    for name, text in {
        "METADATA": "Metadata-Version: 2.1\nName: here\nVersion: 0.1\n",
        "direct_url.json": json.dumps(url),
        "RECORD": "here-0.1.dist-info/RECORD,,\n",
    }.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def test_freeze_can_be_installed_from(cli: CommandLine) -> None:
    frozen = cli("freeze")
    assert frozen == said(
        out="""
        Demo==1.0
        dep==2.0
        """,
    )
    cli.write("requirements.txt", frozen.out)
    cli.make_environment("other")
    cli("install", "-p", "other", "-r", "requirements.txt")

    assert cli("freeze", "-p", "other") == frozen


def test_freeze_leaves_the_installers_out(cli: CommandLine) -> None:
    cli.index.serve("pip", "99.0")
    cli("install", "pip")

    assert "pip" not in cli("freeze").out
    assert "pip==99.0\n" in cli("freeze", "--all").out


def test_show_tells_what_is_known(cli: CommandLine) -> None:
    assert cli("show", "demo") == said(
        out="""
        Name: Demo
        Version: 1.0
        Summary:
        Home-page:
        Author:
        Author-email:
        License:
        Location: [SITE]
        Requires: dep
        Required-by:
        """,
    )
    assert cli("show", "dep", "--files") == said(
        out="""
        Name: dep
        Version: 2.0
        Summary:
        Home-page:
        Author:
        Author-email:
        License:
        Location: [SITE]
        Requires:
        Required-by: Demo
        Files:
          dep-2.0.dist-info/INSTALLER
          dep-2.0.dist-info/METADATA
          dep-2.0.dist-info/RECORD
          dep-2.0.dist-info/WHEEL
          dep/__init__.py
        """,
    )


def test_show_of_several_with_one_missing(cli: CommandLine) -> None:
    result = cli("show", "demo", "nonesuch", "dep")

    assert (result.code, result.err) == (0, "warning: Not installed: nonesuch\n")
    assert result.out.count("\n---\n") == 1


def test_show_of_what_is_not_installed(cli: CommandLine) -> None:
    assert cli("show", "nonesuch") == failed("""
        warning: Not installed: nonesuch
    """)


def test_show_of_nothing(cli: CommandLine) -> None:
    assert cli("show") == failed(
        """
        error[usage]: Missing argument 'names'
        hint: `zephyr show --help` lists what there is.
        """,
        code=2,
    )


def test_check_finds_nothing_wrong(cli: CommandLine) -> None:
    assert cli("check") == said(
        out="""
        2 packages checked, no broken requirements found.
        """,
    )


def test_check_tells_what_is_broken(cli: CommandLine) -> None:
    cli("uninstall", "-y", "dep")
    cli.index.serve("old", "1.0", requires=["demo>=7"])
    cli("install", "--no-deps", "old")

    assert cli("check") == failed(
        "",
        out="""
        Demo 1.0 requires dep>=1, which is not installed
        old 1.0 requires demo>=7, but 1.0 is installed
        """,
    )


def test_what_is_broken_in_the_environment_is_a_warning(cli: CommandLine) -> None:
    os.makedirs(f"{cli.site}/broken-1.0.dist-info")

    assert cli("list") == said(
        """
        warning: [SITE]/broken-1.0.dist-info has no readable METADATA: No such file or directory
        warning: [SITE]/broken-1.0.dist-info has no RECORD: nobody knows its files
        """,
        out="""
        Package Version
        ------- -------
        broken  1.0
        Demo    1.0
        dep     2.0
        """,
    )


@pytest.mark.parametrize("command", ["list", "freeze", "check"])
def test_without_an_environment_nothing_is_shown(cli: CommandLine, command: str) -> None:
    cli.configure(VIRTUAL_ENV=f"{cli.folder}/gone")
    result = cli(command)

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error[environment-broken]: ")
