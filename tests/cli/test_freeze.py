"""``zephyr freeze``: requirements with pip's comments, in the order of a file."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import said
from tests.support.installed_files import put_distribution

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def packages(cli: CommandLine) -> None:
    put_distribution(cli.site, "Demo", "1.0")
    put_distribution(cli.site, "alpha", "2.0")


def _editable(cli: CommandLine, folder: str = "source") -> None:
    url = {"url": f"file://{cli.folder}/{folder}", "dir_info": {"editable": True}}
    put_distribution(cli.site, "here-it-is", "0.1", direct_url=url)
    os.makedirs(cli.folder / folder, exist_ok=True)


def _git(folder: str, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    command = ["git", "-C", folder, *identity, *arguments]

    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _repository(cli: CommandLine, folder: str) -> str:
    """Make a repository with one commit; return the commit."""
    path = str(cli.folder / folder)
    os.makedirs(path)
    _git(path, "init", "--quiet")
    _git(path, "commit", "--quiet", "--allow-empty", "-m", "first")

    return _git(path, "rev-parse", "HEAD")


def test_what_is_installed_by_name(cli: CommandLine) -> None:
    assert cli("freeze") == said(
        out="""
        alpha==2.0
        Demo==1.0
        """,
    )
    assert cli("freeze", "--exclude", "ALPHA").out == "Demo==1.0\n"


def test_it_can_be_installed_from(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("alpha", "2.0")
    cli.write("requirements.txt", cli("freeze").out)
    cli.make_environment("other")
    cli("install", "-p", "other", "-r", "requirements.txt")

    assert cli("freeze", "-p", "other").out.lower() == cli("freeze").out.lower()


def test_the_installers_are_left_out(cli: CommandLine) -> None:
    put_distribution(cli.site, "pip", "99.0")
    put_distribution(cli.site, "setuptools", "99.0")
    old = cli.environment.interpreter.minor in {"3.8", "3.9", "3.10", "3.11"}

    assert "pip" not in cli("freeze").out
    assert ("setuptools" in cli("freeze").out) is not old
    assert "pip==99.0\nsetuptools==99.0\n" in cli("freeze", "--all").out


def test_what_came_from_a_place_is_named_by_it(cli: CommandLine) -> None:
    vcs = {"vcs": "git", "commit_id": "a" * 40, "requested_revision": "main"}
    places: dict[str, dict[str, Any]] = {
        "archive": {"url": "https://files.example/a.zip", "archive_info": {"hashes": {"sha256": "0f"}}},
        "folder": {"url": "file:///srv/folder", "dir_info": {}},
        "repository": {"url": "https://git.example/r", "vcs_info": vcs, "subdirectory": "in"},
    }

    for name, url in places.items():
        put_distribution(cli.site, name, "1.0", direct_url=url)

    assert cli("freeze").out.splitlines()[1:] == [
        "archive @ https://files.example/a.zip#sha256=0f",
        "Demo==1.0",
        "folder @ file:///srv/folder",
        f"repository @ git+https://git.example/r@{'a' * 40}#subdirectory=in",
    ]


def test_a_place_that_is_none_is_no_reason_to_fail(cli: CommandLine) -> None:
    put_distribution(cli.site, "odd", "1.0", direct_url={"url": "https://files.example/a.zip"})

    assert "odd==1.0\n" in cli("freeze").out


def test_credentials_of_a_place_are_not_shown(cli: CommandLine) -> None:
    url: dict[str, Any] = {"url": "https://user:secret@files.example/a.zip", "archive_info": {}}
    put_distribution(cli.site, "private", "1.0", direct_url=url)

    assert "private @ https://***@files.example/a.zip\n" in cli("freeze").out


def test_an_editable_folder(cli: CommandLine) -> None:
    _editable(cli)

    assert cli("freeze").out.splitlines()[2:] == [
        "# Editable install with no version control (here-it-is==0.1)",
        "-e [DIR]/source",
    ]
    assert "here" not in cli("freeze", "--exclude-editable").out


def test_an_editable_repository_without_a_remote(cli: CommandLine) -> None:
    _repository(cli, "source")
    _editable(cli)

    assert cli("freeze").out.splitlines()[2:] == [
        "# Editable Git install with no remote (here-it-is==0.1)",
        "-e [DIR]/source",
    ]


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://git.example/r.git", "https://git.example/r.git"),
        ("git@git.example:some/r.git", "ssh://git@git.example/some/r.git"),
    ],
)
def test_an_editable_repository_is_named_by_its_remote(cli: CommandLine, remote: str, url: str) -> None:
    commit = _repository(cli, "source")
    _git(str(cli.folder / "source"), "remote", "add", "upstream", "https://git.example/other.git")
    _git(str(cli.folder / "source"), "remote", "add", "origin", remote)
    _editable(cli, "source/in")

    (line,) = cli("freeze").out.splitlines()[2:]
    assert line == f"-e git+{url}@{commit}#egg=here_it_is&subdirectory=in"


def test_a_remote_that_is_gone(cli: CommandLine) -> None:
    _repository(cli, "source")
    _git(str(cli.folder / "source"), "remote", "add", "origin", "/gone/away")
    _editable(cli)

    assert cli("freeze").out.splitlines()[2:] == [
        "# Editable Git install (here-it-is==0.1) with either a deleted local remote or invalid URI:",
        "# '/gone/away'",
        "-e [DIR]/source",
    ]


def test_the_order_and_the_comments_of_files_are_kept(cli: CommandLine) -> None:
    put_distribution(cli.site, "zeta", "3.0")
    cli.write(
        "first.txt",
        """\
        # what we need
        --index-url https://index.example/simple/

        zeta>=1  # the newest
        -e git+https://git.example/r#egg=Demo
        gone==1.0
        ./unnamed
        """,
    )
    cli.write("second.txt", "# what we need\nZETA\n")

    assert cli("freeze", "-r", "first.txt", "--requirement", "second.txt") == said(
        """
        warning: Requirement file [first.txt] contains gone==1.0, but package 'gone' is not installed
        warning: Skipping line in requirement file [first.txt] because it's not clear what it would install: ./unnamed (add #egg=PackageName to the URL to avoid this warning)
        warning: Requirement file [second.txt] contains ZETA, but package 'ZETA' is not installed
        """,
        out="""
        # what we need
        --index-url https://index.example/simple/

        zeta==3.0
        Demo==1.0
        ## The following requirements were added by pip freeze:
        alpha==2.0
        """,
    )


def test_a_file_that_is_not_there(cli: CommandLine) -> None:
    result = cli("freeze", "-r", "nonesuch.txt")

    assert (result.code, result.out) == (1, "")
    assert "nonesuch.txt" in result.err
