"""``zephyr hash`` and ``zephyr debug``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_hashes_are_as_requirements_files_want_them(cli: CommandLine, algorithm: str) -> None:
    cli.write("one.whl", "one")
    cli.write("two.whl", "two")
    lines = [
        line
        for text in ("one", "two")
        for line in (
            f"{text}.whl:",
            f"--hash={algorithm}:{hashlib.new(algorithm, text.encode()).hexdigest()}",
        )
    ]

    assert cli("hash", "-a", algorithm, "one.whl", "two.whl", raw=True).out.splitlines() == lines


def test_a_file_that_is_not_there(cli: CommandLine) -> None:
    assert cli("hash", "nonesuch") == failed(
        "error[file-unreadable]: Cannot read nonesuch: No such file or directory\n", code=2
    )


def test_no_file(cli: CommandLine) -> None:
    assert cli("hash") == failed("error[nothing-asked]: Please name the files to hash\n")


def test_the_facts_that_a_report_needs(cli: CommandLine) -> None:
    result = cli("debug")
    lines = result.out.splitlines()

    assert result.code == 0
    assert result.err.startswith("warning: This command is only meant for debugging.")
    assert {"sys.version: [PYTHON]", "sys.executable: [DIR]/.venv/bin/python", "library versions:"} <= {
        *lines
    }
    assert f"Compatible tags: {len(cli.environment.interpreter.tags)}" in lines
    assert lines[-2:] == ["  ...", "  [First 10 tags shown. Pass --verbose to show all.]"]


def test_the_tags_of_another_platform(cli: CommandLine) -> None:
    given = ("--platform", "manylinux2014_x86_64", "--python-version", "3.9", "--implementation", "cp")
    result = cli("debug", "-v", *given, "--abi", "cp39")
    tags = [line.strip() for line in result.out.partition("Compatible tags: ")[2].splitlines()[1:]]

    assert (
        "(target: platforms=['manylinux2014_x86_64'] version_info='3.9' abis=['cp39'] implementation='cp')"
        in result.out
    )
    assert tags[:3] == [f"cp39-cp39-manylinux{kind}_x86_64" for kind in ("2014", "2010", "1")]
    assert "py3-none-any" in tags
