"""``zephyr sync`` as a user meets it, with locks of this and of other tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from tests.support.locks import file_of, lock_text, package

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture
def lock(cli: CommandLine) -> str:
    """A lock of demo, beside an environment that has something else."""
    cli.index.serve("other", "1.0")
    cli("install", "other")
    wheel = cli.index.serve("demo", "1.0")

    return cli.write(
        "pylock.toml",
        lock_text(package("demo", "1.0", index=cli.index.url, wheels=[file_of(cli.index, wheel)])),
    )


def test_a_sync_says_what_it_changed(cli: CommandLine, lock: str) -> None:
    assert cli("sync") == said("""
        Changed 2 packages in [TIME], [DIR]/.venv
         + demo==1.0
         - other==1.0
    """)
    assert cli("sync") == said("Nothing to do: 1 package checked\n")


def test_a_dry_run_says_what_it_would_change(cli: CommandLine, lock: str) -> None:
    assert cli("sync", "--dry-run") == said("""
        Would change 2 packages:
         + demo==1.0
         - other==1.0
    """)


def test_a_check_fails_and_says_what_differs(cli: CommandLine, lock: str) -> None:
    assert cli("sync", "--check") == failed("""
        Would change 2 packages:
         + demo==1.0
         - other==1.0
        error[environment-differs]: [DIR]/.venv is not what pylock.toml says
        hint: Run zephyr sync without --check.
    """)
    cli("sync")

    assert cli("sync", "--check") == said("Nothing to do: 1 package checked\n")


def test_json_tells_what_was_done(cli: CommandLine, lock: str) -> None:
    assert json.loads(cli("sync", "--json").out) == {
        "environment": "[DIR]/.venv",
        "dry_run": False,
        "changes": [
            {"name": "demo", "before": None, "after": "1.0"},
            {"name": "other", "before": "1.0", "after": None},
        ],
        "warnings": [],
    }


def test_the_report_knows_the_identity_of_what_is_locked(cli: CommandLine, lock: str) -> None:
    (item,) = json.loads(cli("sync", "--dry-run", "--quiet", "--report", "-").out)["install"]

    assert item["metadata"] == {"name": "demo", "version": "1.0"}


def test_without_a_lock_there_is_nothing_to_go_by(cli: CommandLine) -> None:
    assert cli("sync") == failed("""
        error[lock-missing]: There is no lock file [DIR]/pylock.toml
        hint: Run zephyr lock to make it.
    """)


def test_a_file_that_cannot_be_a_lock_by_its_name_is_refused(cli: CommandLine) -> None:
    assert cli("sync", "requirements.txt").code == 2
    assert cli("sync", "requirements.txt").err.startswith("error[lock-name-invalid]")


def test_a_lock_can_be_named_and_belongs_to_the_environment_here(cli: CommandLine, lock: str) -> None:
    (cli.folder / lock).rename(cli.folder / "pylock.other.toml")
    cli.make_environment("elsewhere")

    assert cli("sync", "pylock.other.toml", "--python", "elsewhere").code == 0
    assert cli.installed == {"other": "1.0"}
    assert cli("sync", "pylock.other.toml").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_lock_of_another_name_is_not_the_projects_and_stays_as_it_is(cli: CommandLine, lock: str) -> None:
    text = (cli.folder / lock).read_text().replace('"tests"', '"zephyr"')
    made_from = '[tool.zephyr]\nrequirements = { project = ["demo"] }\n'
    cli.write("pylock.script.toml", f"{text}\n{made_from}")
    cli.write("pyproject.toml", "[project]\nname = 'mine'\nversion = '1'\n")

    assert cli("sync", "pylock.script.toml").code == 0
    assert cli.installed == {"demo": "1.0"}
    assert made_from in (cli.folder / "pylock.script.toml").read_text()


def test_a_pyproject_that_states_no_project_is_none(cli: CommandLine, lock: str) -> None:
    cli.write("pyproject.toml", "[tool.any]\n")

    assert cli("sync", lock) == said("""
        Changed 2 packages in [TIME], [DIR]/.venv
         + demo==1.0
         - other==1.0
    """)


def test_the_lock_of_the_project_above_is_found(
    cli: CommandLine, lock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.write("pyproject.toml", "[project]\nname = 'mine'\nversion = '1'\n")
    (cli.folder / "deep").mkdir()
    monkeypatch.chdir(cli.folder / "deep")

    assert cli("sync").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_project_gets_an_environment_where_it_has_none(cli: CommandLine, lock: str) -> None:
    cli.configure(ZEPHYR_DATA_DIR=str(cli.folder / "data"))
    (cli.folder / ".venv").rename(cli.folder / "unused")

    assert cli("sync").code == 0
    assert cli("sync", "--check").code == 0


def test_where_a_project_has_no_environment_yet_everything_is_said_to_be_missing(
    cli: CommandLine, lock: str
) -> None:
    cli.configure(ZEPHYR_DATA_DIR=str(cli.folder / "data"))
    (cli.folder / ".venv").rename(cli.folder / "unused")

    assert cli("sync", "--dry-run").code == 0
    assert cli("sync", "--check") == failed("""
        Would change 1 package:
         + demo==1.0
        error[environment-differs]: [DIR]/.venv is not what pylock.toml says
        hint: Run zephyr sync without --check.
    """)
    assert not (cli.folder / ".venv").exists()
    assert not (cli.folder / "data").exists()


def test_what_is_no_environment_is_not_said_to_become_one(cli: CommandLine, lock: str) -> None:
    (cli.folder / ".venv").rename(cli.folder / "unused")
    (cli.folder / ".venv").mkdir()
    cli.write(".venv/notes.txt", "mine")

    assert "error[not-an-environment]" in cli("sync", "--dry-run").err


def test_a_frozen_sync_needs_no_project_file(cli: CommandLine, lock: str) -> None:
    cli.write("pyproject.toml", "[tool.zephyr\n")

    assert cli("sync").code == 1
    assert cli("sync", "--frozen").code == 0


def test_locked_and_frozen_exclude_each_other(cli: CommandLine, lock: str) -> None:
    assert cli("sync", "--locked", "--frozen").err.startswith("error[conflicting-options]")


def test_an_extra_that_the_lock_has_not_is_refused(cli: CommandLine, lock: str) -> None:
    assert cli("sync", "--extra", "docs") == failed(
        """
        error[unknown-extra]: The lock has no extra 'docs'
        hint: It was made without extras.
        """,
        code=2,
    )


# Other tools' locks


def test_a_lock_in_the_shape_of_uv_is_installed(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.write(
        "pylock.toml",
        f"""
        # This file was autogenerated by uv via the following command:
        #    uv export --format pylock.toml
        lock-version = "1.0"
        created-by = "uv"
        requires-python = ">=3.11"
        extras = []
        dependency-groups = ["dev"]
        default-groups = ["dev"]

        [[packages]]
        name = "colorama"
        version = "0.4.6"
        marker = "sys_platform == 'nowhere'"
        index = "{cli.index.url}"
        wheels = [{{ url = "{cli.index.file_url("colorama-0.4.6-py2.py3-none-any.whl")}", hashes = {{ sha256 = "{"0" * 64}" }} }}]

        [[packages]]
        name = "demo"
        version = "1.0"
        marker = "'dev' in dependency_groups"
        index = "{cli.index.url}"
        wheels = [{{ url = "{cli.index.file_url(wheel.filename)}", upload-time = 2024-07-15T18:03:17Z, size = {len(wheel.data)}, hashes = {{ sha256 = "{wheel.sha256}" }} }}]
        """,
    )

    assert cli("sync").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_lock_in_the_shape_of_pip_is_installed(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0")
    cli.write(
        "pylock.toml",
        f"""
        lock-version = "1.0"
        created-by = "pip"

        [[packages]]
        name = "demo"
        version = "1.0"

        [[packages.wheels]]
        name = "{wheel.filename}"
        url = "{cli.index.file_url(wheel.filename)}"

        [packages.wheels.hashes]
        sha256 = "{wheel.sha256}"
        """,
    )

    assert cli("sync").code == 0
    assert cli.installed == {"demo": "1.0"}


# install -r


def test_a_lock_is_installed_beside_what_is_there(cli: CommandLine, lock: str) -> None:
    assert cli("install", "-r", lock) == said("""
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert cli.installed == {"demo": "1.0", "other": "1.0"}
    assert cli.index.count("/simple/demo/") == 0


def test_a_lock_is_installed_into_any_folder(cli: CommandLine, lock: str) -> None:
    assert cli("install", "-r", lock, "--target", "site").code == 0
    assert (cli.folder / "site" / "demo" / "__init__.py").is_file()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["other"], "other"),
        (["-e", "."], "--editable"),
        (["-c", "limits.txt"], "--constraint"),
        (["-r", "requirements.txt"], "another -r"),
        (["-U"], "--upgrade"),
        (["--dry-run", "--python-version", "3.12"], "--python-version"),
    ],
)
def test_a_lock_is_installed_alone(cli: CommandLine, lock: str, arguments: list[str], named: str) -> None:
    assert cli("install", "-r", lock, *arguments) == failed(
        f"""
        error[lock-with-requirements]: pylock.toml says exactly what to install, and {named} asks for something else too
        hint: Install the lock by itself, or lock it all together.
        """,
        code=2,
    )


def test_a_lock_is_not_fetched(cli: CommandLine) -> None:
    result = cli("install", "-r", "https://files.example/pylock.dev.toml?token=hidden")

    assert result.code == 2
    assert result.err.startswith("error[lock-remote]")
    assert "hidden" not in result.err
