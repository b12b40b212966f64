"""``zephyr wheel``: the wheels that an install would take, built where there are none, in a folder."""

from __future__ import annotations

import os
from typing import Annotated

from zephyr.cli.amendment_options import AmendmentOptions
from zephyr.cli.context import choice_of, output_of
from zephyr.cli.foreign_options import ForeignOptions, foreign_target_of
from zephyr.cli.gather_request import LOOK_ONLY, gather
from zephyr.cli.general_options import NO_EFFECT
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
def wheel(
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
            "--wheel-dir",
            "-w",
            metavar="DIR",
            help="Where wheels go; the current folder by default.",
        ),
    ] = os.curdir,
    editable: Annotated[
        list[str] | None, option("--editable", "-e", metavar="PATH", help="A project's folder or repository.")
    ] = None,
    _no_verify: Annotated[bool, option("--no-verify", help=NO_EFFECT)] = False,
) -> None:
    """Gather the wheels of packages, built where needed."""
    say = output_of(output)
    asked = Asked(
        packages or (),
        editable or (),
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
    outcome = gather(asked, "wheel", folder, say, wheels=True, live=output.shows_progress)

    if outcome.sources:
        say.result(f"Successfully built {' '.join(pin.name for pin in outcome.sources)}")
