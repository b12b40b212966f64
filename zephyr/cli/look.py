"""``zephyr list``, ``freeze``, ``show`` and ``check``: what an environment holds, changing nothing."""

from __future__ import annotations

import os
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zephyr.cli.context import environment_to_look_at, output_of
from zephyr.cli.option_groups import option, takes_option_groups
from zephyr.cli.options import CacheOptions, OutputOptions, TargetOptions
from zephyr.cli.output import plural
from zephyr.environments.check import check as check_distributions
from zephyr.environments.installed import read_installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zephyr.cli.output import Output
    from zephyr.environments.installed import Installed
    from zephyr.model.environment import Environment, InstalledDistribution

BOOTSTRAP = frozenset({"pip", "setuptools", "wheel", "distribute"})
"""What ``freeze`` leaves out unless ``--all`` asks for it, as pip does."""


class ListFormat(Enum):
    """How a list is laid out; the names are pip's."""

    COLUMNS = "columns"
    FREEZE = "freeze"
    JSON = "json"


@takes_option_groups
def list_distributions(
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    format: Annotated[ListFormat, option("--format", help="How to lay the list out.")] = ListFormat.COLUMNS,  # noqa: A002
    json: Annotated[bool, option("--json", help="Short for --format=json.")] = False,
    editable: Annotated[bool, option("--editable", "-e", help="Only editable installs.")] = False,
) -> None:
    """List what is installed."""
    say = output_of(output)
    environment = environment_to_look_at(target, cache, say)
    found = [
        distribution
        for distribution in _installed(environment, say).distributions
        if distribution.is_editable or not editable
    ]

    if json or format is ListFormat.JSON:
        say.result_json([_as_json(distribution) for distribution in found])
    elif format is ListFormat.FREEZE:
        for distribution in found:
            say.result(f"{distribution.display_name}=={distribution.version}")
    else:
        _columns(found, say)


def _as_json(distribution: InstalledDistribution) -> dict[str, Any]:
    entry = {"name": distribution.display_name, "version": str(distribution.version)}

    if distribution.is_editable:
        entry["editable_project_location"] = _project_location(distribution)

    return entry


def _project_location(distribution: InstalledDistribution) -> str:
    url = str((distribution.direct_url or {}).get("url", ""))

    if not url.startswith("file:"):
        return url

    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    return url2pathname(urlsplit(url).path)


def _columns(found: Sequence[InstalledDistribution], output: Output) -> None:
    if not found:
        return

    rows = [("Package", "Version", "Editable project location")]
    rows += [
        (
            distribution.display_name,
            str(distribution.version),
            _project_location(distribution) if distribution.is_editable else "",
        )
        for distribution in found
    ]
    count = 3 if any(row[2] for row in rows[1:]) else 2
    widths = [max(len(row[column]) for row in rows) for column in range(count)]
    rows.insert(1, ("-" * widths[0], "-" * widths[1], "-" * (widths[2] if count == 3 else 0)))

    for row in rows:
        output.result(" ".join(row[column].ljust(widths[column]) for column in range(count)).rstrip())


@takes_option_groups
def freeze(
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    all: Annotated[bool, option("--all", help="Also pip, setuptools and wheel.")] = False,  # noqa: A002
) -> None:
    """Print what is installed as requirements."""
    say = output_of(output)

    for distribution in _installed(environment_to_look_at(target, cache, say), say).distributions:
        if all or distribution.name not in BOOTSTRAP:
            say.result(_frozen(distribution))


def _frozen(distribution: InstalledDistribution) -> str:
    from packaging.direct_url import DirectUrl

    if distribution.direct_url is None:
        return f"{distribution.display_name}=={distribution.version}"

    if distribution.is_editable:
        return f"-e {_project_location(distribution)}"

    url = DirectUrl.from_dict(distribution.direct_url)
    location = url.url
    fragments: list[str] = []

    if url.vcs_info is not None:
        location = f"{url.vcs_info.vcs}+{location}@{url.vcs_info.commit_id}"
    elif url.archive_info is not None and url.archive_info.hashes:
        algorithm, digest = next(iter(url.archive_info.hashes.items()))
        fragments.append(f"{algorithm}={digest}")

    if url.subdirectory:
        fragments.append(f"subdirectory={url.subdirectory}")

    if fragments:
        location += f"#{'&'.join(fragments)}"

    return f"{distribution.display_name} @ {location}"


