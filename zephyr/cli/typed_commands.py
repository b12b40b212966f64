"""The command line as typer has it, made of the typed command functions: its help, its errors, every word.

What `zephyr.cli.plain_words` understands is run without this; the table which that reads is made of this.
"""

from __future__ import annotations

import inspect
import typing
from functools import wraps
from typing import TYPE_CHECKING, Any, get_type_hints

import typer
import typer.main

from zephyr.cli.known_words import GIVEN, configured_values, declared
from zephyr.cli.option_groups import Given, OptionGroup
from zephyr.dataclass import fields
from zephyr.memo.trace import nothing_to_do

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FAMILIES = {
    "venv": "Make virtual environments.",
    "index": "Ask indexes what they offer.",
    "cache": "Look after the cache.",
}
"""The first words of commands of two words, and what their help says."""

COMMANDS = {
    "install": "install.install",
    "download": "download.download",
    "wheel": "wheel.wheel",
    "uninstall": "uninstall.uninstall",
    "lock": "lock.lock",
    "sync": "sync.sync",
    "tree": "tree.tree",
    "export": "export.export",
    "list": "list.list_distributions",
    "freeze": "freeze.freeze",
    "show": "show.show",
    "check": "check.check",
    "inspect": "inspect.inspect",
    "hash": "hash.hash_files",
    "config": "config.config",
    "debug": "debug.debug",
    "venv create": "venv.create",
    "index versions": "index.versions",
    "cache info": "cache_wheels.info",
    "cache list": "cache_wheels.list_wheels",
    "cache remove": "cache_wheels.remove",
    "cache purge": "cache_wheels.purge",
    "cache dir": "cache.folder",
    "cache size": "cache.size",
    "cache verify": "cache.verify",
    "cache clean": "cache.clean",
    "cache prune": "cache.prune",
}
"""Every command, in the order of the help, and the place of its function in `zephyr.cli`."""

STYLE: Mapping[str, Any] = {"rich_markup_mode": None, "no_args_is_help": True}


def run_typed(words: Sequence[str], options: Mapping[str, Any]) -> int:
    """Run a command line whose names come first, with what settings say; return the exit code."""
    return run_with(typer.main.get_command(build(*words[:1])), words, options)


def run_with(command: Any, words: Sequence[str], options: Mapping[str, Any]) -> int:  # noqa: ANN401
    """Do as `run_typed` with typer's ``command``.

    Not by typer's own ``main``, which makes an interrupt a silent end.
    """
    arguments = {"default_map": _default_map(options), "max_content_width": 110}

    try:
        with command.make_context("zephyr", list(words), **arguments) as context:
            command.invoke(context)
    except typer.Exit as end:  # by help, which is the same for as long as Zephyr is
        nothing_to_do()
        return end.exit_code

    return 0


def build(first: str | None = None) -> typer.Typer:
    """Return the whole command line, or only what begins with the word ``first``, where anything does."""
    app = typer.Typer(
        name="zephyr",
        help="Install Python packages, fast and all or nothing.",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Every option can also be set as ZEPHYR_<OPTION>: --index-url is ZEPHYR_INDEX_URL.",
        **STYLE,
    )
    app.callback()(_nothing)
    families = {name: typer.Typer(help=text, callback=_nothing, **STYLE) for name, text in FAMILIES.items()}
    wanted = {name: place for name, place in COMMANDS.items() if name.partition(" ")[0] == first} or COMMANDS

    for name, place in wanted.items():
        family, _, action = name.rpartition(" ")
        (families[family] if family else app).command(action)(typed(declared(place)))

    for name in dict.fromkeys(name.partition(" ")[0] for name in wanted if " " in name):
        app.add_typer(families[name], name=name)

    return app


def _nothing() -> None:
    """Make typer keep a command's name, also where it is the only one."""


def typed(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with a signature for typer, in which each group is replaced by its options."""
    parameters = parameters_of(command)
    groups = {name: kind for name, kind in parameters.items() if is_group(kind)}
    own = {
        name: parameters[name] for name in parameters if name not in groups and parameters[name] is not Given
    }
    defaults = inspect.signature(command).parameters
    tells = Given in parameters.values()
    signature = [_parameter(name, own[name], defaults[name].default) for name in own]

    for group in groups.values():
        signature += [
            _parameter(name, hint, getattr(group, name)) for name, hint in options_in(group).items()
        ]

    if tells:
        signature.append(_parameter("context", typer.Context))

    @wraps(command)
    def collect(**values: Any) -> None:  # noqa: ANN401
        arguments = {name: values[name] for name in own}

        for name, group in groups.items():
            arguments[name] = group(**{field: values[field] for field in options_in(group)})

        if tells:
            arguments[GIVEN] = _given(values["context"])

        command(**arguments)

    collect.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]
    collect.__annotations__ = {parameter.name: parameter.annotation for parameter in signature}

    return collect


def parameters_of(command: Callable[..., None]) -> dict[str, Any]:
    """Return the annotations of a command's parameters, by name."""
    hints = get_type_hints(command, localns=vars(typing), include_extras=True)

    return {name: hint for name, hint in hints.items() if name != "return"}


def is_group(hint: Any) -> bool:  # noqa: ANN401 - any annotation
    """Return whether a parameter with this annotation takes a group of options."""
    return isinstance(hint, type) and issubclass(hint, OptionGroup)


def options_in(group: type[OptionGroup]) -> dict[str, Any]:
    """Return the annotations of a group's options, by field."""
    hints = get_type_hints(group, localns=vars(typing), include_extras=True)

    return {name: hints[name] for name in (field.name for field in fields(group))}


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:  # noqa: ANN401
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _given(context: typer.Context) -> Given:
    """Return which options of the running command were given."""
    sources = {name: context.get_parameter_source(name) for name in context.params}

    def given_by(wanted: str) -> frozenset[str]:
        return frozenset(name for name, by in sources.items() if by is not None and by.name == wanted)

    return Given(given_by("COMMANDLINE"), given_by("ENVIRONMENT"))


def _default_map(options: Mapping[str, Any]) -> dict[str, Any]:
    """Lay configured options out as the command tree wants them: by command, then by field."""
    defaults: dict[str, Any] = {}

    for name in COMMANDS if options else ():
        family, _, action = name.rpartition(" ")
        place = defaults.setdefault(family, {}) if family else defaults
        place[action] = configured_values(name, options)

    return defaults
