"""``zephyr venv``: virtual environments."""

from __future__ import annotations

import os

from zephyr.cli.context import cache_location, output_of
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, SourceOptions
from zephyr.cli.progress import shown_progress
from zephyr.memo.duration import shown_seconds

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated  # noqa: TC004 - typer is told of it

    from zephyr.pipeline.request import InstallRequest


@command
def create(
    sources: SourceOptions,
    network: NetworkOptionsGroup,
    cache: CacheOptions,
    output: OutputOptions,
    path: Annotated[str, argument(help="The environment's folder.")] = ".venv",
    python: Annotated[
        str | None,
        option("--python", "-p", metavar="PYTHON", help="The interpreter: a version, a name, or a path."),
    ] = None,
    prompt: Annotated[str | None, option("--prompt", help="The name that activation shows.")] = None,
    system_site_packages: Annotated[
        bool, option("--system-site-packages", help="Let the environment see the base's packages too.")
    ] = False,
    seed: Annotated[bool, option("--seed", help="Install pip into it.")] = False,
    clear: Annotated[
        bool, option("--clear", "-c", help="Replace an environment that is there already.")
    ] = False,
) -> None:
    """Make a virtual environment of any CPython from 3.8 up."""
    from zephyr.environments.activation import shell_word
    from zephyr.pipeline.venv import VenvRequest, create_venv

    say = output_of(output)
    request = VenvRequest(
        path=path,
        python=python,
        prompt=prompt,
        system_site_packages=system_site_packages,
        clear=clear,
        cache=cache_location(cache),
        seeding=_seeding(sources, network, cache) if seed else None,
    )

    # Only packages take long enough to be watched.
    with shown_progress(say, live=seed and output.shows_progress) as display:
        created = create_venv(request, os.environ, display.listen)

    interpreter = created.environment.interpreter
    say.say(
        f"Made {path} with {interpreter.implementation} {interpreter.version} "
        f"({interpreter.base_executable}) in {shown_seconds(created.seconds)}"
    )

    for warning in created.warnings:
        say.warn(warning)

    if os.name != "nt":
        say.say(f"Activate it with: source {shell_word(os.path.join(path, 'bin', 'activate'))}")


def _seeding(sources: SourceOptions, network: NetworkOptionsGroup, cache: CacheOptions) -> InstallRequest:
    from zephyr.cli.install_request import request_of_sources

    return request_of_sources(("pip",), sources, network, cache)
