"""The quick road of the command line: what it understands, typer understands in the same way."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import pytest
import typer.main
from hypothesis import given, settings
from hypothesis import strategies as st

from zephyr.cli import typed_commands
from zephyr.cli.command_table import COMMANDS
from zephyr.cli.known_words import FLAGS, declared, options_of
from zephyr.cli.plain_words import understood
from zephyr.cli.word_order import ordered
from zephyr.settings import variable_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

NAMES = sorted(COMMANDS)
TEXTS = st.sampled_from(["name", "a b", "", "x=y", "ümlaut", "-", "1"])
ODD_WORDS = st.sampled_from(
    [
        "--",
        "-",
        "",
        "--nonesuch",
        "--help",
        "-h",
        "-vq",
        "-vx",
        "-v=1",
        "--verbose=1",
        "--timeout",
        "name",
        "-x",
    ]
)
ODD_TEXTS = st.sampled_from(
    [
        "",
        " ",
        "1",
        "0",
        "yes",
        "NO",
        "perhaps",
        "1.5",
        "1.",
        ".5",
        "-1",
        "1e3",
        " 1",
        "1_0",
        "00",
        "٣",
        "inf",
        "a b",
    ]
)
ODD_VALUES: list[Any] = [True, False, 0, 1, 2, -1, 1.5, -0.5, None, [], ["a"], [1], {}]
ODD_SETTINGS: st.SearchStrategy[Any] = ODD_TEXTS | st.sampled_from(ODD_VALUES)

Kind = str | tuple[str, ...]


def plain_value(kind: Kind) -> st.SearchStrategy[str]:
    """Return values for the command line that an option of this kind takes without doubt."""
    if isinstance(kind, tuple):
        return st.sampled_from(kind)

    return {"integer": st.sampled_from(["0", "7", "07"]), "number": st.sampled_from(["0", "5", "2.50"])}.get(
        kind, TEXTS
    )


@st.composite
def plain_options(draw: st.DrawFn, command: str) -> list[str]:
    """Draw words that are options of a command, written in every way there is."""
    flag, (_, kind) = draw(st.sampled_from(sorted(options_of(command).items())))

    if kind in FLAGS:
        return [flag]

    value = draw(plain_value(kind))

    if flag.startswith("--"):
        return draw(st.sampled_from([[flag, value], [f"{flag}={value}"]]))

    return (
        [flag, value]
        if not value
        else draw(st.sampled_from([[flag, value], [flag + value], ["-v" + flag[1:], value]]))
    )


@st.composite
def plain_lines(draw: st.DrawFn) -> list[str]:
    """Draw the words of a command that is right in all its words."""
    command = draw(st.sampled_from(NAMES))
    options = draw(st.lists(plain_options(command), max_size=6))
    _, _, _, positions = COMMANDS[command]
    beside: list[str] = []

    for _, kind, required in positions:
        least, most = (1 if required else 0), (3 if kind == "texts" else 1)
        beside += draw(st.lists(TEXTS, min_size=least, max_size=most))

    pieces = draw(st.permutations([*options, *([word] for word in beside)]))

    return [*command.split(" "), *(word for piece in pieces for word in piece)]


@st.composite
def any_lines(draw: st.DrawFn) -> list[str]:
    """Draw words that may mean something or not."""
    words = draw(plain_lines())

    for word in draw(st.lists(ODD_WORDS, max_size=2)):
        words.insert(draw(st.integers(0, len(words))), word)

    return words[: draw(st.integers(0, len(words)))] if draw(st.booleans()) else words


def long_names(command: str) -> list[str]:
    """Return the first long name of each of a command's options."""
    names: dict[str, str] = {}

    for flag, (field, _) in options_of(command).items():
        if flag.startswith("--"):
            names.setdefault(field, flag)

    return sorted(names.values())


def command_in(words: Sequence[str]) -> str | None:
    return next((name for name in NAMES if words[: name.count(" ") + 1] == name.split(" ")), None)


class Recorder:
    """Typer's road, at the end of which calls are written down instead of made."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def __call__(self, place: str) -> Callable[..., None]:
        command = declared(place)

        @functools.wraps(command)
        def record(**arguments: Any) -> None:
            self.calls.append(arguments)

        return record

    @functools.cache  # noqa: B019 - one recorder for all examples
    def road(self, first: str) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(typed_commands, "declared", self)

            return typer.main.get_command(typed_commands.build(first))

    def called(self, words: Sequence[str], options: Mapping[str, Any]) -> dict[str, Any]:
        """Return what typer calls the command with; raises whatever typer raises."""
        assert typed_commands.run_with(self.road(words[0]), words, options) == 0

        return self.calls.pop()


RECORDER = Recorder()


def with_defaults(command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    function = declared(COMMANDS[command][0])
    bound = inspect.signature(function).bind(**arguments)
    bound.apply_defaults()

    return dict(bound.arguments)


@given(plain_lines())
@settings(max_examples=150, deadline=None)
def test_a_line_whose_words_are_all_right_needs_no_typer(words: list[str]) -> None:
    assert understood(ordered(words), {}, {}) is not None


@given(any_lines(), st.data())
@settings(max_examples=300, deadline=None)
def test_both_roads_call_a_command_with_the_same_values(line: list[str], data: st.DataObject) -> None:
    words = ordered(line)
    command = command_in(words)

    if command is None:
        assert understood(words, {}, {}) is None
        return

    names = st.sampled_from(long_names(command))
    variables = data.draw(st.dictionaries(names.map(variable_of), ODD_TEXTS, max_size=3), "variables")
    configured = data.draw(
        st.dictionaries(names.map(lambda name: name[2:]), ODD_SETTINGS, max_size=3), "settings"
    )
    call = understood(words, configured, variables)

    if call is None:
        return

    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)

        assert with_defaults(command, call.arguments) == RECORDER.called(words, configured)
