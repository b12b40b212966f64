"""What the commands that look into an environment share: which distributions they are about."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, cast

from zephyr.cli.context import environment_to_look_at
from zephyr.cli.install_rules import ConflictingOptions
from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass
from zephyr.pipeline.view import Scope, view, view_of_folders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.cli.options import CacheOptions, TargetOptions
    from zephyr.cli.output import Output
    from zephyr.environments.installed import Installed
    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.interpreter import Interpreter


@dataclass(frozen=True)
class ViewOptions(OptionGroup):
    """Which part of what is installed is meant."""

    local: Annotated[
        bool,
        option("--local", "-l", help="Only the environment's own packages, not those that it shares."),
    ] = False
    user: Annotated[bool, option("--user", help="Only what is in the user's own site-packages.")] = False
    path: Annotated[
        list[str] | None, option("--path", metavar="DIR", help="Only what is in this folder.")
    ] = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found, and whose eyes it was seen with."""

    installed: Installed
    interpreter: Interpreter | None = None
    """None where only folders were named, and no Python with them."""

    @property
    def markers(self) -> Mapping[str, str]:
        """The environment markers (PEP 508) that conditions are judged by, without ``extra``."""
        if self.interpreter is not None:
            return self.interpreter.markers

        from packaging.markers import default_environment

        return cast("dict[str, str]", default_environment())


def look(options: ViewOptions, target: TargetOptions, cache: CacheOptions, output: Output) -> Seen:
    """Read what the options mean, and warn of what is broken there.

    Raises `ConflictingOptions`, and what selecting an environment raises.
    """
    if options.path and (options.local or options.user):
        raise ConflictingOptions(
            "Cannot combine '--path' with '--user' or '--local'",
            hint="Give the folders alone.",
        )

    seen = _look(options, target, cache, output)

    for finding in seen.installed.findings:
        output.warn(finding.message)

    return seen


def _look(options: ViewOptions, target: TargetOptions, cache: CacheOptions, output: Output) -> Seen:
    if options.path and target.python is None and not target.system:
        return Seen(view_of_folders(options.path))

    environment, surroundings = environment_to_look_at(target, cache, output)

    if options.path:
        return Seen(view_of_folders(options.path), environment.interpreter)

    scope = Scope.LOCAL if options.local else Scope.USER if options.user else Scope.VISIBLE

    return Seen(view(environment, scope, surroundings), environment.interpreter)


def project_location(distribution: InstalledDistribution) -> str:
    """Return the folder of an editable install's project, or its URL where it is no folder."""
    url = str((distribution.direct_url or {}).get("url", ""))

    if not url.startswith("file:"):
        return url

    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    return url2pathname(urlsplit(url).path)


def metadata_text(distribution: InstalledDistribution, *names: str) -> str | None:
    """Return the first of the metadata files ``names`` that can be read, None where none can.

    A legacy ``.egg-info`` may itself be the file: that counts as PKG-INFO.
    """
    folder = metadata_location(distribution)

    for name in names:
        path = folder if name == "PKG-INFO" and os.path.isfile(folder) else os.path.join(folder, name)

        try:
            with open(path, encoding="utf-8", errors="replace", newline="") as file:
                return file.read()
        except OSError:
            continue

    return None


def metadata_location(distribution: InstalledDistribution) -> str:
    """Return the folder (or file, of old installs) that holds a distribution's metadata."""
    place = os.path.join(distribution.location, distribution.metadata_folder)

    if place.endswith(".egg-link"):
        project = project_location(distribution)
        names = sorted(name for name in os.listdir(project) if name.endswith(".egg-info"))

        return os.path.join(project, names[0]) if names else project

    return os.path.join(place, "EGG-INFO") if place.endswith(".egg") else place


def required_names(distribution: InstalledDistribution, markers: Mapping[str, str]) -> list[str]:
    """Return the names that a distribution needs without extras, as it spells them; sorted."""
    from packaging.requirements import InvalidRequirement, Requirement

    from zephyr.environments.check import applies

    names: set[str] = set()

    for text in distribution.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue

        if requirement.marker is None or applies(requirement.marker, {**markers, "extra": ""}):
            names.add(requirement.name)

    return sorted(names, key=str.lower)


def in_columns(rows: list[tuple[str, ...]], output: Output) -> None:
    """Write ``rows``, the first of which are the titles, as pip does: flush left, with a ruled line."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    ruled = [rows[0], tuple("-" * width for width in widths), *rows[1:]]

    for row in ruled:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        output.result(" ".join(cells).rstrip())
