"""Lets a command take its options in groups: frozen dataclasses whose fields are options.

    @dataclass(frozen=True)
    class CacheOptions:
        no_cache: Annotated[bool, option("--no-cache", help="...")] = False

    @takes_option_groups
    def size(cache: CacheOptions) -> None: ...

Every option is written once, with its type, and a command's signature says which groups it takes.
"""

from __future__ import annotations

import dataclasses
import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, get_type_hints

import typer

from zephyr.settings import variable_of

if TYPE_CHECKING:
    from collections.abc import Callable


def option(*names: str, help: str, **settings: Any) -> Any:  # noqa: A002, ANN401 - typer's own words and types
    """Declare an option that can also be given as ``ZEPHYR_<FIRST LONG NAME>``.

    A flag ``--yes/--no`` reads the variable of its first half.
    """
    long_name = next(name for name in names if name.startswith("--")).partition("/")[0]

    # Configured values count as defaults, and may hold credentials: help shows none.
    return typer.Option(
        *names, help=help, envvar=variable_of(long_name), show_envvar=False, show_default=False, **settings
    )


def takes_option_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Give typer a signature in which each group is replaced by its fields."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)}
    parameters = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=parameter.default, annotation=hints[name]
        )
        for name, parameter in inspect.signature(command).parameters.items()
        if name not in groups
    ]

    for group in groups.values():
        parameters += _parameters_of(group)

    @wraps(command)
    def collect(**values: Any) -> None:  # noqa: ANN401
        arguments: dict[str, Any] = {
            name: group(**{field.name: values.pop(field.name) for field in dataclasses.fields(group)})
            for name, group in groups.items()
        }
        command(**values, **arguments)

    collect.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    collect.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}

    return collect


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """The fields of a command's options that were given, and not only by a settings file."""

    command_line: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    """By ``ZEPHYR_*`` variables."""

    def __contains__(self, field: str) -> bool:
        return field in self.command_line or field in self.variables


def given_options(context: typer.Context) -> Given:
    """Return which options of the running command were given."""
    sources = {name: context.get_parameter_source(name) for name in context.params}

    def given_by(wanted: str) -> frozenset[str]:
        return frozenset(name for name, by in sources.items() if by is not None and by.name == wanted)

    return Given(given_by("COMMANDLINE"), given_by("ENVIRONMENT"))


def _parameters_of(group: Any) -> list[inspect.Parameter]:  # noqa: ANN401 - a dataclass type
    hints = get_type_hints(group, include_extras=True)

    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in dataclasses.fields(group)
    ]
