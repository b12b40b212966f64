"""What limits a lock: constraints, overrides, excludes, conflicts, targets, and the rules on versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed
from tests.support.pyprojects import entries, entry, lock, locked_table, pyproject, relock
from tests.support.source_archives import build_source, serve_backend

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture
def served(cli: CommandLine) -> CommandLine:
    """Demo needs dep, of which there are 1.0, 2.0, and 3.0a1."""
    cli.index.serve("demo", "1.0", requires=["dep>=1"])

    for version in ("1.0", "2.0", "3.0a1"):
        cli.index.serve("dep", version)

    return cli


def test_constraints_of_the_project_and_of_files_both_count(served: CommandLine) -> None:
    lock(served, "demo", tool='constraints = ["dep<2", "absent==1"]')
    assert list(entries(served)) == ["demo 1.0", "dep 1.0"]

    served.write("limits.txt", "dep<1.5\n")
    lock(served, "demo", options=("-c", "limits.txt"))
    assert list(entries(served)) == ["demo 1.0", "dep 1.0"]


def test_a_constraint_of_the_command_line_does_not_make_a_lock_stale(served: CommandLine) -> None:
    served.write("limits.txt", "dep<2\n")
    lock(served, "demo", options=("-c", "limits.txt"))

    assert served("lock", "--check").code == 0


def test_an_override_replaces_every_requirement_on_a_name(served: CommandLine) -> None:
    served.index.serve("dep", "0.5")
    lock(served, "demo", tool='overrides = ["dep==0.5"]')
    assert list(entries(served)) == ["demo 1.0", "dep 0.5"]

    served.write("overrides.txt", "dep==0.5\n")
    (served.folder / "pylock.toml").unlink()
    lock(served, "demo", options=("--override", "overrides.txt"))
    assert list(entries(served)) == ["demo 1.0", "dep 0.5"]


def test_an_override_may_hold_on_one_platform_alone(served: CommandLine) -> None:
    lock(
        served,
        "demo",
        tool="""overrides = ["dep==1.0; sys_platform == 'win32'", "dep; sys_platform != 'win32'"]""",
    )

    assert entries(served) == {
        "demo 1.0": None,
        "dep 1.0": 'sys_platform == "win32"',
        "dep 2.0": 'sys_platform != "win32"',
    }


def test_an_exclude_leaves_a_name_out_whoever_requires_it(served: CommandLine) -> None:
    lock(served, "demo", tool='excludes = ["dep"]')
    assert list(entries(served)) == ["demo 1.0"]

    lock(served, "demo", options=("--exclude", "Dep"))
    assert list(entries(served)) == ["demo 1.0"]
    assert "excludes" not in locked_table(served)["tool"]["zephyr"]
    assert served("sync", "--locked").code == 0


def test_the_rules_on_versions_are_the_project_s_unless_the_command_line_has_others(
    served: CommandLine,
) -> None:
    lock(served, "demo", tool='resolution = "lowest"')
    assert list(entries(served)) == ["demo 1.0", "dep 1.0"]

    relock(served, "--upgrade", "--resolution", "highest")
    assert list(entries(served)) == ["demo 1.0", "dep 2.0"]

    lock(served, "demo", tool='pre-releases = "allow"', options=("--upgrade",))
    assert list(entries(served)) == ["demo 1.0", "dep 3.0a1"]

    relock(served, "--upgrade", "--prerelease", "disallow")
    assert list(entries(served)) == ["demo 1.0", "dep 2.0"]


def test_extras_in_conflict_hold_versions_of_their_own(served: CommandLine) -> None:
    lock(
        served,
        extras={"old": ["dep==1.0"], "new": ["dep==2.0"]},
        tool='conflicts = [[{extra = "old"}, {extra = "new"}]]',
    )

    assert entries(served) == {
        "dep 1.0": '"old" in extras',
        "dep 2.0": '"new" in extras',
    }


def test_groups_and_extras_in_conflict_that_nobody_declared_are_named(served: CommandLine) -> None:
    served.write("pyproject.toml", pyproject(extras={"old": ["dep==1.0"]}, groups={"new": ["dep==2.0"]}))
    result = served("lock")

    assert result.code == 1
    assert result.err.startswith(
        "error[undeclared-conflict]: The extra old and the group new cannot be installed together"
    )
    assert '[tool.zephyr]: conflicts = [[{extra = "old"}, {group = "new"}]]' in result.err
    assert not (served.folder / "pylock.toml").exists()


def test_a_target_narrows_the_lock(cli: CommandLine) -> None:
    for platform in ("win_amd64", "manylinux_2_28_x86_64", "macosx_11_0_arm64"):
        cli.index.serve("demo", "1.0", tag=f"cp312-cp312-{platform}", purelib=False)

    lock(cli, "demo", tool='targets = [{ python = "==3.12.*", platform = "windows-x86_64" }]')

    assert [wheel["url"].rpartition("-")[2] for wheel in entry(cli, "demo")["wheels"]] == ["win_amd64.whl"]
    assert locked_table(cli)["environments"] == ['python_version == "3.12" and sys_platform == "win32"']


def test_a_declared_target_without_a_file_is_an_error(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", tag="cp312-cp312-win_amd64", purelib=False)
    cli.write(
        "pyproject.toml", pyproject("demo", tool='targets = [{ python = "==3.12.*", platform = "macos" }]')
    )
    result = cli("lock")

    assert result.code == 1
    assert "macos" in result.err
    assert not (cli.folder / "pylock.toml").exists()


def test_the_command_line_narrows_a_lock_to_a_python_and_a_platform(cli: CommandLine) -> None:
    cli.index.serve(
        "demo", "1.0", requires=["other; python_version < '3.12'", "third; sys_platform == 'win32'"]
    )
    cli.index.serve("other", "1.0")
    cli.index.serve("third", "1.0")
    lock(cli, "demo", options=("--python-version", "3.11", "--platform", "linux-x86_64"))

    assert entries(cli) == {"demo 1.0": None, "other 1.0": None}


@pytest.mark.parametrize(
    ("option", "text"),
    [("--python-version", "three"), ("--platform", "plan9-mips"), ("--python-version", "2.7")],
)
def test_a_target_that_means_nothing_is_refused(cli: CommandLine, option: str, text: str) -> None:
    cli.index.serve("demo", "1.0")
    cli.write("pyproject.toml", pyproject("demo"))
    result = cli("lock", option, text)

    assert result.code in {1, 2}, result.err
    assert "error[bug]" not in result.err
    assert text in result.err
    assert not (cli.folder / "pylock.toml").exists()


def test_no_binary_leaves_the_wheels_out_and_no_build_the_source_archives(cli: CommandLine) -> None:
    serve_backend(cli.index)
    archive = build_source("demo", "1.0")
    cli.index.serve("demo", "1.0")
    cli.index.add_bytes("demo", "1.0", archive.filename, archive.data)

    lock(cli, "demo")
    assert {"wheels", "sdist"} <= entry(cli, "demo").keys()

    lock(cli, "demo", tool='no-binary = ["demo"]')
    assert "wheels" not in entry(cli, "demo")

    lock(cli, "demo", tool='only-binary = [":all:"]')
    assert "sdist" not in entry(cli, "demo")


def test_a_requires_python_that_no_python_meets_is_refused(cli: CommandLine) -> None:
    cli.write("pyproject.toml", pyproject(requires_python=">=3.13,<3.12"))

    assert cli("lock") == failed("""
        error[requires-python-impossible]: requires-python '<3.12,>=3.13' admits no Python
        hint: Correct requires-python in pyproject.toml, for instance to ">=3.11".
    """)
    assert not (cli.folder / "pylock.toml").exists()


def test_requirements_that_exclude_each_other_are_explained(served: CommandLine) -> None:
    served.write("pyproject.toml", pyproject("dep<2", "dep>2"))

    assert served("lock") == failed(
        "error[no-solution]: No versions satisfy all requirements on Python 3.14 on linux-x86_64\n"
        "  Because you require dep<2 (pyproject.toml [project.dependencies])"
        " and you require dep>2 (pyproject.toml [project.dependencies]),"
        " your requirements cannot be met.\n"
    )
    assert not (served.folder / "pylock.toml").exists()
