"""Puts a command line into the order that the parser wants: the command first, its options behind.

pip takes general options before its command (``pip --timeout 5 list``) and options of a command with actions
before the action (``pip config --user get``). ``zephyr pip COMMAND`` is ``zephyr COMMAND``, and ``zephyr help
COMMAND`` is ``zephyr COMMAND --help``.
"""

from __future__ import annotations

from zephyr.cli.known_words import FLAGS, commands_below, options_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

HELP = frozenset({"-h", "--help"})

OPTIONAL_VALUE = frozenset({"--timings"})
"""Options that take a value only with ``=``: the next word is never theirs."""


def ordered(arguments: Sequence[str]) -> list[str]:
    """Return ``arguments`` with the names of the command and its action before all options.

    Words that cannot be placed stay where they are, for the parser to refuse.
    """
    names: list[str] = []
    early: list[str] = []
    rest = _with_empty_values(arguments)

    while commands := commands_below(names):
        options, rest = _leading_options(rest, commands)

        if HELP & set(options):
            return [*names, "--help"]

        early += options

        if not names and rest[:1] == ["pip"]:
            rest = rest[1:]
            continue

        if not names and rest[:1] == ["help"]:
            return [*(word for word in rest[1:] if word not in HELP), "--help"]

        if not rest or rest[0] not in _next_names(commands, len(names)):
            return [*names, *rest, *early] if rest else [*names, *early]

        names.append(rest.pop(0))

    end = rest.index("--") if "--" in rest else len(rest)

    return [*names, *rest[:end], *early, *rest[end:]]


def _next_names(commands: Iterable[str], place: int) -> frozenset[str]:
    return frozenset(command.split(" ")[place] for command in commands)


def _with_empty_values(words: Sequence[str]) -> list[str]:
    """Give the options whose value may be left out an empty one, for a parser that knows of no such thing."""
    end = words.index("--") if "--" in words else len(words)

    return [*(f"{word}=" if word in OPTIONAL_VALUE else word for word in words[:end]), *words[end:]]


def _takes_value(word: str, flags: Iterable[str], with_value: Collection[str]) -> bool:
    """Tell whether the next word is the value of this one, which may be cut short (`abbreviations`)."""
    meant = [flag for flag in flags if flag.startswith(word)] if word.startswith("--") else []

    return word in with_value or (bool(meant) and all(flag in with_value for flag in meant))


def _leading_options(words: Sequence[str], commands: Iterable[str]) -> tuple[list[str], list[str]]:
    """Split ``words`` where the first one stands that is neither an option of ``commands`` nor its value."""
    if not (words and words[0].startswith("-")):
        return [], list(words)

    place = 0
    kinds = [(flag, kind) for command in commands for flag, (_, kind) in options_of(command).items()]
    flags = {flag for flag, _ in kinds}
    with_value = {flag for flag, kind in kinds if kind not in FLAGS}

    while place < len(words) and words[place].startswith("-") and words[place] not in {"-", "--"}:
        place += 2 if _takes_value(words[place], flags, with_value) else 1

    return list(words[:place]), list(words[place:])
