"""``zephyr uninstall``."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from zephyr.cli.context import cache_location, choice_of, output_of
from zephyr.cli.option_groups import option, takes_option_groups
from zephyr.cli.options import CacheOptions, OutputOptions, TargetOptions
from zephyr.cli.output import plural, shown_seconds
from zephyr.cli.progress import shown_progress
from zephyr.errors import UsageError
from zephyr.metadata.requirements_file import read_requirements_file


@takes_option_groups
def uninstall(
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    packages: Annotated[list[str] | None, typer.Argument(help="Packages to remove.")] = None,
    requirement: Annotated[
        list[str] | None,
        option("--requirement", "-r", metavar="FILE", help="Remove what this requirements file lists."),
    ] = None,
    yes: Annotated[bool, option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Remove packages, all or nothing."""
    from zephyr.pipeline.request import UninstallRequest
    from zephyr.pipeline.uninstall import run_uninstall

    say = output_of(output)
    names = [*(packages or ()), *_named_in(requirement or ())]

    if not names:
        raise UsageError(
            "Nothing to remove was named",
            hint="Name packages, or a requirements file with -r.",
            id="nothing-asked",
        )

    def agreed(removals: tuple[str, ...]) -> bool:
        if yes or dry_run or not sys.stdin.isatty():
            return True

        say.say("Would remove " + ", ".join(removals))

        return say.asks("Proceed?")

    request = UninstallRequest(tuple(names), choice_of(target), cache_location(cache), dry_run=dry_run)

    with shown_progress(say, live=False) as display:
        outcome = run_uninstall(request, os.environ, agreed, display.listen)

    for warning in outcome.warnings:
        say.warn(warning)

    if not outcome.changes:
        say.say("Nothing was removed.")
        return

    count = plural(len(outcome.changes), "package")
    verb = "Would remove" if dry_run else "Removed"
    say.say(f"{verb} {count} in {shown_seconds(outcome.seconds)}, {outcome.environment}")

    for change in outcome.changes:
        say.change(change.sign, str(change))


def _named_in(paths: list[str] | tuple[str, ...]) -> list[str]:
    from packaging.requirements import InvalidRequirement, Requirement

    names: list[str] = []

    for path in paths:
        for line in read_requirements_file(path, os.environ).requirements:
            try:
                names.append(Requirement(line.text).name)
            except InvalidRequirement as error:
                raise UsageError(
                    f"{line.origin}: {line.text!r} names no package",
                    hint="Write the package's name there instead.",
                    id="requirement-invalid",
                ) from error

    return names
