"""``zephyr install``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zephyr.cli.context import choice_of, output_of
from zephyr.cli.install_request import Asked, install_request
from zephyr.cli.option_groups import option, takes_option_groups
from zephyr.cli.options import (
    BuildingOptions,
    CacheOptions,
    DestinationOptions,
    InstallerOptions,
    NetworkOptionsGroup,
    OutputOptions,
    ResolverOptions,
    SourceOptions,
    TargetOptions,
)
from zephyr.cli.output import plural, shown_seconds
from zephyr.cli.progress import shown_progress
from zephyr.cli.report import refuse_unwritable, write_report

if TYPE_CHECKING:
    from zephyr.cli.output import Output
    from zephyr.pipeline.outcome import InstallOutcome


@takes_option_groups
def install(
    resolver: ResolverOptions,
    building: BuildingOptions,
    sources: SourceOptions,
    installer: InstallerOptions,
    target: TargetOptions,
    destination: DestinationOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    packages: Annotated[
        list[str] | None,
        typer.Argument(
            help="Requirements: NAME, 'NAME>=1.2', 'NAME[extra]'; or the path or URL of a wheel, archive, a "
            "project's folder, or git+URL."
        ),
    ] = None,
    editable: Annotated[
        list[str] | None,
        option("--editable", "-e", metavar="PATH", help="Install a project so that edits are seen at once."),
    ] = None,
) -> None:
    """Install packages with everything they need, all or nothing."""
    from zephyr.pipeline.install import run_install

    say = output_of(output)

    if installer.report is not None:
        refuse_unwritable(installer.report)

    choice = choice_of(target, destination)
    request = install_request(
        Asked(packages or (), editable or (), resolver, building, sources, network, installer, choice, cache)
    )

    with shown_progress(say, live=not output.no_progress) as display:
        outcome = run_install(request, os.environ, display.listen)

    _tell(outcome, say)

    if installer.report is not None:
        write_report(outcome.installed_pins, outcome.markers, installer.report, say)
    elif installer.json:
        say.result_json(_as_json(outcome))


def _tell(outcome: InstallOutcome, output: Output) -> None:
    for warning in outcome.warnings:
        output.warn(warning)

    if not outcome.changes:
        count = plural(outcome.checked, "package")
        output.say(f"Nothing to do: {count} checked in {shown_seconds(outcome.seconds)}")
        return

    if outcome.resolved is not None:
        taken = shown_seconds(outcome.resolved)
        output.say(f"Resolved {plural(len(outcome.pins), 'package')} in {taken}")

    if outcome.dry_run:
        output.say(f"Would change {plural(len(outcome.changes), 'package')}:")
    else:
        count = plural(len(outcome.changes), "package")
        output.say(f"Changed {count} in {shown_seconds(outcome.seconds)}, {outcome.environment}")

    for change in outcome.changes:
        output.change(change.sign, str(change))


def _as_json(outcome: InstallOutcome) -> dict[str, Any]:
    return {
        "environment": outcome.environment,
        "dry_run": outcome.dry_run,
        "changes": [
            {
                "name": change.name,
                "before": change.before and str(change.before),
                "after": change.after and str(change.after),
            }
            for change in outcome.changes
        ],
        "warnings": list(outcome.warnings),
    }
