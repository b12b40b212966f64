"""``zephyr install``: which packages are taken along, and what of the environment stays as it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from tests.support.source_archives import build_source, serve_backend

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture
def outdated(cli: CommandLine) -> CommandLine:
    """demo and its dependency are installed in versions that are no longer the newest."""
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")
    cli.index.serve("demo", "2.0", requires=["dep"])
    cli.index.serve("dep", "2.0")
    cli.configure(ZEPHYR_REFRESH="1")

    return cli


def test_an_upgrade_leaves_dependencies_that_are_good_enough(outdated: CommandLine) -> None:
    outdated("install", "--upgrade", "demo")

    assert outdated.installed == {"demo": "2.0", "dep": "1.0"}


def test_an_upgrade_brings_a_dependency_up_where_it_must(outdated: CommandLine) -> None:
    outdated.index.serve("demo", "3.0", requires=["dep>=2"])
    outdated("install", "--upgrade", "demo")

    assert outdated.installed == {"demo": "3.0", "dep": "2.0"}


def test_an_eager_upgrade_takes_the_dependencies_along(outdated: CommandLine) -> None:
    outdated("install", "-U", "--upgrade-strategy", "eager", "demo")

    assert outdated.installed == {"demo": "2.0", "dep": "2.0"}


def test_a_strategy_alone_upgrades_nothing(outdated: CommandLine) -> None:
    outdated("install", "--upgrade-strategy", "eager", "demo")

    assert outdated.installed == {"demo": "1.0", "dep": "1.0"}


def test_an_upgrade_never_goes_back_behind_what_is_installed(cli: CommandLine) -> None:
    cli.index.serve("demo", "2.0")
    cli("install", "demo")
    empty = cli.folder / "wheels"
    empty.mkdir()

    assert cli("install", "-U", "--no-index", "--find-links", str(empty), "demo").code == 0
    assert cli.installed == {"demo": "2.0"}


@pytest.mark.parametrize("option", ["--reinstall", "--force-reinstall", "--ignore-installed", "-I"])
def test_a_new_installation_takes_the_newest_and_all_of_it(outdated: CommandLine, option: str) -> None:
    result = outdated("install", option, "demo")

    assert result.out == "Successfully installed demo-2.0 dep-2.0\n"
    assert outdated.installed == {"demo": "2.0", "dep": "2.0"}


@pytest.mark.parametrize("option", ["--force-reinstall", "-I"])
def test_a_new_installation_may_be_of_the_same(cli: CommandLine, option: str) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    assert cli("install", option, "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ demo==1.0 (again)
    """).printing("Successfully installed demo-1.0")


def test_what_nobody_can_remove_is_written_over_where_that_is_asked(cli: CommandLine) -> None:
    cli.index.serve("demo", "2.0")
    with open(f"{cli.site}/demo-1.0.egg-info", "w", encoding="utf-8") as file:
        file.write("Metadata-Version: 1.0\nName: demo\nVersion: 1.0\n")

    assert cli("install", "demo==2.0").err.startswith("error[distutils-installed]")
    assert cli("install", "--ignore-installed", "demo==2.0").code == 0
    assert (cli("show", "demo").code, (cli.folder / ".venv").is_dir()) == (0, True)


