"""``zephyr wheel``: the wheels that an install would take, built where there are none, in a folder."""

from __future__ import annotations

import os
from typing import Annotated

from zephyr.cli.context import output_of
from zephyr.cli.gather_options import GatherOptions
from zephyr.cli.gather_request import asked_of, gather
from zephyr.cli.general_options import NO_EFFECT
from zephyr.cli.option_groups import argument, command, option


@command
def wheel(
    options: GatherOptions,
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
    say = output_of(options)
    asked = asked_of(options, packages or (), editable or ())
    outcome = gather(asked, "wheel", folder, say, wheels=True, live=options.shows_progress)

    if outcome.sources:
        say.result(f"Successfully built {' '.join(pin.name for pin in outcome.sources)}")
