"""Help, and the ways in which every option can be given."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from tests.support.command_line import failed, said
from zephyr import __version__
from zephyr.cli.typed_commands import build
from zephyr.settings import variable_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.command_line import CommandLine


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    subcommands = getattr(command, "commands", {})

    if not subcommands:
        yield path, command

    for name, subcommand in subcommands.items():
        yield from _commands(subcommand, (*path, name))


COMMANDS = dict(_commands(typer.main.get_command(build())))
VALUES = (
    "1",
    "abspath",
    "allow",
    "copy",
    "disabled",
    "eager",
    "error",
    "ignore",
    "json",
    "lowest",
    "off",
    "pylock.toml",
    "sha512",
    "unsafe-best-match",
)
"""One of them suits every option."""

OPTIONS = [
    pytest.param(path, option, id=f"{' '.join(path)} {option.opts[0]}")
    for path, command in COMMANDS.items()
    for option in command.params
    if option.opts[0].startswith("-") and option.name != "help"
]


def test_the_commands_are_those_that_are_known() -> None:
    assert [" ".join(path) for path in COMMANDS] == [
        "install",
        "download",
        "wheel",
        "uninstall",
        "lock",
        "sync",
        "tree",
        "export",
        "list",
        "freeze",
        "show",
        "check",
        "inspect",
        "hash",
        "config",
        "debug",
        "venv create",
        "index versions",
        "cache info",
        "cache list",
        "cache remove",
        "cache purge",
        "cache dir",
        "cache size",
        "cache verify",
        "cache clean",
        "cache prune",
    ]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_shows_every_option_whole(cli: CommandLine, path: tuple[str, ...]) -> None:
    result = cli(*path, "--help", raw=True)
    words = result.out.replace(",", " ").split()

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: zephyr {' '.join(path)} ")
    assert "..." not in result.out.split("Options:")[1]

    for option in COMMANDS[path].params:
        if option.opts[0].startswith("-") and not option.hidden:
            flags = {*option.opts, *option.secondary_opts}
            assert flags <= {part for word in words for part in word.split("/")}
            assert option.help


def test_without_a_command_there_is_help(cli: CommandLine) -> None:
    asked = cli("-h")

    assert asked.code == 0
    assert cli() == asked
    assert "..." not in asked.out.split("Commands:")[1]


@pytest.mark.parametrize("family", ["venv", "cache"])
def test_a_family_of_commands_needs_one_of_them(cli: CommandLine, family: str) -> None:
    asked, alone = cli(family, "-h"), cli(family)

    assert (asked.code, alone.code, alone.err) == (0, 1, asked.out)


def test_the_overview_is_whole(cli: CommandLine) -> None:
    assert cli("--help") == said(
        out="""
        Usage: zephyr [OPTIONS] COMMAND [ARGS]...

          Install Python packages, fast and all or nothing.

        Options:
          -h, --help  Show this message and exit.

        Commands:
          install    Install packages with everything they need, all or nothing.
          download   Download packages with everything they need.
          wheel      Gather the wheels of packages, built where needed.
          uninstall  Remove packages, all or nothing.
          lock       Write a lock for every platform and Python.
          sync       Make the environment equal to the lock.
          tree       Show what needs what in the project's lock.
          export     Write the project's lock for one environment alone.
          list       List what is installed.
          freeze     Print what is installed as requirements.
          show       Show what is known of installed packages.
          check      Check that what is installed fits together.
          inspect    Print all that is known of what is installed, as JSON.
          hash       Print the hashes of archives, for --hash in requirements files.
          config     Show and change settings.
          debug      Print what a report of a problem needs.
          venv       Make virtual environments.
          index      Ask indexes what they offer.
          cache      Look after the cache.

          Every option can also be set as ZEPHYR_<OPTION>: --index-url is
          ZEPHYR_INDEX_URL.
        """,
    )


def test_the_version(cli: CommandLine) -> None:
    assert cli("--version") == cli("-V") == said(out=f"zephyr {__version__}\n")


@pytest.mark.parametrize(("path", "option"), OPTIONS)
def test_every_option_can_be_set_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], option: Any
) -> None:
    default = _parsed(path, [])[option.name]
    variable = variable_of(next(flag for flag in option.opts if flag.startswith("--")))
    tried: list[tuple[Any, Any]] = []

    for value in VALUES:
        words = [option.opts[0]] if option.is_flag or option.count else [option.opts[0], value]

        with contextlib.suppress(Exception):
            by_flag = _parsed(path, words)[option.name]
            monkeypatch.setenv(variable, value)
            tried.append((by_flag, _parsed(path, [])[option.name]))

    assert [one for one in tried if one[0] == one[1] != default]


def _parsed(path: tuple[str, ...], words: list[str]) -> dict[str, Any]:
    arguments = ["name"] if path[-1] in {"versions", "remove"} else []

    return dict(COMMANDS[path].make_context("zephyr", [*words, *arguments]).params)


def test_several_values_of_a_variable_are_separated_by_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEPHYR_FIND_LINKS", "one two")

    assert _parsed(("install",), [])["find_links"] == ["one", "two"]


def test_an_unknown_option_names_the_nearest(cli: CommandLine) -> None:
    assert cli("install", "--upgrate", "demo") == failed(
        """
        error[usage]: No such option: --upgrate (Possible options: --pre, --upgrade, --upgrade-strategy)
        hint: `zephyr install --help` lists what there is.
        """,
        code=2,
    )


def test_an_unknown_command_names_the_nearest(cli: CommandLine) -> None:
    assert cli("instal", "demo") == failed(
        """
        error[usage]: No such command 'instal'. Did you mean 'install', 'uninstall', 'inspect'?
        hint: `zephyr --help` lists what there is.
        """,
        code=1,
    )


def test_a_value_that_is_none_of_the_choices(cli: CommandLine) -> None:
    assert cli("install", "--link-mode", "magic", "demo") == failed(
        """
        error[usage]: Invalid value for '--link-mode': Value error, 'magic' is not one of 'clone', 'hardlink', 'copy'
        hint: `zephyr install --help` lists what there is.
        """,
        code=2,
    )
    assert cli("install", "--retries", "many", "demo") == failed(
        """
        error[usage]: Invalid value for '--retries': Input should be a valid integer, unable to parse string as an integer
        hint: `zephyr install --help` lists what there is.
        """,
        code=2,
    )


def test_a_variable_with_a_value_that_means_nothing(cli: CommandLine) -> None:
    cli.configure(ZEPHYR_OFFLINE="perhaps")

    assert cli("install", "demo") == failed(
        """
        error[usage]: Invalid value for '--offline': Input should be a valid boolean, unable to interpret input
        hint: `zephyr install --help` lists what there is.
        """,
        code=2,
    )


def test_an_option_without_its_value(cli: CommandLine) -> None:
    assert cli("install", "demo", "-r") == failed(
        """
        error[usage]: Option '-r' requires an argument
        hint: `zephyr --help` lists what there is.
        """,
        code=2,
    )
