"""``zephyr list``: what is installed, in each of pip's formats; what is outdated, local, required."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import said
from tests.support.installed_files import put_distribution

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def packages(cli: CommandLine) -> None:
    put_distribution(cli.site, "Demo", "1.0", requires=["dep>=1", "winonly; sys_platform == 'none'"])
    put_distribution(cli.site, "dep", "2.0")


def _listed(cli: CommandLine, *options: str) -> list[dict[str, Any]]:
    result = cli("list", "--format=json", *options, raw=True)
    assert (result.code, result.err) == (0, "")

    entries: list[dict[str, Any]] = json.loads(result.out)

    return entries


def _names(cli: CommandLine, *options: str) -> list[str]:
    return [entry["name"] for entry in _listed(cli, *options)]


def _editable(cli: CommandLine, name: str = "here") -> None:
    url = {"url": f"file://{cli.folder}/source", "dir_info": {"editable": True}}
    put_distribution(cli.site, name, "0.1", direct_url=url)


def _share_packages(cli: CommandLine) -> None:
    path = cli.folder / ".venv" / "pyvenv.cfg"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("include-system-site-packages = false", "include-system-site-packages = true"),
        encoding="utf-8",
    )


def test_a_list_in_columns(cli: CommandLine) -> None:
    assert cli("list") == said(
        out="""
        Package Version
        ------- -------
        Demo    1.0
        dep     2.0
        """,
    )


def test_more_columns_where_more_is_asked_for(cli: CommandLine) -> None:
    put_distribution(cli.site, "other", "1.0", installer="pip", wheel="Wheel-Version: 1.0\nBuild: 7\n")
    titles, _, *rows = (line.split() for line in cli("list", "-v").out.splitlines())

    assert titles == ["Package", "Version", "Build", "Location", "Installer"]
    assert rows == [
        ["Demo", "1.0", "[SITE]"],
        ["dep", "2.0", "[SITE]"],
        ["other", "1.0", "7", "[SITE]", "pip"],
    ]


def test_a_list_as_requirements(cli: CommandLine) -> None:
    assert cli("list", "--format", "freeze") == said(
        out="""
        Demo==1.0
        dep==2.0
        """,
    )
    assert cli("list", "--format=freeze", "-v").out == "Demo==1.0 ([SITE])\ndep==2.0 ([SITE])\n"


def test_a_list_as_json(cli: CommandLine) -> None:
    packages = [{"name": "Demo", "version": "1.0"}, {"name": "dep", "version": "2.0"}]

    assert cli("list", "--json") == said(out=json.dumps(packages) + "\n")
    assert _listed(cli) == packages
    assert _listed(cli, "-v")[0] == {**packages[0], "location": cli.site, "installer": ""}


def test_an_empty_environment_is_an_empty_list(cli: CommandLine) -> None:
    cli.make_environment("empty")

    assert cli("list", "-p", "empty") == said()
    assert _listed(cli, "-p", "empty") == []


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
    assert _names(cli, "-e") == ["here"]
    assert _names(cli, "--exclude-editable") == ["Demo", "dep"]
    assert _listed(cli, "-e")[0]["editable_project_location"] == f"{cli.folder}/source"


def test_what_is_excluded_is_left_out(cli: CommandLine) -> None:
    assert _names(cli, "--exclude", "DEMO", "--exclude", "nonesuch") == ["dep"]


def test_what_nothing_needs(cli: CommandLine) -> None:
    put_distribution(cli.site, "winonly", "1.0")

    assert _names(cli, "--not-required") == ["Demo", "winonly"]
    assert _names(cli, "--not-required", "--exclude", "demo") == ["winonly"]


def test_what_the_standard_library_took_over_is_not_listed(cli: CommandLine) -> None:
    put_distribution(cli.site, "argparse", "1.4")

    assert _names(cli) == ["Demo", "dep"]


def test_what_has_a_newer_version(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("demo", "2.0rc1")
    cli.index.serve("dep", "2.0")
    cli.index.serve("dep", "3.0")
    cli.index.serve("dep", "4.0", yanked="broken")
    cli.index.serve("dep", "5.0", tag="cp27-cp27m-win32")

    assert cli("list", "--outdated") == said(
        out="""
        Package Version Latest Type
        ------- ------- ------ -----
        dep     2.0     3.0    wheel
        """,
    )
    assert _listed(cli, "-o", "--pre")[0] == {
        "name": "Demo",
        "version": "1.0",
        "latest_version": "2.0rc1",
        "latest_filetype": "wheel",
    }
    assert _names(cli, "--uptodate") == ["Demo"]


def test_pre_releases_of_some_projects(cli: CommandLine) -> None:
    for name in ("demo", "dep"):
        cli.index.serve(name, "9.0rc1")

    assert _names(cli, "-o", "--all-releases", "dep") == ["dep"]
    assert _names(cli, "-o", "--all-releases", ":all:", "--only-final", "dep") == ["Demo"]
    assert _names(cli, "-o", "--all-releases", ":all:", "--all-releases", ":none:") == []
    assert cli("list", "-o", "--pre", "--only-final", ":all:").code == 1


def test_what_was_uploaded_later_is_not_newer(cli: CommandLine) -> None:
    cli.index.serve("dep", "3.0", upload_time="2020-01-01T00:00:00Z")
    cli.index.serve("dep", "4.0", upload_time="2040-01-01T00:00:00Z")

    assert _listed(cli, "-o", "--uploaded-prior-to", "2030-01-01")[0]["latest_version"] == "3.0"
    assert _listed(cli, "-o", "--uploaded-prior-to", "P1D")[0]["latest_version"] == "3.0"


def test_without_an_index_nothing_is_newer(cli: CommandLine) -> None:
    assert _names(cli, "-o", "--no-index") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "-u"), "Options --outdated and --uptodate cannot be combined"),
        (("-o", "--format=freeze"), "List format 'freeze' cannot be used with the --outdated option"),
        (("--path", ".", "--user"), "Cannot combine '--path' with '--user' or '--local'"),
        (("--path", ".", "-l"), "Cannot combine '--path' with '--user' or '--local'"),
    ],
)
def test_what_excludes_each_other(cli: CommandLine, options: tuple[str, ...], message: str) -> None:
    result = cli("list", *options)

    assert (result.code, result.out) == (1, "")
    assert message in result.err


def test_a_folder_can_be_listed_without_any_environment(cli: CommandLine) -> None:
    cli.configure(VIRTUAL_ENV=f"{cli.folder}/gone")
    put_distribution(str(cli.folder / "first"), "one", "1.0")
    put_distribution(str(cli.folder / "second"), "one", "2.0")
    put_distribution(str(cli.folder / "second"), "two", "2.0")

    assert cli("list", "--path", "first", "--path", "second", "--format=freeze") == said(
        out="""
        one==1.0
        two==2.0
        """,
    )


def test_an_environment_that_shares_packages_lists_them_too(cli: CommandLine) -> None:
    cli.configure(HOME=str(cli.folder), PYTHONUSERBASE=str(cli.folder / "base"))
    folder = cli.environment.interpreter.standard_library.rpartition("/")[2]
    put_distribution(f"{cli.folder}/base/lib/{folder}/site-packages", "users-own", "1.0")

    assert _names(cli, "--user") == []
    _share_packages(cli)
    assert {"Demo", "users-own"} <= set(_names(cli))
    assert _names(cli, "--user") == ["users-own"]
    assert _names(cli, "--local") == ["Demo", "dep"]


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


@pytest.mark.parametrize("command", ["list", "freeze", "check", "inspect"])
def test_without_an_environment_nothing_is_shown(cli: CommandLine, command: str) -> None:
    cli.configure(VIRTUAL_ENV=f"{cli.folder}/gone")
    result = cli(command)

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error[environment-broken]: ")


def test_what_pip_is_told_by_variables_counts_for_the_commands_that_it_has_it_for(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FORMAT", "freeze")
    monkeypatch.setenv("PIP_EXCLUDE", "dep other")

    assert cli("list").out == cli("freeze").out == "Demo==1.0\n"
    assert cli("list", "--format", "json").out == '[{"name": "Demo", "version": "1.0"}]\n'


def test_quiet_prints_nothing_as_with_pip_but_what_is_a_file_already(cli: CommandLine) -> None:
    for command in (["list"], ["list", "--format=json"], ["show", "demo"], ["check"], ["cache", "dir"]):
        assert cli(*command, "-q").out == ""

    assert cli("freeze", "-q").out == "Demo==1.0\ndep==2.0\n"
    assert json.loads(cli("inspect", "-q").out)["installed"]
