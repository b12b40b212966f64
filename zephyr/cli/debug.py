"""``zephyr debug``: the facts that a report of a problem needs."""

from __future__ import annotations

import locale
import os
import sys
from typing import TYPE_CHECKING, Annotated

from zephyr import __version__
from zephyr.cli.context import cache_location, interpreter_to_choose_for, output_of
from zephyr.cli.foreign_options import ForeignOptions, foreign_target_of
from zephyr.cli.option_groups import command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.environments.foreign_target import foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr.cli.output import Output
    from zephyr.environments.foreign_target import ForeignTarget
    from zephyr.model.interpreter import Interpreter

TAGS_SHOWN = 10


@command
def debug(
    target: TargetOptions,
    platform: ForeignOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    python_version: Annotated[
        str | None, option("--python-version", metavar="X.Y[.Z]", help="Tags for this Python.")
    ] = None,
) -> None:
    """Print what a report of a problem needs."""
    say = output_of(output)
    say.warn(
        "This command is only meant for debugging. Do not use this with automation for parsing and getting "
        "these details, since the output and options of this command may change without notice."
    )
    interpreter = interpreter_to_choose_for(target, cache, say)
    described = foreign_target_of(platform, python_version)
    facts = {
        "pip version": f"zephyr {__version__}",
        **_interpreter_facts(interpreter),
        "'cert' config value": network.cert or "Not specified",
        "REQUESTS_CA_BUNDLE": os.environ.get("REQUESTS_CA_BUNDLE"),
        "CURL_CA_BUNDLE": os.environ.get("CURL_CA_BUNDLE"),
        "cache": cache_location(cache).path,
    }

    for name, value in facts.items():
        say.result(f"{name}: {value}")

    _libraries(say)

    for line in _tags(foreign(interpreter, described), described, whole=output.verbose > 0):
        say.result(line)


def _interpreter_facts(interpreter: Interpreter) -> dict[str, str]:
    return {
        "sys.version": interpreter.version,
        "sys.executable": interpreter.executable,
        "sys.getdefaultencoding": sys.getdefaultencoding(),
        "sys.getfilesystemencoding": sys.getfilesystemencoding(),
        "locale.getencoding": locale.getencoding(),
        "sys.platform": interpreter.markers["sys_platform"],
        "sys.implementation": f"\n  name: {interpreter.implementation}",
    }


def _libraries(output: Output) -> None:
    """List what Zephyr itself runs on."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    output.result("library versions:")

    try:
        own = requires("zephyr") or []
    except PackageNotFoundError:
        own = []

    for name in sorted({Requirement(line).name for line in own}):
        try:
            output.result(f"  {name}=={version(name)}")
        except PackageNotFoundError:
            continue


def _tags(interpreter: Interpreter, described: ForeignTarget, *, whole: bool) -> Iterator[str]:
    tags = interpreter.tags
    suffix = f" (target: {described.shown})" if described else ""
    yield f"Compatible tags: {len(tags)}{suffix}"

    shown = tags if whole else tags[:TAGS_SHOWN]
    yield from (f"  {tag}" for tag in shown)

    if len(shown) < len(tags):
        yield "  ..."
        yield f"  [First {TAGS_SHOWN} tags shown. Pass --verbose to show all.]"
