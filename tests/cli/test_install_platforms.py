"""``zephyr install`` for another Python than the one here: which combinations of options are allowed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

WINDOWS = ("--platform", "win_amd64", "--python-version", "3.9")


@pytest.fixture(autouse=True)
def demo(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", tag="cp39-cp39-win_amd64", requires=["dep ; python_version < '3.10'"])
    cli.index.serve("dep", "1.0")


def test_wheels_for_another_platform_go_into_a_folder(cli: CommandLine) -> None:
    result = cli("install", *WINDOWS, "--only-binary", ":all:", "--target", "modules", "demo")

    assert result.out == "Successfully installed demo-1.0 dep-1.0\n"
    assert {"demo-1.0.dist-info", "dep-1.0.dist-info"} < set(os.listdir(cli.folder / "modules"))


def test_a_dry_run_needs_no_folder_and_no_word_on_builds(cli: CommandLine) -> None:
    assert cli("install", *WINDOWS, "--dry-run", "demo").out == "Would install demo-1.0 dep-1.0\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--python-version", "3.9"],
        ["--platform", "any"],
        ["--implementation", "py"],
        ["--abi", "none"],
    ],
)
def test_an_environment_gets_nothing_that_is_for_another(cli: CommandLine, options: list[str]) -> None:
    assert cli("install", *options, "--only-binary", ":all:", "dep") == failed("""
        error[platform-needs-target]: Can not use any platform or abi specific options unless installing via '--target' or using '--dry-run'
        hint: Add one of them, or name an environment of that Python with --python.
    """)


@pytest.mark.parametrize(
    "options", [[], ["--only-binary", "demo"], ["--only-binary", ":all:", "--no-binary", "demo"]]
)
def test_nothing_is_built_for_another(cli: CommandLine, options: list[str]) -> None:
    assert cli("install", *WINDOWS, *options, "--target", "modules", "demo") == failed("""
        error[platform-needs-wheels]: With --python-version, --platform, --abi or --implementation, either --no-deps must be set, or --only-binary=:all: must be set and --no-binary must not be set
        hint: Add --only-binary=:all:, or only look with --dry-run.
    """)


def test_without_dependencies_nothing_unforeseen_is_built(cli: CommandLine) -> None:
    result = cli("install", *WINDOWS, "--no-deps", "--target", "modules", "demo")

    assert result.out == "Successfully installed demo-1.0\n"


def test_several_platforms_and_abis_are_the_tags_of_one_python(cli: CommandLine) -> None:
    cli.index.serve("parts", "1.0", tag="cp311-abi3-macosx_11_0_arm64")
    cli.index.serve("parts", "2.0", tag="cp312-cp312-macosx_11_0_arm64")
    platforms = ("--platform", "macosx_12_0_arm64", "--platform", "macosx_10_9_x86_64")
    abis = ("--abi", "abi3", "--abi", "none")

    result = cli("install", "--dry-run", *platforms, *abis, "--python-version", "312", "parts")
    assert result.out == "Would install parts-1.0\n"


def test_a_version_that_is_none(cli: CommandLine) -> None:
    assert cli("install", "--dry-run", "--python-version", "3.x", "demo").code == 2
