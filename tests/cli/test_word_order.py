"""Where options may stand, and the general ones that every command has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.installed_files import put_distribution
from zephyr.cli.word_order import ordered

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("list -v", "list -v"),
        ("-v list", "list -v"),
        ("--timeout 5 list -o", "list -o --timeout 5"),
        ("--timeout=5 -q list", "list --timeout=5 -q"),
        ("--log list freeze", "freeze --log list"),
        ("pip list", "list"),
        ("-v pip --proxy x list", "list -v --proxy x"),
        ("index --pre versions demo", "index versions demo --pre"),
        ("-q cache --format abspath list d*", "cache list d* -q --format abspath"),
        ("-q uninstall -- -x", "uninstall -q -- -x"),
        ("install --timings demo", "install --timings= demo"),
        ("--timings=a.html install demo", "install demo --timings=a.html"),
        ("install -- --timings", "install -- --timings"),
        ("help", "--help"),
        ("help list", "list --help"),
        ("help index versions", "index versions --help"),
        ("-h", "--help"),
        ("cache --help", "cache --help"),
        ("-v instal", "instal -v"),
        ("", ""),
    ],
)
def test_commands_come_before_options(given: str, wanted: str) -> None:
    assert ordered(given.split()) == wanted.split()


def test_pip_may_be_said_before_a_command(cli: CommandLine) -> None:
    put_distribution(cli.site, "demo", "1.0")

    assert cli("pip", "freeze") == cli("freeze")
    assert cli("pip", "freeze").out == "demo==1.0\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("lst",), 1, "No such command 'lst'. Did you mean 'list'"),
        (
            ("list", "--outdatde"),
            2,
            "No such option: --outdatde (Possible options: --isolated, --outdated, --uptodate)",
        ),
        (("help", "lst"), 1, "No such command 'lst'. Did you mean 'list'"),
    ],
)
def test_a_slip_of_the_hand_gets_the_nearest_name(
    cli: CommandLine, words: tuple[str, ...], code: int, message: str
) -> None:
    result = cli(*words)

    assert result.code == code
    assert message in result.err


@pytest.mark.parametrize("command", ["list", "freeze", "check", "inspect", "debug"])
def test_every_command_takes_the_general_options_of_pip(cli: CommandLine, command: str) -> None:
    general = (
        "--isolated --no-input --disable-pip-version-check --no-color --debug --require-virtualenv "
        "--no-python-version-warning --no-proxy-env --use-feature x --use-deprecated y --exists-action i "
        "--keyring-provider auto --resume-retries 3 --proxy http://127.0.0.1:1 --retries 1 --timeout 5 "
        "--trusted-host h --cert c.pem --client-cert d.pem --cache-dir cache --no-cache-dir"
    )

    assert cli(*general.split(), command).code == 0
    assert cli(command, *general.split()).code == 0


def test_a_log_hears_everything(cli: CommandLine) -> None:
    put_distribution(cli.site, "demo", "1.0")
    cli("--log", "log.txt", "list")
    cli("uninstall", "-y", "nonesuch", "--log", "log.txt")
    text = (cli.folder / "log.txt").read_text(encoding="utf-8")

    assert [line.partition(" ")[2] for line in text.splitlines()] == [
        "Package Version",
        "------- -------",
        "demo    1.0",
        "warning: Skipping nonesuch as it is not installed.",
    ]
