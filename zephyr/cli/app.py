"""Runs one command, and turns whatever goes wrong into words and an exit code.

Exit codes: 0 done, 1 it could not be done, 2 the request was not understood (or a bug), 130 and 143
when interrupted.
"""

from __future__ import annotations

import os
import sys

from zephyr import __version__

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.cli.output import Output


def run(arguments: Sequence[str]) -> int:
    """Run ``zephyr ARGUMENTS`` and return the exit code; never raises for a foreseeable failure."""
    if list(arguments) in (["--version"], ["-V"]):
        sys.stdout.write(f"zephyr {__version__}\n")
        return 0

    from zephyr.cli.signals import end_as_if_interrupted

    end_as_if_interrupted()

    try:
        return _invoke(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except BaseException as failure:  # noqa: BLE001 - the boundary: every failure ends here
        from zephyr.cli.failures import report_failure

        return report_failure(failure, output_for(arguments))


def _invoke(arguments: Sequence[str]) -> int:
    """Run a command: as the table of the command line understands it, else as typer does."""
    from zephyr.cli.plain_words import understood
    from zephyr.cli.word_order import HELP, ordered

    words = ordered(arguments)
    # Broken settings must not keep `zephyr config` from mending them.
    alone = "--isolated" in words or words[:1] == ["config"]
    options = {} if alone else _settings()

    if call := understood(words, options, os.environ):
        call.run()
        return 0

    from zephyr.cli.abbreviations import spelled_out

    whole = spelled_out(words)

    if whole != words:
        return _invoke(whole)

    if not HELP.isdisjoint(words):
        from zephyr.cli.help import run_for_help

        return run_for_help(words, options)

    from zephyr.cli.typed_commands import run_typed

    return run_typed(words, options)


def _settings() -> dict[str, object]:
    """Return what settings say, by option; raises `UsageError` for what no command has."""
    from zephyr.settings import configured_options, refuse_unknown_options

    options = configured_options(os.environ)

    if options:
        from zephyr.cli.known_words import option_names

        refuse_unknown_options(options, option_names(), os.environ)

    return options


def output_for(arguments: Sequence[str]) -> Output:
    """Return an output for a failure: the command's own may not exist yet."""
    from zephyr.cli.output import Output

    verbosity = sum(word.count("v") for word in arguments if word.strip("v") == "-")

    return Output(level=verbosity + list(arguments).count("--verbose"))
