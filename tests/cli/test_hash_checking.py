"""Hash-checking mode as a user meets it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.support.source_archives import write_project
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine, Said

WHEEL = build_wheel("demo", "1.0")
OTHER = f"sha256:{'0' * 64}"
RIGHT = f"sha256:{WHEEL.sha256}"


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    (cli.folder / "wheels").mkdir()
    WHEEL.write(cli.folder / "wheels")

    return cli


def install(cli: CommandLine, requirements: str, *arguments: str) -> Said:
    cli.write("requirements.txt", requirements)

    return cli("install", "--no-index", "-f", "wheels", "-r", "requirements.txt", *arguments)


@pytest.mark.parametrize(
    "line",
    [
        f"demo==1.0 --hash={RIGHT}",
        f"demo==1.0 --hash={OTHER} --hash={RIGHT}",
        f"demo==1.0 --hash=sha256:{WHEEL.sha256.upper()}",
        f"demo==1.0 --hash=sha512:{hashlib.sha512(WHEEL.data).hexdigest()}",
        f"demo==1.0 --hash={OTHER} --hash=sha384:{hashlib.sha384(WHEEL.data).hexdigest()}",
        f"demo --hash={RIGHT}",
        f"./wheels/{WHEEL.filename} --hash={RIGHT}",
        f"--require-hashes\n./wheels/{WHEEL.filename}#sha256={WHEEL.sha256}",
        f"demo==1.0 --hash={RIGHT}\nother==1 ; os_name == 'none'",
        f"demo==1.0 --hash={RIGHT} --hash={OTHER}\ndemo==1.0 --hash={RIGHT}",
    ],
)
def test_a_file_with_one_of_the_hashes_is_installed(cli: CommandLine, line: str) -> None:
    assert install(cli, line).code == 0
    assert cli.installed == {"demo": "1.0"}


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--no-deps",)])
@pytest.mark.parametrize(
    "line",
    [
        f"demo==1.0 --hash={OTHER}",
        "demo==1.0 --hash=sha256:badbad",
        f"./wheels/{WHEEL.filename} --hash={OTHER}",
        f"--no-require-hashes\ndemo==1.0 --hash={OTHER}",
    ],
)
def test_any_other_file_is_refused_with_both_hashes(
    cli: CommandLine, line: str, options: tuple[str, ...]
) -> None:
    said = install(cli, line, *options)

    assert said.code == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE." in said.err
    assert "Expected sha256 " in said.err
    assert "Got        [HASH]" in said.err
    assert cli.installed == {}


def test_one_hash_turns_checking_on_for_everything_and_all_problems_are_told(cli: CommandLine) -> None:
    write_project(cli.folder / "folder", "folder")
    said = install(
        cli,
        f"demo==1.0 --hash={RIGHT}\npinned==1\nfree\n./folder\n-e ./folder\ngit+https://git.example/repo\n",
    )

    assert said.code == 1
    assert said.err == (
        "error[hashes-incomplete]: Hashes are required, and 5 requirements cannot be checked by one\n"
        "  Editable requirements cannot be installed when requiring hashes, because there is no single file to hash:\n"
        "      [DIR]/folder (requirements.txt line 5)\n"
        "  Can't verify hashes for these requirements because we don't have a way to hash version control repositories:\n"
        "      git+https://git.example/repo (requirements.txt line 6)\n"
        "  Can't verify hashes for these file:// requirements because they point to directories:\n"
        "      [DIR]/folder (requirements.txt line 4)\n"
        "  Hashes are required in --require-hashes mode, but they are missing from some requirements. Here:\n"
        "      pinned==1 (requirements.txt line 2)\n"
        "  In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:\n"
        "      free (requirements.txt line 3)\n"
        "hint: Add --hash=sha256:… to the lines, or leave out --require-hashes and all hashes (one turns checking on for everything).\n"
    )


def test_a_hash_of_a_constraint_counts_and_turns_checking_on(cli: CommandLine) -> None:
    cli.write("limits.txt", f"demo==1.0 --hash={RIGHT}\n")

    assert install(cli, "demo\n-c limits.txt\n", "--dry-run").code == 0
    assert "hashes-incomplete" in install(cli, "other\n-c limits.txt\n", "--dry-run").err


def test_checking_is_not_turned_on_where_that_is_said(cli: CommandLine) -> None:
    build_wheel("other", "1.0").write(cli.folder / "wheels")

    assert install(cli, f"demo==1.0 --hash={RIGHT}\nother\n", "--no-require-hashes").code == 0
    assert cli.installed == {"demo": "1.0", "other": "1.0"}


def test_requiring_and_not_requiring_hashes_exclude_each_other(cli: CommandLine) -> None:
    said = install(cli, "--require-hashes\ndemo\n", "--no-require-hashes")

    assert said.code == 2
    assert "--require-hashes and --no-require-hashes are mutually exclusive" in said.err
