"""``zephyr tree``: what needs what, as a person reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import failed, said
from tests.support.lock_documents import document, entry, folder, repository
from zephyr.lock.writing import render

if TYPE_CHECKING:
    from packaging.pylock import Package

    from tests.support.command_line import CommandLine


def needs(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


def lock(cli: CommandLine, *packages: Package, name: str = "pylock.toml", **requirements: Any) -> None:
    extras, groups = sorted(requirements.get("extra", {})), sorted(requirements.get("group", {}))
    made = document(
        *packages,
        extras=extras,
        dependency_groups=groups,
        default_groups=["dev"] if "dev" in groups else None,
        tool={"zephyr": {"requirements": requirements}},
    )
    cli.write(name, render(made))


@pytest.fixture
def project(cli: CommandLine) -> CommandLine:
    """A project with a lock: demo needs httpx, docs needs sphinx, dev needs pytest."""
    lock(
        cli,
        folder("demo", ".", editable=True),
        entry("httpx", "0.28", needs=needs("idna", "anyio", "winonly")),
        entry("anyio", "4.1", needs=needs("idna")),
        entry("idna", "3.7"),
        entry("winonly", "1", marker="sys_platform == 'no such'"),
        entry("sphinx", "8", marker="'docs' in extras", needs=needs("idna")),
        entry("pytest", "9", marker="'dev' in dependency_groups"),
        project=["httpx"],
        extra={"docs": ["sphinx"]},
        group={"dev": ["pytest"]},
    )
    cli.write("pyproject.toml", "[project]\nname = 'demo'\nversion = '1'\n")

    return cli


def test_it_shows_what_the_project_needs_here(project: CommandLine) -> None:
    assert project("tree") == said(
        out="""
        demo (.)
        └── httpx 0.28
            ├── anyio 4.1
            │   └── idna 3.7
            └── idna 3.7
        pytest 9 (the group dev)
        """
    )


def test_extras_and_groups_are_chosen(project: CommandLine) -> None:
    assert project("tree", "--extra", "docs", "--no-default-groups", "--depth", "1") == said(
        out="""
        demo (.)
        ├── httpx 0.28
        └── sphinx 8 (the extra docs)
        """
    )
    assert project("tree", "--only-group", "dev").out == "pytest 9 (the group dev)\n"


def test_an_unknown_one_is_refused(project: CommandLine) -> None:
    assert project("tree", "--extra", "dosc") == failed(
        """
        error[unknown-extra]: The lock has no extra 'dosc'
        hint: Is docs meant?
        """,
        code=2,
    )


def test_inverted_it_shows_who_needs_a_package(project: CommandLine) -> None:
    assert project("tree", "--invert", "--package", "idna", "--extra", "docs") == said(
        out="""
        idna 3.7
        ├── anyio 4.1
        │   └── httpx 0.28
        │       └── demo (.)
        ├── httpx 0.28 (*)
        └── sphinx 8 (the extra docs)
            └── demo (.)
        """,
        err="(*) What is below it was shown before.\n",
    )


def test_a_package_that_is_not_there_is_refused_with_the_nearest(project: CommandLine) -> None:
    assert project("tree", "--package", "anyoi") == failed(
        """
        error[package-not-in-lock]: The lock has no 'anyoi'
        hint: Is anyio meant?
        """,
        code=2,
    )
    assert project("tree", "--package", "winonly") == failed(
        """
        error[package-not-in-lock]: winonly is in the lock, but not for this environment with these extras and groups
        hint: Look for it with --universal.
        """,
        code=2,
    )


def test_universal_it_shows_everything_with_its_markers(project: CommandLine) -> None:
    assert project("tree", "--universal", "--package", "winonly", "--package", "pytest") == said(
        out="""
        winonly 1 ; sys_platform == "no such"
        pytest 9 ; "dev" in dependency_groups (the group dev)
        """
    )


def test_universal_excludes_a_choice(project: CommandLine) -> None:
    for choice in (("--extra", "docs"), ("--platform", "linux-x86_64")):
        result = project("tree", "--universal", *choice)

        assert result.code == 2
        assert result.err.startswith("error[conflicting-options]: --universal")


def test_another_platform_is_shown_without_being_there(cli: CommandLine) -> None:
    lock(
        cli,
        entry("click", "8", needs=needs("colorama")),
        entry("colorama", "1", marker="sys_platform == 'win32'"),
        entry("old", "1", marker="python_version < '3.12'"),
        project=["click", "old; python_version < '3.12'"],
    )

    assert cli("tree", "--platform", "windows-x86_64", "--python-version", "3.11").out == (
        "click 8\n└── colorama 1\nold 1\n"
    )
    assert cli("tree", "--platform", "linux-x86_64", "--python-version", "3.13").out == "click 8\n"


def test_json_is_a_graph(project: CommandLine) -> None:
    result = project("tree", "--json", "--package", "anyio")

    assert json.loads(result.out) == {
        "inverted": False,
        "roots": [0],
        "packages": [
            {
                "id": 0,
                "name": "anyio",
                "version": "4.1",
                "marker": None,
                "required_by": [],
                "dependencies": [3],
            },
            {
                "id": 3,
                "name": "idna",
                "version": "3.7",
                "marker": None,
                "required_by": [],
                "dependencies": [],
            },
        ],
    }
    inverted = json.loads(project("tree", "--json", "--invert", "--package", "anyio", "--depth", "1").out)
    assert [package["dependents"] for package in inverted["packages"]] == [[2], []]


def test_a_place_is_shown(cli: CommandLine) -> None:
    lock(cli, repository("repo", "1"), folder("lib", "../lib"))

    assert cli("tree").out == "lib (../lib)\nrepo 1 (https://git.example/repo)\n"


def test_a_lock_is_named_or_found_above(project: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(project, entry("other", "1"), name="pylock.other.toml")
    (project.folder / "src").mkdir()
    monkeypatch.chdir(project.folder / "src")

    assert project("tree", "../pylock.other.toml").out == "other 1\n"
    assert project("tree", "--depth", "0").out == "demo (.)\npytest 9 (the group dev)\n"


def test_without_a_lock_the_next_step_is_told(cli: CommandLine) -> None:
    assert cli("tree") == failed("""
        error[lock-missing]: There is no lock file [DIR]/pylock.toml
        hint: Run zephyr lock to make it.
    """)


def test_a_broken_environment_is_no_obstacle(project: CommandLine) -> None:
    (project.folder / ".venv" / "bin" / "python").unlink()
    project.only_pythons(str(project.folder.parent))

    assert project("tree", "--platform", "linux-x86_64", "--python-version", "3.12").code == 0


def test_lines_that_the_terminal_cannot_show_are_drawn_with_others(project: CommandLine) -> None:
    child = project.start("tree", "--no-default-groups", PYTHONIOENCODING="ascii")

    assert (
        project.finish(child).out
        == "demo (.)\n`-- httpx 0.28\n    |-- anyio 4.1\n    |   `-- idna 3.7\n    `-- idna 3.7\n"
    )
