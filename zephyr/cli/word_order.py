"""Puts a command line into the order that the parser wants: the command first, its options behind.

pip takes general options before its command (``pip --timeout 5 list``) and options of a command with actions
before the action (``pip config --user get``). ``zephyr pip COMMAND`` is ``zephyr COMMAND``, and ``zephyr help
COMMAND`` is ``zephyr COMMAND --help``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HELP = frozenset({"-h", "--help"})


def ordered(command: Any, arguments: Sequence[str]) -> list[str]:  # noqa: ANN401 - typer's own click
    """Return ``arguments`` with the names of the command and its action before all options.

    ``command`` is the whole command line, whose options tell which of them take the next word. Words that
    cannot be placed stay where they are, for the parser to refuse.
    """
    names: list[str] = []
    early: list[str] = []
    rest = list(arguments)

    while subcommands := _subcommands(command):
        options, rest = _leading_options(rest, _takes_value(command))

        if HELP & set(options):
            return [*names, "--help"]

        early += options

        if not names and rest[:1] == ["pip"] and "pip" not in subcommands:
            rest = rest[1:]
            continue

        if not names and rest[:1] == ["help"]:
            return [*(word for word in rest[1:] if word not in HELP), "--help"]

        if not rest or rest[0] not in subcommands:
            return [*names, *rest, *early] if rest else [*names, *early]

        command = subcommands[rest[0]]
        names.append(rest.pop(0))

    end = rest.index("--") if "--" in rest else len(rest)

    return [*names, *rest[:end], *early, *rest[end:]]


def _leading_options(words: Sequence[str], takes_value: frozenset[str]) -> tuple[list[str], list[str]]:
    """Split ``words`` where the first one stands that is neither an option nor the value of one."""
    place = 0

    while place < len(words) and words[place].startswith("-") and words[place] not in {"-", "--"}:
        place += 2 if words[place] in takes_value else 1

    return list(words[:place]), list(words[place:])


def known_parameters(command: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the options of ``command`` and of all below it by their long names, without dashes."""
    return {
        flag.lstrip("-"): parameter
        for parameter in _parameters(command)
        for flag in parameter.opts
        if flag.startswith("--")
    }


def _takes_value(command: Any) -> frozenset[str]:  # noqa: ANN401
    """Return the flags of all options below ``command`` that the next word is the value of."""
    return frozenset(
        flag
        for parameter in _parameters(command)
        if not getattr(parameter, "is_flag", True) and not parameter.count
        for flag in parameter.opts
        if flag.startswith("-")
    )


def _parameters(command: Any) -> Iterator[Any]:  # noqa: ANN401
    yield from command.params

    for subcommand in _subcommands(command).values():
        yield from _parameters(subcommand)


def _subcommands(command: Any) -> Mapping[str, Any]:  # noqa: ANN401
    return getattr(command, "commands", {})
