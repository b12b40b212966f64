"""``zephyr install``: what a user is told, and what is in the environment afterwards."""

from __future__ import annotations

import glob
import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


def test_a_package_and_what_it_needs_are_installed(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep>=2"], console_scripts=["demo=demo:main"])
    cli.index.serve("dep", "2.5")

    assert cli("install", "demo") == said("""
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/.venv
         + demo==1.0
         + dep==2.5
    """).printing("Successfully installed demo-1.0 dep-2.5")
    assert cli.installed == {"demo": "1.0", "dep": "2.5"}
    assert os.access(f"{cli.environment.scheme.scripts}/demo", os.X_OK)


def test_nothing_is_done_where_all_is_there(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")
    asked = cli.index.count()

    assert cli("install", "demo") == said("""
        Nothing to do: 1 package checked
    """).printing("Requirement already satisfied: demo in [SITE] (1.0)")
    assert cli.index.count() == asked


def test_what_is_installed_and_good_enough_stays(cli: CommandLine) -> None:
    cli.index.serve("dep", "1.0")
    cli("install", "dep")
    cli.index.serve("dep", "2.0")
    cli.index.serve("demo", "1.0", requires=["dep"])

    assert cli("install", "--refresh", "demo") == said("""
        Resolved 2 packages in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert cli.installed == {"demo": "1.0", "dep": "1.0"}


def test_an_upgrade_names_the_version_before(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")
    cli.index.serve("demo", "2.0")

    assert cli("install", "--upgrade", "--refresh", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ demo==2.0 (was 1.0)
    """).printing("Successfully installed demo-2.0")
    assert cli.installed == {"demo": "2.0"}


def test_an_upgrade_to_what_is_there_is_nothing_to_do(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    assert cli("install", "-U", "demo") == said("""
        Nothing to do: 1 package checked
    """).printing("Requirement already satisfied: demo in [SITE] (1.0)")


def test_one_package_alone_can_be_upgraded(cli: CommandLine) -> None:
    for name in ("a", "b"):
        cli.index.serve(name, "1.0")

    cli("install", "a", "b")

    for name in ("a", "b"):
        cli.index.serve(name, "2.0")

    assert cli("install", "a", "b", "-P", "B", "--refresh") == said("""
        Resolved 2 packages in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ b==2.0 (was 1.0)
    """).printing("Requirement already satisfied: a in [SITE] (1.0)", "Successfully installed b-2.0")
    assert cli.installed == {"a": "1.0", "b": "2.0"}


def test_a_constraint_can_take_a_version_back(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("demo", "2.0")
    cli("install", "demo")
    cli.write("constraints.txt", "demo<2\nunused==1\n")

    assert cli("install", "demo", "-c", "constraints.txt") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ demo==1.0 (was 2.0)
    """).printing("Successfully installed demo-1.0")
    assert cli.installed == {"demo": "1.0"}


def test_extras_bring_what_they_ask_for(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", extras={"fast": ["engine"]})
    cli.index.serve("engine", "1.0")

    assert cli("install", "demo[fast]") == said("""
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/.venv
         + demo==1.0
         + engine==1.0
    """).printing("Successfully installed demo-1.0 engine-1.0")
    assert cli("install", "demo[slow]") == said("""
        Nothing to do: 2 packages checked
    """).printing("Requirement already satisfied: demo[slow] in [SITE] (1.0)")


def test_an_unknown_extra_is_a_warning(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", extras={"fast": ["engine"]})

    assert cli("install", "demo[slow]") == said("""
        warning: demo 1.0 has no extra named slow
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert cli.installed == {"demo": "1.0"}


def test_requirements_files_are_read_with_what_they_include(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("demo", "2.0")
    cli.index.serve("dep", "1.0")
    cli.write("base.txt", "dep==1.0  # as ever\n")
    cli.write("limits.txt", "demo==1.0\n")
    cli.write("requirements.txt", "-r base.txt\n-c limits.txt\ndemo\n")

    assert cli("install", "-r", "requirements.txt") == said("""
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/.venv
         + demo==1.0
         + dep==1.0
    """).printing("Successfully installed demo-1.0 dep-1.0")
    assert cli.installed == {"demo": "1.0", "dep": "1.0"}


def test_an_empty_requirements_file_asks_for_nothing(cli: CommandLine) -> None:
    cli.write("requirements.txt", "# nothing yet\n")

    assert cli("install", "-r", "requirements.txt") == said("""
        Nothing to do: 0 packages checked
    """)


def test_dependencies_can_be_left_out(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])

    assert cli("install", "--no-deps", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert cli.installed == {"demo": "1.0"}


def test_without_dependencies_a_listing_that_tells_the_python_is_enough(cli: CommandLine) -> None:
    cli.index.serve("Demo", "1.0", requires=["dep"], requires_python=">=3.8")
    result = cli("install", "--no-deps", "--report", "report.json", "demo")
    (item,) = json.loads((cli.folder / "report.json").read_text())["install"]

    assert (result.code, cli.index.count("*.metadata")) == (0, 0)
    assert item["metadata"]["requires_dist"] == ["dep"]


@pytest.mark.parametrize(
    ("asked", "python"), [("demo", None), ("demo[more]", ">=3.8")], ids=["any python", "extras"]
)
def test_without_dependencies_metadata_is_read_where_it_has_more_to_say(
    cli: CommandLine, asked: str, python: str | None
) -> None:
    cli.index.serve("demo", "1.0", requires_python=python)
    result = cli("install", "--no-deps", asked)

    assert (result.code, cli.index.count("*.metadata")) == (0, 1)
    assert ("no extra named more" in result.err) == (asked != "demo")


def test_a_dry_run_changes_nothing_and_fetches_no_wheel(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")

    assert cli("install", "--dry-run", "demo") == said("""
        Resolved 2 packages in [TIME]
        Would change 2 packages:
         + demo==1.0
         + dep==1.0
    """).printing("Would install demo-1.0 dep-1.0")
    assert cli.installed == {}
    assert cli.index.count("*.whl") == 0


def test_a_dry_run_may_ask_for_another_python(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", requires_python="<3.9")
    cli.index.serve("demo", "2.0", requires_python=">=3.9")

    assert cli("install", "--dry-run", "--python-version", "3.8", "demo") == said("""
        Resolved 1 package in [TIME]
        Would change 1 package:
         + demo==1.0
    """).printing("Would install demo-1.0")
    assert cli("install", "--python-version", "3.8", "demo") == failed("""
        error[platform-needs-target]: Can not use any platform or abi specific options unless installing via '--target' or using '--dry-run'
        hint: Add one of them, or name an environment of that Python with --python.
    """)


def test_what_is_there_can_be_installed_again(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    assert cli("install", "--reinstall", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ demo==1.0 (again)
    """).printing("Successfully installed demo-1.0")
    assert cli("install", "--force-reinstall", "demo").err.endswith("~ demo==1.0 (again)\n")


def test_stable_versions_are_preferred_unless_pre_releases_are_asked_for(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.serve("demo", "2.0rc1")

    assert cli("install", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert cli("install", "--pre", "-U", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ demo==2.0rc1 (was 1.0)
    """).printing("Successfully installed demo-2.0rc1")


def test_which_versions_may_be_chosen(cli: CommandLine) -> None:
    for version, uploaded in (("1.0", "2020"), ("1.5", "2021"), ("2.0", "2022"), ("3.0b1", "2022")):
        cli.index.serve("demo", version, upload_time=f"{uploaded}-01-01T00:00:00Z")

    def chosen(*options: str) -> str:
        return cli("install", "--dry-run", *options, "demo").err.rpartition("==")[2].strip()

    assert chosen() == "2.0"
    assert chosen("--resolution", "lowest") == "1.0"
    assert chosen("--prerelease=allow") == "3.0b1"
    assert chosen("--exclude-newer", "2021-06-01") == "1.5"
    assert chosen("--only-binary", ":all:") == "2.0"
    assert cli("install", "--no-binary", "demo", "demo") == failed("""
        error[no-solution]: No versions satisfy all requirements
          Because you require demo and every version of demo cannot be used (only wheels, which --no-binary excludes), your requirements cannot be met.
    """)
    assert cli("install", "--exclude-newer", "yesterday", "demo") == failed(
        """
        error[date-invalid]: --exclude-newer is 'yesterday', a date or an age was expected
        hint: Write it as in "2026-11-20", "2026-11-20T12:00:00Z", "7 days", "2 weeks" or "P7D".
        """,
        code=2,
    )


def test_files_can_be_linked_or_copied(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    links: dict[str, int] = {}

    for mode in ("hardlink", "copy"):
        place = cli.make_environment(mode)
        cli("install", "--link-mode", mode, "-p", mode, "demo")
        links[mode] = os.stat(f"{place.scheme.purelib}/demo/__init__.py").st_nlink

    assert links == {"hardlink": 2, "copy": 1}


def test_bytecode_is_installed_on_request(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")

    assert cli("install", "--compile-bytecode", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert glob.glob(f"{cli.site}/demo/__pycache__/*.pyc")


def test_a_wheel_can_be_named_by_its_path_and_by_its_url(cli: CommandLine) -> None:
    near = cli.index.serve("near", "1.0")
    far = cli.index.serve("far", "1.0")
    near.write(cli.folder)

    assert cli("install", f"./{near.filename}") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + near==1.0
    """).printing("Successfully installed near-1.0")
    assert cli("install", cli.index.file_url(far.filename)) == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         + far==1.0
    """).printing("Successfully installed far-1.0")
    assert cli("freeze") == said(
        out="""
        far @ http://127.0.0.1:[PORT]/files/far-1.0-py3-none-any.whl#sha256=[HASH]
        near @ file://[DIR]/near-1.0-py3-none-any.whl#sha256=[HASH]
        """,
    )


def test_two_owners_of_a_path_are_told_of_or_refused(cli: CommandLine) -> None:
    cli.index.serve("a", "1.0", files={"shared/__init__.py": "a = 1\n"})
    cli.index.serve("b", "1.0", files={"shared/__init__.py": "b = 1\n"})

    assert cli("install", "--collisions=error", "a", "b") == failed("""
        error[collision]: a and b both hold '[SITE]/shared/__init__.py'
          [SITE]/shared/__init__.py: a, b
        hint: Without --collisions=error the last of them wins, and the other's file is kept.
    """)
    assert cli.installed == {}
    assert cli("install", "a", "b") == said("""
        warning: [SITE]/shared/__init__.py belongs to a and b: b's is in place
        Resolved 2 packages in [TIME]
        Changed 2 packages in [TIME], [DIR]/.venv
         + a==1.0
         + b==1.0
    """).printing("Successfully installed a-1.0 b-1.0")


def test_what_another_installer_made_is_replaced(cli: CommandLine) -> None:
    cli.index.serve("demo", "2.0")
    folder = f"{cli.site}/demo-1.0.dist-info"
    os.makedirs(folder)

    for name, text in {
        "METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
        "INSTALLER": "pip\n",
        "RECORD": "old_demo.py,,\ndemo-1.0.dist-info/METADATA,,\n"
        "demo-1.0.dist-info/INSTALLER,,\ndemo-1.0.dist-info/RECORD,,\n",
        "../old_demo.py": "",
    }.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    assert cli("install", "-U", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/.venv
         ~ demo==2.0 (was 1.0)
    """).printing("Successfully installed demo-2.0")
    assert sorted(os.listdir(cli.site)) == ["demo", "demo-2.0.dist-info"]
