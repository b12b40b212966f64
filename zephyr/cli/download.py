"""``zephyr download``: the files that an install would take, in a folder."""

from __future__ import annotations

import os
from typing import Annotated

from zephyr.cli.amendment_options import AmendmentOptions
from zephyr.cli.context import choice_of, output_of
from zephyr.cli.foreign_options import ForeignOptions, foreign_target_of
from zephyr.cli.gather_request import LOOK_ONLY, gather
from zephyr.cli.input_options import InputOptions
from zephyr.cli.install_options import ScopeOptions, WarningOptions
from zephyr.cli.install_request import Asked
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import (
    BuildingOptions,
    CacheOptions,
    NetworkOptionsGroup,
    OutputOptions,
    ResolverOptions,
    SourceOptions,
    TargetOptions,
)


@command
def download(
    inputs: InputOptions,
    resolver: ResolverOptions,
    building: BuildingOptions,
    sources: SourceOptions,
    amendments: AmendmentOptions,
    scope: ScopeOptions,
    platform: ForeignOptions,
    target: TargetOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    packages: Annotated[
        list[str] | None, argument(help="Requirements, as `zephyr install` takes them.")
    ] = None,
    folder: Annotated[
        str,
        option(
            "--dest",
            "--destination-dir",
            "--destination-directory",
            "-d",
            metavar="DIR",
            help="Where files go; the current folder by default.",
        ),
    ] = os.curdir,
) -> None:
    """Download packages with everything they need."""
    say = output_of(output)
    asked = Asked(
        packages or (),
        (),
        inputs,
        resolver,
        building,
        sources,
        network,
        LOOK_ONLY,
        amendments,
        scope,
        foreign_target_of(platform, resolver.python_version),
        WarningOptions(),
        choice_of(target),
        cache,
    )
    outcome = gather(asked, "download", folder, say, wheels=False, live=output.shows_progress)

    if outcome.pins:
        say.result(f"Successfully downloaded {' '.join(pin.name for pin in outcome.pins)}")