@takes_option_groups
def show(
    names: Annotated[list[str], typer.Argument(help="Packages to look at.")],
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    files: Annotated[bool, option("--files", "-f", help="Also list the installed files.")] = False,
) -> None:
    """Show what is known of installed packages."""
    from packaging.utils import canonicalize_name

    say = output_of(output)
    environment = environment_to_look_at(target, cache, say)
    installed = _installed(environment, say)
    missing: list[str] = []
    first = True

    for name in names:
        distribution = installed.get(canonicalize_name(name))

        if distribution is None:
            missing.append(name)
            continue

        if not first:
            say.result("---")

        first = False
        _show_one(distribution, installed, environment.interpreter.markers, say, with_files=files)

    if missing:
        say.warn(f"Not installed: {', '.join(missing)}")

    if len(missing) == len(names):
        raise typer.Exit(1)


def _show_one(
    distribution: InstalledDistribution,
    installed: Installed,
    markers: Mapping[str, str],
    output: Output,
    *,
    with_files: bool,
) -> None:
    from zephyr.cli.report import metadata_as_json

    fields = metadata_as_json(_metadata(distribution))
    output.result(f"Name: {distribution.display_name}")
    output.result(f"Version: {distribution.version}")

    for title, key in (("Summary", "summary"), ("Home-page", "home_page"), ("Author", "author")):
        output.result(f"{title}: {fields.get(key, '')}".rstrip())

    output.result(f"Author-email: {fields.get('author_email', '')}".rstrip())
    output.result(f"License: {fields.get('license_expression') or fields.get('license', '')}".rstrip())
    output.result(f"Location: {distribution.location}")

    if distribution.is_editable:
        output.result(f"Editable project location: {_project_location(distribution)}")

    requires = ", ".join(_required_names(distribution, markers))
    required_by = ", ".join(_dependents(distribution, installed.distributions, markers))
    output.result(f"Requires: {requires}".rstrip())
    output.result(f"Required-by: {required_by}".rstrip())

    if with_files:
        _show_files(distribution, output)


def _metadata(distribution: InstalledDistribution) -> bytes:
    folder = os.path.join(distribution.location, distribution.metadata_folder)

    for path in (os.path.join(folder, "METADATA"), os.path.join(folder, "PKG-INFO"), folder):
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            continue

    return b""


def _required_names(distribution: InstalledDistribution, markers: Mapping[str, str]) -> list[str]:
    """Return the names a distribution needs without extras in an environment, as it spells them."""
    from packaging.requirements import InvalidRequirement, Requirement

    names: set[str] = set()

    for text in distribution.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue

        if requirement.marker is None or requirement.marker.evaluate({**markers, "extra": ""}):
            names.add(requirement.name)

    return sorted(names, key=str.lower)


def _dependents(
    distribution: InstalledDistribution, others: Iterable[InstalledDistribution], markers: Mapping[str, str]
) -> list[str]:
    from packaging.utils import canonicalize_name

    return sorted(
        other.display_name
        for other in others
        if distribution.name in {canonicalize_name(name) for name in _required_names(other, markers)}
    )


def _show_files(distribution: InstalledDistribution, output: Output) -> None:
    from zephyr.environments.records import recorded_paths

    output.result("Files:")

    rows, _ = recorded_paths(distribution)

    for row in rows:
        output.result(f"  {row.path}")


@takes_option_groups
def check(target: TargetOptions, cache: CacheOptions, output: OutputOptions) -> None:
    """Check that what is installed fits together. The exit code is 1 if something does not."""
    say = output_of(output)
    environment = environment_to_look_at(target, cache, say)
    installed = _installed(environment, say)
    problems = check_distributions(installed.distributions, environment.interpreter)

    for problem in problems:
        say.result(problem.message)

    if problems:
        raise typer.Exit(1)

    say.result(f"{plural(len(installed.distributions), 'package')} checked, no broken requirements found.")


def _installed(environment: Environment, output: Output) -> Installed:
    """Read the environment and warn of what is broken in it."""
    installed = read_installed((environment.scheme.purelib, environment.scheme.platlib))

    for finding in installed.findings:
        output.warn(finding.message)

    return installed
