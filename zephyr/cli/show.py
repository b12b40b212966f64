"""``zephyr show``: what is known of installed packages, in pip's mail headers."""

from __future__ import annotations

from email.parser import HeaderParser
from email.policy import compat32
from typing import TYPE_CHECKING, Annotated

from zephyr.cli.context import NothingAsked, output_of
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.cli.viewing import ViewOptions, look, metadata_text, project_location, required_names
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from zephyr.cli.viewing import Seen
    from zephyr.model.environment import InstalledDistribution

METADATA = ("METADATA", "PKG-INFO")


@command
def show(
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    _network: NetworkOptionsGroup,
    names: Annotated[list[str] | None, argument(help="Packages to look at.")] = None,
    files: Annotated[bool, option("--files", "-f", help="Also list the installed files.")] = False,
) -> None:
    """Show what is known of installed packages."""
    if not names:
        raise NothingAsked("Please provide a package name or names.")

    say = output_of(output)
    seen = look(ViewOptions(), target, cache, say)
    found = [seen.installed.get(canonicalize_name(name)) for name in names]
    missing = sorted(name for name, one in zip(names, found, strict=True) if one is None)

    if missing:
        say.warn(f"Package(s) not found: {', '.join(missing)}")

    shown = [one for one in found if one is not None]

    for place, distribution in enumerate(shown):
        if place:
            say.result("---")

        for line in _lines(distribution, seen, verbose=output.verbose > 0, with_files=files):
            say.result(line)

    if not shown:
        raise SystemExit(1)


def _lines(
    distribution: InstalledDistribution, seen: Seen, *, verbose: bool, with_files: bool
) -> Iterator[str]:
    headers = HeaderParser(policy=compat32).parsestr(metadata_text(distribution, *METADATA) or "")
    dependents = _dependents(distribution, seen)

    yield f"Name: {distribution.display_name}"
    yield f"Version: {headers.get('Version', distribution.version)}"
    yield f"Summary: {headers.get('Summary', '')}"
    yield f"Home-page: {_home_page(headers)}"
    yield f"Author: {headers.get('Author', '')}"
    yield f"Author-email: {headers.get('Author-email', '')}"
    yield _license(headers)
    yield f"Location: {distribution.location}"

    if distribution.is_editable:
        yield f"Editable project location: {project_location(distribution)}"

    yield f"Requires: {', '.join(required_names(distribution, seen.markers))}"
    yield f"Required-by: {', '.join(dependents)}"

    if verbose:
        yield from _details(distribution, headers)

    if with_files:
        yield from _files(distribution)


def _home_page(headers: Message) -> str:
    """Return Home-page, or else the project URL that is labelled so (core metadata, well-known labels)."""
    page = str(headers.get("Home-page", ""))

    if page:
        return page

    for value in headers.get_all("Project-URL", []):
        label, _, url = str(value).partition(",")

        if "".join(letter for letter in label.lower() if letter.isalnum()) == "homepage":
            return url.strip()

    return ""


def _license(headers: Message) -> str:
    """Return the licence as an expression where metadata is new enough to have one (PEP 639)."""
    expression = headers.get("License-Expression", "")
    version = str(headers.get("Metadata-Version", "")).strip().split(".")
    numbers = tuple(int(part) if part.isdigit() else 0 for part in version)

    if expression and numbers >= (2, 4):
        return f"License-Expression: {expression}"

    return f"License: {headers.get('License', '')}"


def _dependents(distribution: InstalledDistribution, seen: Seen) -> list[str]:
    needing = (
        other.display_name
        for other in seen.installed.distributions
        if distribution.name in {canonicalize_name(name) for name in required_names(other, seen.markers)}
    )

    return sorted(needing, key=str.lower)


def _details(distribution: InstalledDistribution, headers: Message) -> Iterator[str]:
    entry_points = metadata_text(distribution, "entry_points.txt") or ""

    yield f"Metadata-Version: {headers.get('Metadata-Version', '')}"
    yield f"Installer: {distribution.installer or ''}"
    yield "Classifiers:"
    yield from (f"  {value}" for value in headers.get_all("Classifier", []))
    yield "Entry-points:"
    yield from (f"  {line.strip()}" for line in entry_points.splitlines())
    yield "Project-URLs:"
    yield from (f"  {value}" for value in headers.get_all("Project-URL", []))


def _files(distribution: InstalledDistribution) -> Iterator[str]:
    from zephyr.environments.records import recorded_paths

    yield "Files:"
    rows, _ = recorded_paths(distribution)

    if not rows:
        yield "Cannot locate RECORD or installed-files.txt"

    yield from (f"  {path}" for path in sorted(row.path for row in rows))
