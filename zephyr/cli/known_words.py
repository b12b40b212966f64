"""What the table of the command line says: which commands there are, and which options each of them has."""

from __future__ import annotations

from zephyr.cli.command_table import COMMANDS, GROUPS

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    Option = tuple[str, "str | tuple[str, ...]"]
    """Of a flag its field, and what kind it is: see `zephyr.cli.tabulation`."""

FLAGS = frozenset({"flag", "off", "count"})
"""The kinds of options that take no value."""

GIVEN = "given"
"""The parameter of a command that is told which of its options were given."""


def declared(place: str) -> Any:  # noqa: ANN401 - a function or a class
    """Return what is at a place in `zephyr.cli`: ``options.CacheOptions``."""
    module, _, name = place.partition(".")

    return getattr(__import__(f"zephyr.cli.{module}", fromlist=[name]), name)


def commands_below(names: Iterable[str]) -> list[str]:
    """Return the names of the commands that begin with ``names``, all of them for none."""
    beginning = "".join(f"{name} " for name in names)

    return [name for name in COMMANDS if name.startswith(beginning)]


def command_in(words: Sequence[str]) -> str | None:
    """Return the command that a command line begins with, None where it begins with none."""
    name = " ".join(words[:1]) if words[:1] and words[0] in COMMANDS else " ".join(words[:2])

    return name if name in COMMANDS else None


def options_of(command: str) -> dict[str, Option]:
    """Return the options of a command, by flag; of one field the first flag with two dashes is its name."""
    _, groups, options, _ = COMMANDS[command]
    known: dict[str, Option] = dict(options)

    for _, group in groups:
        known.update(GROUPS[group])

    return known


def known_options() -> dict[str, str | tuple[str, ...]]:
    """Return the kinds of all options of all commands, by their long names without dashes."""
    return {
        flag[2:]: kind
        for command in COMMANDS
        for flag, (_, kind) in options_of(command).items()
        if flag.startswith("--") and kind != "off"
    }


def option_names() -> frozenset[str]:
    """Return the names in `known_options`, without working out the rest."""
    tables = (*GROUPS.values(), *(own for _, _, own, _ in COMMANDS.values()))

    return frozenset(
        flag[2:]
        for options in tables
        for flag, (_, kind) in options.items()
        if flag.startswith("--") and kind != "off"
    )


def configured_values(command: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what configured options say to a command, by field.

    ``options`` are by name; with the command's own name before it (``install.user``) for that one alone.
    """
    values: dict[str, Any] = {}
    own = command.rpartition(" ")[2]

    for flag, (field, kind) in options_of(command).items() if options else ():
        for name in (flag.lstrip("-"), f"{own}.{flag.lstrip('-')}"):
            if kind != "off" and name in options:
                value = options[name]
                values[field] = value.split() if kind == "texts" and isinstance(value, str) else value

    return values
