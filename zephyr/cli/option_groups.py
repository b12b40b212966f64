"""How commands are declared: typed functions, whose options are written once and may come in groups.

    class CacheOptions(OptionGroup):
        no_cache: Annotated[bool, option("--no-cache", help="...")] = False

    @command
    def size(cache: CacheOptions, json: Annotated[bool, option("--json", help="...")] = False) -> None: ...

A signature says which groups a command takes. Annotations are read only to make help and errors
(`zephyr.cli.typed_commands`) and the table of the quick road (`zephyr.cli.tabulation`); a command that is
run by that road pays for none of them.
"""

from __future__ import annotations

from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, TypeVar

    Command = TypeVar("Command", bound=Callable[..., None])


@dataclass(frozen=True)
class OptionGroup:
    """Options that several commands take: attributes with a type, what declares them, and a default."""


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of a command's options that were given, and not only by a settings file.

    A command that has a parameter of this type is told.
    """

    command_line: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    """By ``ZEPHYR_*`` variables."""

    def __contains__(self, field: str) -> bool:
        return field in self.command_line or field in self.variables


def command(function: Command) -> Command:
    """Mark a function as a command (linters are told that its annotations are read)."""
    return function


def option(
    *names: str,
    help: str,  # noqa: A002 - typer's own word
    metavar: str | None = None,
    count: bool = False,
    hidden: bool = False,
    min: Literal[0] | None = None,  # noqa: A002
) -> Any:  # noqa: ANN401
    """Declare an option that can also be given as ``ZEPHYR_<FIRST LONG NAME>``.

    A flag ``--yes/--no`` reads the variable of its first half.
    """
    import typer

    from zephyr.settings import variable_of

    long_name = next(name for name in names if name.startswith("--")).partition("/")[0]

    return typer.Option(
        *names,
        help=help,
        metavar=metavar,
        count=count,
        hidden=hidden,
        min=min,
        envvar=variable_of(long_name),
        show_envvar=False,
        show_default=False,  # configured values count as defaults, and may hold credentials
    )


def argument(*, help: str, metavar: str | None = None) -> Any:  # noqa: A002, ANN401
    """Declare what a command takes beside its options."""
    import typer

    return typer.Argument(help=help, metavar=metavar)
