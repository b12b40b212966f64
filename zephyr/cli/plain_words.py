"""Understands a command line without typer, where all of its words are known and plain.

typer takes longer to import than most commands take to run. So the table that is made of the typed functions
(`zephyr.cli.command_table`) is read here first. What is not in it, or means nothing, is no error here: it is
left to typer, which says what is wrong with it and has the help.
"""

from __future__ import annotations

from zephyr.cli.command_table import COMMANDS, GROUPS
from zephyr.cli.known_words import FLAGS, GIVEN, command_in, configured_values, declared, options_of
from zephyr.cli.option_groups import Given
from zephyr.cli.plain_values import NotPlain, converted
from zephyr.settings import variable_of

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from zephyr.cli.known_words import Option


class Call:
    """A command's function, by its place, and what it is to be called with."""

    __slots__ = ("arguments", "place")

    def __init__(self, place: str, arguments: dict[str, Any]) -> None:
        self.place = place
        self.arguments = arguments

    def run(self) -> None:
        """Run the command; raises whatever it raises."""
        declared(self.place)(**self.arguments)


def understood(
    words: Sequence[str], configured: Mapping[str, Any], environ: Mapping[str, str]
) -> Call | None:
    """Return what ``words`` ask for, None where that is left to typer.

    The words have the command first. ``configured`` are the options that settings give, by name; those of
    the command line and of ``ZEPHYR_*`` in ``environ`` are stronger.
    """
    name = command_in(words)

    if name is None:
        return None

    try:
        return _call(name, words[name.count(" ") + 1 :], configured, environ)
    except NotPlain:
        return None


def _call(name: str, words: Sequence[str], configured: Mapping[str, Any], environ: Mapping[str, str]) -> Call:
    place, groups, own, positions = COMMANDS[name]
    options = options_of(name)
    said, beside = _parsed(words, options)
    by_variables = _by_variables(options, environ)
    values: dict[str, Any] = {}

    for source in (configured_values(name, configured), by_variables, said):
        values.update(source)

    kinds = {field: kind for field, kind in options.values() if kind != "off"}
    values = {field: converted(value, kinds[field]) for field, value in values.items()}
    arguments = {field: values[field] for field, _ in own.values() if field in values}
    placed = _placed(beside, positions)
    arguments.update(placed)
    given = Given(frozenset(said) | frozenset(placed), frozenset(by_variables) - frozenset(said))

    for parameter, group in groups:
        if parameter == GIVEN:
            arguments[GIVEN] = given
        else:
            fields = {field for field, _ in GROUPS[group].values()}
            arguments[parameter] = declared(group)(
                **{field: values[field] for field in fields & values.keys()}
            )

    return Call(place, arguments)


def _parsed(words: Sequence[str], options: Mapping[str, Option]) -> tuple[dict[str, Any], list[str]]:
    """Return what the options among ``words`` say, by field, and the words beside them.

    Raises `NotPlain` for an option that there is not, and for one that lacks its value or has one too much.
    """
    values: dict[str, Any] = {}
    beside: list[str] = []
    rest = list(reversed(words))

    while rest:
        word = rest.pop()

        if word == "--":
            beside += reversed(rest)
            break

        if word == "-" or not word.startswith("-"):
            beside.append(word)
            continue

        for flag, attached in _flags_in(word, options):
            field, kind = _known(flag, options)

            if kind in FLAGS:
                value = kind == "flag" if kind != "count" else values.get(field, 0) + 1
            elif attached is None and not rest:
                raise NotPlain
            else:
                value = rest.pop() if attached is None else attached

            values[field] = [*values.get(field, ()), value] if kind == "texts" else value

    return values, beside


def _flags_in(word: str, options: Mapping[str, Option]) -> Iterator[tuple[str, str | None]]:
    """Yield the flags in a word, with the value attached to one: ``--name=value``, ``-vqrvalue``."""
    if word.startswith("--"):
        flag, equals, value = word.partition("=")

        if equals and _known(flag, options)[1] in FLAGS:
            raise NotPlain

        yield flag, value if equals else None
        return

    for place in range(1, len(word)):
        flag = f"-{word[place]}"

        if _known(flag, options)[1] not in FLAGS:
            yield flag, word[place + 1 :] or None
            return

        yield flag, None


def _known(flag: str, options: Mapping[str, Option]) -> Option:
    if flag not in options:
        raise NotPlain

    return options[flag]


def _by_variables(options: Mapping[str, Option], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return what variables say, by field; an empty one says nothing."""
    set_here = {name for name, value in environ.items() if value and name.startswith("ZEPHYR_")}
    values: dict[str, Any] = {}
    named: set[str] = set()

    for flag, (field, kind) in options.items() if set_here else ():
        if field not in named and flag.startswith("--"):
            named.add(field)

            if (variable := variable_of(flag)) in set_here:
                values[field] = environ[variable].split() if kind == "texts" else environ[variable]

    return values


def _placed(words: Sequence[str], positions: Sequence[tuple[str, str, bool]]) -> dict[str, Any]:
    """Return the words beside the options by the arguments that take them; raises `NotPlain` for a misfit."""
    if not positions:
        if words:
            raise NotPlain

        return {}

    ((name, kind, required),) = positions

    if not words and not required:
        return {}

    if kind == "texts" and words:
        return {name: list(words)}

    if len(words) != 1:
        raise NotPlain

    return {name: words[0]}
