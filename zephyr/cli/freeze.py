"""``zephyr freeze``: what is installed as requirements, as pip writes them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

from zephyr.cli.context import output_of
from zephyr.cli.list import PARTS_OF_PYTHON
from zephyr.cli.option_groups import command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.cli.viewing import ViewOptions, look
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from zephyr.cli.viewing import Seen
    from zephyr_workers.git_state import GitState

INSTALLERS = frozenset({"pip"})
BUILDERS = frozenset({"setuptools", "distribute", "wheel"})
"""What came with every environment before Python 3.12."""


@command
def freeze(
    view: ViewOptions,
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    _network: NetworkOptionsGroup,
    requirement: Annotated[
        list[str] | None,
        option("--requirement", "-r", metavar="FILE", help="In the order of this file, with its comments."),
    ] = None,
    all: Annotated[bool, option("--all", help="Also pip (before Python 3.12 setuptools, wheel).")] = False,  # noqa: A002
    exclude_editable: Annotated[
        bool, option("--exclude-editable", help="Without editable installs.")
    ] = False,
    exclude: Annotated[
        list[str] | None, option("--exclude", metavar="NAME", help="Leave this package out.")
    ] = None,
) -> None:
    """Print what is installed as requirements."""
    from zephyr.pipeline.freeze import freeze_lines, frozen, read_lines

    say = output_of(output)
    files = dict(read_lines(requirement or ()))
    seen = look(view, target, cache, say)
    found = [
        frozen(one, _git_state)
        for one in seen.installed.distributions
        if not (exclude_editable and one.is_editable)
    ]
    unasked = {*(exclude or ()), *PARTS_OF_PYTHON, *(() if all else _came_along(seen))}
    lines = freeze_lines(found, files, frozenset(canonicalize_name(name) for name in unasked))

    for warning in lines.warnings:
        say.warn(warning)

    for line in lines.lines:
        say.result(line, always=True)


def _git_state(folder: str) -> GitState | None:
    from zephyr_workers.git_state import git_state_of

    return git_state_of(folder, os.environ)


def _came_along(seen: Seen) -> frozenset[str]:
    """Return the names that pip leaves out of account: what environments of this Python are made with."""
    version = seen.markers["python_version"].split(".")

    return INSTALLERS | BUILDERS if tuple(map(int, version[:2])) < (3, 12) else INSTALLERS
