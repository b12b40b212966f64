"""``zephyr index versions``: which versions of a project the indexes offer."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Annotated

from zephyr.cli.context import interpreter_to_choose_for, output_of
from zephyr.cli.foreign_options import ForeignOptions, foreign_target_of
from zephyr.cli.offers_request import offers
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, SourceOptions, TargetOptions
from zephyr.cli.selection_options import SelectionOptions
from zephyr.environments.foreign_target import foreign
from zephyr.environments.installed import read_installed
from zephyr.errors import ZephyrError
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from packaging.version import Version

    from zephyr.cli.output import Output
    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.interpreter import Interpreter


class NoMatchingDistribution(ZephyrError):
    """Raised where no index offers a version that suits."""

    id = "no-matching-distribution"


@command
def versions(
    selection: SelectionOptions,
    sources: SourceOptions,
    platform: ForeignOptions,
    target: TargetOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    name: Annotated[str, argument(help="The project.")],
    python_version: Annotated[
        str | None, option("--python-version", metavar="X.Y[.Z]", help="For this Python.")
    ] = None,
    ignore_requires_python: Annotated[
        bool, option("--ignore-requires-python", help="Versions for other Pythons too.")
    ] = False,
    json: Annotated[bool, option("--json", help="Print the versions as JSON.")] = False,
) -> None:
    """Print the versions of a project that suit this Python, newest first."""
    say = output_of(output)
    here = interpreter_to_choose_for(target, cache, say)
    interpreter = foreign(here, foreign_target_of(platform, python_version))
    project = canonicalize_name(name)

    found = offers(
        [project], selection, sources, interpreter, cache, network, say, any_python=ignore_requires_python
    )
    offered = [offer.version for offer in reversed(found[project])]

    if not offered:
        raise NoMatchingDistribution(
            f"No matching distribution found for {name}",
            hint="Pre-releases are shown with --pre, those for other Pythons with --ignore-requires-python.",
        )

    installed = _installed(here, project)

    if json:
        document = {
            "name": name,
            "versions": [str(version) for version in offered],
            "latest": str(offered[0]),
        }
        say.result(
            json_format.dumps(document | ({"installed_version": str(installed.version)} if installed else {}))
        )
    else:
        _tell(name, offered, installed, say)


def _installed(interpreter: Interpreter, project: str) -> InstalledDistribution | None:
    return read_installed((interpreter.scheme.purelib, interpreter.scheme.platlib)).get(project)


def _tell(name: str, offered: list[Version], installed: InstalledDistribution | None, output: Output) -> None:
    latest = offered[0]
    output.result(f"{name} ({latest})")
    output.result(f"Available versions: {', '.join(map(str, offered))}")

    if installed is not None:
        hint = " (pre-release; install with `pip install --pre`)" if latest.pre else ""
        output.result(f"  INSTALLED: {installed.version}")
        output.result(f"  LATEST:    {latest}{hint}")
