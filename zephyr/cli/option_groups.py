"""How commands are declared: typed functions, whose options are written once and may come in groups.

    class CacheOptions(OptionGroup):
        no_cache: Annotated[bool, option("--no-cache", help="...")] = False

    @command
    def size(cache: CacheOptions, json: Annotated[bool, option("--json", help="...")] = False) -> None: ...

A signature says which groups a command takes. Annotations are read only to make help and errors
(`zephyr.cli.typed_commands`) and the table of the quick road (`zephyr.cli.tabulation`); a command that is
run by that road pays for none of them, and this module imports nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, Self, TypeVar, dataclass_transform

    Command = TypeVar("Command", bound=Callable[..., None])
else:

    def dataclass_transform(**_):  # noqa: ANN003, ANN201
        """Stand in for `typing.dataclass_transform`, which is for type checkers."""
        return lambda decorated: decorated


@dataclass_transform(kw_only_default=True, frozen_default=True)
class OptionGroup:
    """Options that several commands take: attributes with a type, what declares them, and a default.

    Values that are not given are the class's own. To be read only.
    """

    def __init__(self, **given: Any) -> None:  # noqa: ANN401
        vars(self).update(given)

    def but(self, **changes: Any) -> Self:  # noqa: ANN401
        """Return the same options with other values for some."""
        return type(self)(**{**vars(self), **changes})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and _values_of(self) == _values_of(other)

    def __hash__(self) -> int:
        raise TypeError("lists of options have no hash")

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in _values_of(self).items())

        return f"{type(self).__name__}({values})"


def _values_of(group: OptionGroup) -> dict[str, Any]:
    kinds = reversed(type(group).__mro__)

    return {name: getattr(group, name) for kind in kinds for name in vars(kind).get("__annotations__", ())}


class Given:
    """The fields of a command's options that were given, and not only by a settings file.

    A command that has a parameter of this type is told.
    """

    __slots__ = ("command_line", "variables")

    def __init__(
        self, command_line: frozenset[str] = frozenset(), variables: frozenset[str] = frozenset()
    ) -> None:
        self.command_line = command_line
        self.variables = variables
        """By ``ZEPHYR_*`` variables."""

    def __contains__(self, field: str) -> bool:
        return field in self.command_line or field in self.variables

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and (self.command_line, self.variables) == (
            other.command_line,
            other.variables,
        )

    def __hash__(self) -> int:
        return hash((self.command_line, self.variables))


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
