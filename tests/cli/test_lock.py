"""``zephyr lock`` as a user meets it: what it says, what it writes, and what it leaves alone."""

from __future__ import annotations

import os
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from tests.support.pyprojects import BUILT, entries, lock, locked_table, pyproject, relock

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

not_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind the administrator"
)


@pytest.fixture
def project(cli: CommandLine) -> CommandLine:
    """A project that requires demo, which needs dep; not locked yet."""
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli.write("pyproject.toml", pyproject("demo"))

    return cli


# What it says


def test_a_lock_says_what_is_new_in_it(project: CommandLine) -> None:
    assert project("lock") == said("""
        Resolved 2 packages in [TIME]
        Added demo v1.0
        Added dep v1.0
        Wrote [DIR]/pylock.toml
    """)
    assert project("lock") == said("""
        Nothing to do: 2 packages checked
        [DIR]/pylock.toml is up to date
    """)


def test_a_change_says_why_the_lock_was_stale_and_what_became_of_it(project: CommandLine) -> None:
    relock(project)
    project.index.serve("demo", "2.0")
    project.index.serve("other", "1.0")

    assert lock(project, "demo>1", "other", options=("--refresh",)) == said("""
        Resolved 2 packages in [TIME]
        The lock was stale: the project now requires demo>1, other and no longer requires demo
        Updated demo v1.0 -> v2.0
        Removed dep v1.0
        Added other v1.0
        Wrote [DIR]/pylock.toml
    """)


def test_quiet_says_nothing(project: CommandLine) -> None:
    assert project("lock", "--quiet") == said()
    assert set(entries(project)) == {"demo 1.0", "dep 1.0"}


def test_a_dry_run_writes_nothing_and_says_what_it_would(project: CommandLine) -> None:
    assert project("lock", "--dry-run") == said("""
        Resolved 2 packages in [TIME]
        Added demo v1.0
        Added dep v1.0
        Would write [DIR]/pylock.toml
    """)
    assert not (project.folder / "pylock.toml").exists()


def test_a_check_fails_for_a_stale_lock_says_why_and_writes_nothing(project: CommandLine) -> None:
    relock(project)
    before = (project.folder / "pylock.toml").read_bytes()
    assert project("lock", "--check").code == 0

    project.write("pyproject.toml", pyproject("dep"))
    assert project("lock", "--check") == failed("""
        Resolved 1 package in [TIME]
        The lock is stale: the project now requires dep and no longer requires demo
        Removed demo v1.0
        Would write [DIR]/pylock.toml
    """)
    assert (project.folder / "pylock.toml").read_bytes() == before


def test_a_file_that_was_added_to_a_locked_version_comes_with_an_upgrade_and_changes_no_version(
    project: CommandLine,
) -> None:
    relock(project)
    project.index.serve("dep", "1.0", tag="py3-none-win_amd64", purelib=False)

    assert project("lock", "--refresh").err.endswith("pylock.toml is up to date\n")
    assert project("lock", "--refresh", "--upgrade") == said("""
        Resolved 2 packages in [TIME]
        The versions stay; files, markers or dependencies in their entries are others
        Wrote [DIR]/pylock.toml
    """)


def test_a_check_without_a_lock_fails(project: CommandLine) -> None:
    assert project("lock", "--check").code == 1
    assert not (project.folder / "pylock.toml").exists()


# What is locked


def test_a_folder_below_the_project_locks_the_project(
    project: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "sources").mkdir()
    monkeypatch.chdir(project.folder / "sources")
    relock(project)

    assert set(entries(project)) == {"demo 1.0", "dep 1.0"}


