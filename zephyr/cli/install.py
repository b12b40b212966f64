"""``zephyr install``."""

from __future__ import annotations

import os
from typing import Annotated

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
from zephyr.cli.outcome import tell_outcome
from zephyr.cli.progress import shown_progress
from zephyr.cli.report import refuse_unwritable


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

    tell_outcome(outcome, installer, say)
