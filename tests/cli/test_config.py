"""``zephyr config``: pip's actions on Zephyr's settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def settings(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)

    cli.configure(PIP_CONFIG_FILE=os.devnull, ZEPHYR_CONFIG_FILE=str(cli.folder / "in" / "zephyr.toml"))

    return str(cli.folder / "in" / "zephyr.toml")


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_what_is_set_can_be_got_listed_and_unset(cli: CommandLine) -> None:
    written = said(out="Writing to [DIR]/in/zephyr.toml\n")

    assert cli("config", "set", "global.timeout", "7") == written
    assert cli("config", "set", "--user", "no-index", "yes") == written
    assert cli("config", "get", "global.timeout") == cli("config", "get", "timeout") == said(out="7\n")
    assert cli("config", "list") == said(out="global.no-index='True'\nglobal.timeout='7'\n")
    assert cli("config", "unset", "timeout") == written
    assert cli("config", "--user", "list") == said(out="global.no-index='True'\n")


def test_the_rest_of_the_file_stays_as_it_was(cli: CommandLine, settings: str) -> None:
    os.mkdir(os.path.dirname(settings))

    with open(settings, "w", encoding="utf-8") as file:
        file.write('# mine\nfind_links = [\n  "a",  # first\n]\ntimeout = 5\n\n[mirror]\n"x" = "y"\n')

    cli("config", "set", "find-links", "b c")
    cli("config", "set", "retries", "2")

    assert _text(settings) == (
        '# mine\nfind-links = ["b", "c"]\ntimeout = 5\n\nretries = "2"\n[mirror]\n"x" = "y"\n'
    )


def test_a_new_file_is_for_its_owner_alone_and_an_old_one_stays_as_it_is(
    cli: CommandLine, settings: str
) -> None:
    cli("config", "set", "timeout", "3")
    assert os.stat(settings).st_mode & 0o777 == 0o600

    os.chmod(settings, 0o640)
    os.rename(settings, f"{settings}.real")
    os.symlink(f"{settings}.real", settings)
    cli("config", "set", "timeout", "4")
    assert os.path.islink(settings)
    assert os.stat(settings).st_mode & 0o777 == 0o640


def test_what_is_set_is_obeyed(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("config", "set", "no-index", "true")

    assert cli("index", "versions", "demo").code == 1
    assert cli("index", "versions", "demo", "--isolated").code == 0


def test_files_of_pip_are_read_and_not_written(cli: CommandLine) -> None:
    cli.write("pip.conf", "[global]\ntimeout = 3\n")
    cli.configure(PIP_CONFIG_FILE="pip.conf", PIP_RETRIES="4")

    assert "global.retries='4'\nglobal.timeout='3'\n" in cli("config", "list").out
    assert "timeout" not in cli("config", "--user", "list").out
    assert "env:\n  pip.conf, exists: True\n    global.timeout: 3\n" in cli("config", "debug").out
    assert cli("config", "--site", "set", "timeout", "1").code == 1


def test_an_option_that_no_command_has(cli: CommandLine) -> None:
    assert cli("config", "set", "global.time-out", "3") == failed(
        """
        error[settings-unknown]: [DIR]/in/zephyr.toml: there is no option named time-out
        hint: Is timeout meant?
        """,
        code=2,
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Need an action (debug, edit, get, list, set, unset) to perform"),
        (("frobnicate",), "Need an action (debug, edit, get, list, set, unset) to perform"),
        (("get",), 'Got unexpected number of arguments, expected 1. (example: "zephyr config get [name]")'),
        (("get", "global.timeout"), "No such key - global.timeout"),
        (("unset", "timeout"), "No such key - global.timeout"),
        (("set", "install.timeout", "3"), "install.timeout is an option of install alone"),
        (("--user", "--site", "get", "x"), "Need exactly one file to operate upon"),
        (("edit",), "Could not determine editor to use"),
    ],
)
def test_what_cannot_be_done(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    result = cli("config", *words, raw=True)

    assert (result.code, result.out) == (1, "")
    assert message in result.err


def test_a_broken_file_can_be_edited(cli: CommandLine, settings: str) -> None:
    os.mkdir(os.path.dirname(settings))

    with open(settings, "w", encoding="utf-8") as file:
        file.write("= broken")

    assert cli("list").code == 2
    assert cli("config", "set", "timeout", "3").code == 2
    assert cli("config", "edit", "--editor", "cp /dev/null").code == 0
    assert _text(settings) == ""