def test_requirements_files_are_locked_without_a_project(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli.index.serve("dep", "2.0")
    cli.write("limits.txt", "dep<2\n")
    cli.write("requirements.in", "demo; sys_platform == 'win32'\n-c limits.txt\n")

    assert cli("lock", "-r", "requirements.in", "-o", "pylock.other.toml") == said("""
        Resolved 2 packages in [TIME]
        Added demo v1.0
        Added dep v1.0
        Wrote [DIR]/pylock.other.toml
    """)
    assert entries(cli, "pylock.other.toml") == {
        "demo 1.0": 'sys_platform == "win32"',
        "dep 1.0": 'sys_platform == "win32"',
    }
    assert [path.name for path in cli.folder.glob("*.toml")] == ["pylock.other.toml"]
    assert relock(cli, "-r", "requirements.in", "-o", "pylock.other.toml").err.endswith("is up to date\n")


def test_requirements_and_overrides_are_had_by_their_address(cli: CommandLine) -> None:
    for version in ("1.0", "2.0"):
        cli.index.serve("demo", version)

    cli.index.add_bytes("texts", "1", "requirements.in", b"demo\n")
    cli.index.add_bytes("texts", "1", "overrides.txt", b"demo<2\n")
    files = [cli.index.file_url(name) for name in ("requirements.in", "overrides.txt")]
    relock(cli, "-r", files[0], "--override", files[1])

    assert entries(cli) == {"demo 1.0": None}


def test_what_is_named_can_be_left_out_of_what_it_needs(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0", requires=["deeper"])
    cli.index.serve("deeper", "1.0")
    relock(cli, "--only-deps", "demo")

    assert set(entries(cli)) == {"deeper 1.0", "dep 1.0"}
    assert locked_table(cli)["tool"]["zephyr"]["requirements"] == {"project": ["dep"]}
    assert relock(cli, "--only-deps", "demo").err.endswith("is up to date\n")
    assert "dep 1.0" in cli("tree").out


def test_a_project_can_be_locked_without_itself(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    lock(cli, "demo", build_system=BUILT, options=("--only-deps",))

    assert set(entries(cli)) == {"demo 1.0"}


def test_only_what_is_needed_goes_with_no_requirements_file(cli: CommandLine) -> None:
    cli.write("requirements.in", "demo\n")

    assert "error[conflicting-options]" in cli("lock", "--only-deps", "-r", "requirements.in").err


def test_which_pythons_a_version_is_for_can_be_left_out_of_account(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires_python=">=3.11")
    cli.index.serve("demo", "2.0", requires_python="<3")
    relock(cli, "--ignore-requires-python", "demo")

    assert entries(cli) == {"demo 2.0": None}
    assert cli("sync", "pylock.toml").code == 0
    assert cli.installed == {"demo": "2.0"}


def test_a_script_has_a_lock_of_its_own(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.write(
        "tool.py",
        """\
        # /// script
        # requires-python = ">=3.12"
        # dependencies = ["demo"]
        # ///
        """,
    )
    relock(cli, "--script", "tool.py")

    assert entries(cli, "pylock.tool.toml") == {"demo 1.0": None}
    assert locked_table(cli, "pylock.tool.toml")["requires-python"] == ">=3.12"


@pytest.mark.parametrize("others", [("-r", "requirements.in"), ("demo",), ("-e", ".")])
def test_a_script_and_requirements_at_once_are_refused(cli: CommandLine, others: tuple[str, ...]) -> None:
    cli.write("requirements.in", "")
    cli.write("tool.py", "# /// script\n# dependencies = []\n# ///\n")
    result = cli("lock", "--script", "tool.py", *others)

    assert result.code == 2
    assert result.err.startswith("error[conflicting-options]: --script and other requirements exclude each")


# What a merge left


MERGED = """\
<<<<<<< ours
[[packages]]
name = "left"
version = "1.0"
wheels = [
    {{ name = "left-1.0-py3-none-any.whl", url = "https://files.example/left-1.0-py3-none-any.whl", hashes = {{ sha256 = "{hash}" }} }},
]
=======
[[packages]]
name = "right"
version = "1.0"
wheels = [
    {{ name = "right-1.0-py3-none-any.whl", url = "https://files.example/right-1.0-py3-none-any.whl", hashes = {{ sha256 = "{hash}" }} }},
]
>>>>>>> theirs
"""


def test_a_lock_in_conflict_keeps_the_versions_of_both_sides(cli: CommandLine) -> None:
    for name in ("left", "right"):
        cli.index.serve(name, "1.0")
        cli.index.serve(name, "2.0")

    head = 'lock-version = "1.0"\ncreated-by = "zephyr"\n\n'
    cli.write("pylock.toml", head + MERGED.format(hash="ab" * 32))
    cli.write("pyproject.toml", pyproject("left", "right"))
    relock(cli)

    assert set(entries(cli)) == {"left 1.0", "right 1.0"}


# Where it cannot be written


@not_root
def test_a_read_only_folder_is_refused_and_nothing_is_left(project: CommandLine) -> None:
    project.folder.chmod(0o555)

    try:
        result = project("lock")
        left = sorted(os.listdir(project.folder))
    finally:
        project.folder.chmod(0o755)

    assert result.code == 1
    assert result.err.startswith("error[lock-unwritable]: [DIR]/pylock.toml cannot be written")
    assert left == [".venv", "pyproject.toml"]


def test_a_place_where_no_file_can_be_is_refused(project: CommandLine) -> None:
    assert project("lock", "-o", "nowhere/pylock.toml").err.splitlines()[-2:] == [
        "error[lock-unwritable]: [DIR]/nowhere/pylock.toml cannot be written: No such file or directory",
        "hint: Check the folder's permissions and its free space; the lock is as it was.",
    ]


def test_a_name_that_no_lock_has_is_refused_before_anything_is_asked(project: CommandLine) -> None:
    result = project("lock", "-o", "requirements.txt")

    assert (result.code, result.err.splitlines()[0]) == (
        2,
        "error[lock-name-invalid]: 'requirements.txt' is not the name of a lock file",
    )
    assert project.index.count() == 0


# What is named instead of the project


def test_what_is_named_is_locked_instead_of_the_project(project: CommandLine) -> None:
    project.index.serve("tool", "1.0", requires=["dep"])

    assert project("lock", "tool", "--output", "pylock.tools.toml").code == 0
    assert set(entries(project, "pylock.tools.toml")) == {"tool 1.0", "dep 1.0"}
    assert not (project.folder / "pylock.toml").exists()


def test_an_editable_folder_is_locked_as_one_with_what_it_needs(project: CommandLine) -> None:
    (project.folder / "lib").mkdir()
    project.write("lib/pyproject.toml", pyproject("dep", name="lib", build_system=BUILT))

    assert project("lock", "-e", "./lib", "-o", "pylock.tools.toml").code == 0
    text = (project.folder / "pylock.tools.toml").read_text()
    assert 'directory = { path = "lib", editable = true }' in text
    assert 'name = "dep"' in text


def test_a_lock_is_printed_and_nothing_written(project: CommandLine) -> None:
    printed = project("lock", "dep", "--output", "-")

    assert [entry["name"] for entry in tomllib.loads(printed.out)["packages"]] == ["dep"]
    assert not (project.folder / "pylock.toml").exists()
    assert not (project.folder / "-").exists()


def test_a_printed_lock_and_json_at_once_are_refused(project: CommandLine) -> None:
    assert project("lock", "--json", "-o", "-").err.startswith("error[conflicting-options]: --json and ")


def test_a_group_is_locked_alone(project: CommandLine) -> None:
    project.write("pyproject.toml", pyproject("demo", groups={"docs": ["dep"]}))

    assert project("lock", "--group", "docs", "-o", "pylock.docs.toml").code == 0
    assert set(entries(project, "pylock.docs.toml")) == {"dep 1.0"}


def test_the_requirements_of_a_script_are_locked_for_the_pythons_that_it_runs_on(
    project: CommandLine,
) -> None:
    project.write("tool.py", '# /// script\n# requires-python = ">=3.13"\n# dependencies = ["dep"]\n# ///\n')

    assert project("lock", "--requirements-from-script", "tool.py", "-o", "pylock.docs.toml").code == 0
    assert set(entries(project, "pylock.docs.toml")) == {"dep 1.0"}
    assert 'requires-python = ">=3.13"\n' in (project.folder / "pylock.docs.toml").read_text()
