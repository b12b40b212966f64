"""Puts the commands together, runs one, and turns whatever goes wrong into words and an exit code.

Exit codes: 0 done, 1 it could not be done, 2 the request was not understood (or a bug), 130 and 143
when interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from zephyr import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import typer

    from zephyr.cli.output import Output


COMMANDS = {
    "install": "install",
    "download": "download",
    "wheel": "wheel",
    "uninstall": "uninstall",
    "lock": "lock",
    "sync": "sync",
    "tree": "tree",
    "export": "export",
    "venv": "app",
    "list": "list_distributions",
    "freeze": "freeze",
    "show": "show",
    "check": "check",
    "inspect": "inspect",
    "index": "app",
    "hash": "hash_files",
    "cache": "app",
    "config": "config",
    "debug": "debug",
}
"""Command, in the order of the help, to what its module of the same name calls it: a function, or a group."""


def run(arguments: Sequence[str]) -> int:
    """Run ``zephyr ARGUMENTS`` and return the exit code; never raises for a foreseeable failure."""
    if list(arguments) in (["--version"], ["-V"]):
        sys.stdout.write(f"zephyr {__version__}\n")
        return 0

    from zephyr.cli.failures import report_failure
    from zephyr.cli.signals import end_as_if_interrupted

    end_as_if_interrupted()

    try:
        return _invoke(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except BaseException as failure:  # noqa: BLE001 - the boundary: every failure ends here
        return report_failure(failure, _output_for(arguments))


def _invoke(arguments: Sequence[str]) -> int:
    """Run a command. Not by typer's own ``main``, which makes an interrupt a silent end."""
    import typer.main

    from zephyr.cli.word_order import known_parameters, ordered
    from zephyr.settings import configured_options, refuse_unknown_options

    command = typer.main.get_command(build(named_command(arguments)))
    words = ordered(command, arguments)
    # Broken settings must not keep `zephyr config` from mending them.
    alone = "--isolated" in words or words[:1] == ["config"]
    options = {} if alone else configured_options(os.environ)

    if not known_parameters(command).keys() >= options.keys():
        everything = typer.main.get_command(build())
        refuse_unknown_options(options, known_parameters(everything), os.environ)

    defaults = _default_map(command, options)

    try:
        with command.make_context("zephyr", words, default_map=defaults, max_content_width=110) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code

    return 0


def named_command(arguments: Sequence[str]) -> str | None:
    """Return the command that is plainly named first, None where it takes more to tell which one is meant."""
    words = [*arguments[:2], "", ""]
    name = words[1] if words[0] == "pip" else words[0]

    return name if name in COMMANDS else None


def build(only: str | None = None) -> typer.Typer:
    """Return the command line: the typed functions are its one source.

    With ``only`` it has that command alone, and nothing of the others is imported.
    """
    import typer

    app = typer.Typer(
        name="zephyr",
        help="Install Python packages, fast and all or nothing.",
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Every option can also be set as ZEPHYR_<OPTION>: --index-url is ZEPHYR_INDEX_URL.",
    )
    app.callback()(_global_options)

    for name in COMMANDS if only is None else (only,):
        module = import_module(f"zephyr.cli.{name}")
        command = getattr(module, COMMANDS[name])

        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)

    return app


def _global_options() -> None:
    """Install Python packages, fast and all or nothing. `zephyr --version` prints the version."""


def _default_map(command: Any, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - typer's own click
    """Lay configured options out as the command tree wants them: by command, then by parameter."""
    subcommands: Mapping[str, Any] = getattr(command, "commands", {})

    if subcommands:
        return {name: _default_map(subcommand, options) for name, subcommand in subcommands.items()}

    defaults: dict[str, Any] = {}

    for parameter in command.params:
        for flag in parameter.opts:
            for name in (flag.lstrip("-"), f"{command.name}.{flag.lstrip('-')}"):
                if name in options:
                    value = options[name]
                    several = parameter.multiple and isinstance(value, str)
                    defaults[parameter.name] = value.split() if several else value

    return defaults


def _output_for(arguments: Sequence[str]) -> Output:
    """Return an output for a failure: the command's own may not exist yet."""
    from zephyr.cli.output import Output

    verbosity = sum(word.count("v") for word in arguments if word.strip("v") == "-")

    return Output(level=verbosity + list(arguments).count("--verbose"))
