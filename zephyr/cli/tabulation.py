"""Makes the table of the command line, `zephyr.cli.command_table`, of the typed command functions.

    python -m zephyr.cli.tabulation

writes it anew; a test fails where it is not what the functions say. ``GROUPS`` has the options of each group,
``COMMANDS`` of each command the place of its function, its groups by parameter, its own options, and its
arguments (name, kind, whether one has to be given). Options are laid out by flag, as field and kind:

- ``text``, ``integer`` and ``number`` take one value; a tuple of texts is the choice among them
- ``texts`` takes a value each time it is given
- ``flag`` is true where it is given, ``off`` is its opposite, ``count`` is how often it is given
"""

from __future__ import annotations

import os
from inspect import Parameter, signature
from pprint import pformat
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from typer.models import OptionInfo

from zephyr.cli.known_words import declared
from zephyr.cli.option_groups import Given
from zephyr.cli.typed_commands import COMMANDS, is_group, options_in, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KINDS: dict[Any, str] = {str: "text", list[str]: "texts", bool: "flag", int: "integer", float: "number"}

FORM = '''"""The command line as data: made by `zephyr.cli.tabulation` of the typed functions, not by hand."""

from __future__ import annotations

# fmt: off
GROUPS: dict[str, dict[str, tuple[str, str | tuple[str, ...]]]] = \\
{groups}

COMMANDS: dict[
    str,
    tuple[
        str,
        tuple[tuple[str, str], ...],
        dict[str, tuple[str, str | tuple[str, ...]]],
        tuple[tuple[str, str, bool], ...],
    ],
] = \\
{commands}
'''


def table() -> str:
    """Return the text of the module."""
    commands = {name: row_of(place) for name, place in COMMANDS.items()}
    used = {place for _, groups, _, _ in commands.values() for _, place in groups}
    kinds = {place: declared(place) for place in sorted(used)}
    groups = {place: flags_of(options_in(kind)) if is_group(kind) else {} for place, kind in kinds.items()}

    return FORM.format(groups=_shown(groups), commands=_shown(commands))


def row_of(place: str) -> tuple[Any, ...]:
    """Return what the table says of the command whose function is at ``place``."""
    command: Callable[..., None] = declared(place)
    hints = parameters_of(command)
    defaults = {name: parameter.default for name, parameter in signature(command).parameters.items()}
    groups = {name: place_of(hint) for name, hint in hints.items() if is_group(hint) or hint is Given}
    own = {name: hint for name, hint in hints.items() if name not in groups}
    options = {name: hint for name, hint in own.items() if isinstance(hint.__metadata__[0], OptionInfo)}
    arguments = [name for name in own if name not in options]

    return (
        place,
        tuple(groups.items()),
        flags_of(options),
        tuple((name, kind_of(own[name]), defaults[name] is Parameter.empty) for name in arguments),
    )


def place_of(kind: type[Any]) -> str:
    """Return where in `zephyr.cli` a class is."""
    return f"{kind.__module__.removeprefix('zephyr.cli.')}.{kind.__name__}"


def flags_of(options: Mapping[str, Any]) -> dict[str, tuple[str, str | tuple[str, ...]]]:
    """Return field and kind of annotated options, by flag."""
    flags: dict[str, tuple[str, str | tuple[str, ...]]] = {}

    for field, hint in options.items():
        info: OptionInfo = hint.__metadata__[0]
        kind = "count" if info.count else kind_of(hint)

        # In an annotation typer takes the first name for the default, until it reads the function.
        for names in (info.default, *(info.param_decls or ())):
            on, _, off = str(names).partition("/")
            flags[on] = field, kind

            if off:
                flags[off] = field, "off"

    return flags


def kind_of(hint: Any) -> str | tuple[str, ...]:  # noqa: ANN401 - an annotation
    """Return what kind of value an annotated parameter takes."""
    kind = hint.__origin__

    if get_origin(kind) in {Union, UnionType}:
        (kind,) = (one for one in get_args(kind) if one is not NoneType)

    return get_args(kind) if get_origin(kind) is Literal else KINDS[kind]


def _shown(value: object) -> str:
    return pformat(value, width=108, sort_dicts=False)


def main() -> None:
    """Write the table."""
    text = table()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "command_table.py")

    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
