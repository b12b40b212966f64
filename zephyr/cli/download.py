"""``zephyr download``: the files that an install would take, in a folder."""

from __future__ import annotations

import os
from typing import Annotated

from zephyr.cli.context import output_of
from zephyr.cli.gather_options import GatherOptions
from zephyr.cli.gather_request import asked_of, gather
from zephyr.cli.option_groups import argument, command, option


@command
def download(
    options: GatherOptions,
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
    say = output_of(options)
    asked = asked_of(options, packages or ())
    outcome = gather(asked, "download", folder, say, wheels=False, live=options.shows_progress)

    if outcome.pins:
        say.result(f"Successfully downloaded {' '.join(pin.name for pin in outcome.pins)}")
