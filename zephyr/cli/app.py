"""Puts the commands together, runs one, and turns whatever goes wrong into words and an exit code.

Exit codes: 0 done, 1 it could not be done, 2 the request was not understood (or a bug), 130 and 143
when interrupted.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from zephyr import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import typer

    from zephyr.cli.output import Output


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

    command = typer.main.get_command(build())
    words = ordered(command, arguments)
    # Broken settings must not keep `zephyr config` from mending them.
    alone = "--isolated" in words or words[:1] == ["config"]
    options = {} if alone else configured_options(os.environ)
    refuse_unknown_options(options, known_parameters(command), os.environ)
    defaults = _default_map(command, options)

    try:
        with command.make_context("zephyr", words, default_map=defaults, max_content_width=110) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code

    return 0


def build() -> typer.Typer:
    """Return the whole command line: the typed functions are its one source."""
    import typer

    from zephyr.cli import (
        cache,
        check,
        config,
        debug,
        download,
        export,
        freeze,
        hash,  # noqa: A004
        index,
        inspect,
        install,
        list,  # noqa: A004
        lock,
        show,
        sync,
        tree,
        uninstall,
        venv,
        wheel,
    )

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
    app.command("install")(install.install)
    app.command("download")(download.download)
    app.command("wheel")(wheel.wheel)
    app.command("uninstall")(uninstall.uninstall)
    app.command("lock")(lock.lock)
    app.command("sync")(sync.sync)
    app.command("tree")(tree.tree)
    app.command("export")(export.export)
    app.add_typer(venv.app, name="venv")
    app.command("list")(list.list_distributions)
    app.command("freeze")(freeze.freeze)
    app.command("show")(show.show)
    app.command("check")(check.check)
    app.command("inspect")(inspect.inspect)
    app.add_typer(index.app, name="index")
    app.command("hash")(hash.hash_files)
    app.add_typer(cache.app, name="cache")
    app.command("config")(config.config)
    app.command("debug")(debug.debug)

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