def test_a_report_can_be_of_everything_although_it_is_there(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")
    plain = json.loads(cli("install", "--dry-run", "--report", "-", "demo").out)
    whole = json.loads(cli("install", "--dry-run", "--ignore-installed", "--report", "-", "demo").out)

    assert [len(report["install"]) for report in (plain, whole)] == [0, 1]


def test_dependencies_alone(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep", "other"])
    cli.index.serve("dep", "1.0")
    cli.index.serve("other", "1.0", requires=["demo"])

    assert cli("install", "--only-deps", "demo", "dep").out == "Successfully installed other-1.0\n"
    assert cli.installed == {"other": "1.0"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--no-deps", "demo"], "'--no-deps'"),
        (["-r", "requirements.txt"], "'--requirement'"),
        (["--no-deps", "--group", "test"], "'--no-deps' and '--group'"),
    ],
)
def test_dependencies_alone_are_those_of_the_command_line(
    cli: CommandLine, arguments: list[str], named: str
) -> None:
    assert cli("install", "--only-deps", *arguments) == failed(f"""
        error[conflicting-options]: Cannot use '--only-deps' in combination with {named}
        hint: Name the packages whose dependencies are meant on the command line.
    """)


def test_an_override_stands_in_for_what_anybody_requires(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep<2"])
    cli.index.serve("dep", "1.0")
    cli.index.serve("dep", "2.0")
    cli.write("overrides.txt", "dep>=2\n")

    assert cli("install", "--override", "overrides.txt", "demo").code == 0
    assert cli.installed == {"demo": "1.0", "dep": "2.0"}


def test_an_excluded_package_is_left_out_whoever_requires_it(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["Big_Dep", "small"])
    cli.index.serve("small", "1.0", requires=["big-dep"])

    assert cli("install", "--exclude", "big.dep", "demo").code == 0
    assert cli.installed == {"demo": "1.0", "small": "1.0"}


def test_a_requires_python_can_be_ignored(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires_python="<3")

    assert cli("install", "demo").code == 1
    assert cli("install", "--ignore-requires-python", "demo").code == 0
    assert cli.installed == {"demo": "1.0"}


@pytest.mark.parametrize(
    ("options", "versions"),
    [
        ([], {"a": "1.0", "b": "1.0"}),
        (["--pre"], {"a": "2.0rc1", "b": "2.0rc1"}),
        (["--all-releases", "a"], {"a": "2.0rc1", "b": "1.0"}),
        (["--all-releases", ":all:"], {"a": "2.0rc1", "b": "2.0rc1"}),
        (["--all-releases", ":all:", "--only-final", "A"], {"a": "1.0", "b": "2.0rc1"}),
        (["--only-final", ":all:", "--all-releases", "b"], {"a": "1.0", "b": "2.0rc1"}),
        (["--all-releases", "a", "--all-releases", ":none:"], {"a": "1.0", "b": "1.0"}),
    ],
)
def test_pre_releases_can_be_had_of_some(
    cli: CommandLine, options: list[str], versions: dict[str, str]
) -> None:
    for name in ("a", "b"):
        cli.index.serve(name, "1.0")
        cli.index.serve(name, "2.0rc1")

    assert cli("install", *options, "a", "b").code == 0
    assert cli.installed == versions


def test_final_releases_alone_may_be_none(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0rc1")

    assert cli("install", "--only-final", "demo", "demo").code == 1
    assert cli("install", "demo").code == 0


def test_all_pre_releases_and_those_of_some_exclude_each_other(cli: CommandLine) -> None:
    assert cli("install", "--pre", "--all-releases", "demo", "demo") == failed("""
        error[conflicting-options]: --pre cannot be used with --all-releases or --only-final
        hint: --pre is --all-releases :all:.
    """)


@pytest.mark.parametrize("age", ["P3650D", "3650 days", "2019-01-01", "2019-01-01T00:00:00+02:00"])
@pytest.mark.parametrize("option", ["--uploaded-prior-to", "--exclude-newer"])
def test_what_was_uploaded_too_late_is_left_out_but_not_what_lies_here(
    cli: CommandLine, option: str, age: str
) -> None:
    cli.index.serve("demo", "1.0", upload_time="2018-05-01T00:00:00Z")
    cli.index.serve("demo", "2.0", upload_time="2024-05-01T00:00:00Z")
    age = age.replace("3650", str((datetime.now(UTC) - datetime(2019, 1, 1, tzinfo=UTC)).days))
    cli("install", option, age, "demo")
    assert cli.installed == {"demo": "1.0"}

    cli.index.write_links(cli.folder / "wheels")
    cli("install", "-U", option, age, "--no-index", "--find-links", "wheels", "demo")
    assert cli.installed == {"demo": "2.0"}


def test_a_build_constraint_needs_isolation(cli: CommandLine) -> None:
    cli.write("constraints.txt", "")
    arguments = ("--build-constraint", "constraints.txt", "--no-build-isolation", "demo")

    assert cli("install", *arguments) == failed("""
        error[conflicting-options]: --build-constraint cannot be used with --no-build-isolation
        hint: Without isolation builds use what is installed: constrain that.
    """)


def test_what_a_build_without_isolation_needs_can_be_looked_at_first(cli: CommandLine) -> None:
    source = build_source("demo")
    cli.index.add_bytes("demo", "1.0", source.filename, source.data)
    serve_backend(cli.index)
    options = ("--no-build-isolation", "--check-build-dependencies")
    unmet = cli("install", *options, "demo")

    assert unmet.code == 1
    assert unmet.err.startswith(
        "error[build-dependencies-unmet]: A build needs test-backend, and [DIR]/.venv"
    )
    cli("install", "test-backend")
    assert cli("install", *options, "demo").code == 0
    assert cli.installed == {"demo": "1.0", "test-backend": "1.0"}


def test_other_packages_that_no_longer_fit_are_told_of(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("strict", "1.0", requires=["demo<2 ; python_version >= '3'", "demo>5 ; extra == 'x'"])
    cli("install", "strict")
    cli.index.serve("demo", "2.0")
    cli.configure(ZEPHYR_REFRESH="1")

    assert cli("install", "demo==2.0") == said("""
        warning: strict 1.0 requires demo<2, but you have demo 2.0 which is incompatible.
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ demo==2.0 (was 1.0)
    """).printing("Successfully installed demo-2.0")


def test_conflicts_need_not_be_told_of(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("demo", "2.0")
    cli.index.serve("strict", "1.0", requires=["demo<2"])
    cli("install", "strict")

    assert "warning" not in cli("install", "--no-warn-conflicts", "demo==2.0").err
    assert "warning" not in cli("install", "--no-deps", "--force-reinstall", "demo==2.0").err


def test_only_what_was_asked_for_by_name_is_marked_as_requested(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "demo")
    names = {path.parent.name for path in (cli.folder / ".venv").rglob("REQUESTED")}

    assert names == {"demo-1.0.dist-info"}


def test_an_empty_requirement_asks_for_nothing(cli: CommandLine) -> None:
    assert cli("install", "").code == 0
    assert cli.installed == {}
