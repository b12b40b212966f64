"""Long options that are cut short, as pip takes them: ``--form=json`` for ``--format=json``."""

from __future__ import annotations

from zephyr.cli.known_words import FLAGS, command_in, options_of
from zephyr.errors import UsageError

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.cli.known_words import Option


def spelled_out(words: Sequence[str]) -> list[str]:
    """Return a command line, its command first, with every option that has one meaning in full.

    What means nothing stays as it is, for the parser to refuse. Raises `UsageError` for what has several.
    """
    command = command_in(words)

    if command is None:
        return list(words)

    options = options_of(command)
    whole: list[str] = []
    is_value = False

    for place, word in enumerate(words):
        if word == "--" and not is_value:
            return [*whole, *words[place:]]

        full = _in_full(word, options) if word.startswith("--") and not is_value else word
        whole.append(full)
        is_value = not is_value and _wants_value(full, options)

    return whole


def _in_full(word: str, options: Mapping[str, Option]) -> str:
    flag, equals, value = word.partition("=")
    meant = [known for known in options if known.startswith(flag)]

    if flag in options or not meant:
        return word

    # Several names of one option are no reason to doubt.
    if len({options[known] for known in meant}) > 1:
        raise UsageError(
            f"ambiguous option: {flag} ({', '.join(sorted(meant))}?)",
            hint="Write the one that is meant in full.",
        )

    return f"{meant[0]}{equals}{value}"


def _wants_value(word: str, options: Mapping[str, Option]) -> bool:
    """Tell whether the next word belongs to this one: ``--index-url``, ``-i``, ``-qi``."""
    if word.startswith("--"):
        return word in options and options[word][1] not in FLAGS

    for place in range(1, len(word) if word.startswith("-") else 0):
        flag = f"-{word[place]}"

        if flag not in options:
            return False

        if options[flag][1] not in FLAGS:
            return place == len(word) - 1

    return False
