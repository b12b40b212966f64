"""``zephyr list``: what is installed, in pip's columns, as requirements or as JSON."""

from __future__ import annotations

import json as json_format
import os
from typing import TYPE_CHECKING, Annotated, Any, Literal

from zephyr.cli.context import output_of
from zephyr.cli.install_rules import ConflictingOptions
from zephyr.cli.option_groups import command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, SourceOptions, TargetOptions
from zephyr.cli.selection_options import SelectionOptions
from zephyr.cli.viewing import (
    ViewOptions,
    in_columns,
    look,
    metadata_text,
    project_location,
    required_names,
)
from zephyr.environments.headers import parse_headers
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.cli.viewing import Seen
    from zephyr.model.environment import InstalledDistribution
    from zephyr.pipeline.offers import Offer

PARTS_OF_PYTHON = frozenset({"argparse", "python", "wsgiref"})
"""Names that the standard library has taken over: pip never lists them."""


ListFormat = Literal["columns", "freeze", "json"]
"""How a list is laid out; the names are pip's."""


@command
def list_distributions(
    view: ViewOptions,
    selection: SelectionOptions,
    sources: SourceOptions,
    target: TargetOptions,
    cache: CacheOptions,
    network: NetworkOptionsGroup,
    output: OutputOptions,
    outdated: Annotated[
        bool, option("--outdated", "-o", help="Only what the index has a newer version of.")
    ] = False,
    uptodate: Annotated[
        bool, option("--uptodate", "-u", help="Only what the index has no newer version of.")
    ] = False,
    not_required: Annotated[
        bool, option("--not-required", help="Only what nothing else that is installed needs.")
    ] = False,
    editable: Annotated[bool, option("--editable", "-e", help="Only editable installs.")] = False,
    exclude_editable: Annotated[
        bool, option("--exclude-editable", help="Without editable installs.")
    ] = False,
    include_editable: Annotated[
        bool, option("--include-editable", help="With editable installs after all.")
    ] = False,
    exclude: Annotated[
        list[str] | None, option("--exclude", metavar="NAME", help="Leave this package out.")
    ] = None,
    format: Annotated[ListFormat, option("--format", help="How to lay the list out.")] = "columns",  # noqa: A002
    json: Annotated[bool, option("--json", help="Short for --format=json.")] = False,
) -> None:
    """List what is installed."""
    say = output_of(output)
    layout = "json" if json else format
    _refuse_contradictions(outdated=outdated, uptodate=uptodate, layout=layout)
    seen = look(view, target, cache, say)
    found = _named(seen, exclude or (), not_required=not_required)
    found = [one for one in found if one.is_editable or not editable]
    found = [one for one in found if include_editable or not (exclude_editable and one.is_editable)]
    latest: Mapping[str, Offer] = {}

    if outdated or uptodate:
        from zephyr.cli.offers_request import latest_offers

        latest = latest_offers([one.name for one in found], selection, sources, target, cache, network, say)
        found = [one for one in found if one.name in latest and _is_asked_for(one, latest, newer=outdated)]

    newest = latest if outdated else None

    if layout == "json":
        entries = [_as_json(one, newest, verbose=output.verbose > 0) for one in found]
        say.result(json_format.dumps(entries))
    elif layout == "freeze":
        for one in found:
            place = f" ({one.location})" if output.verbose else ""
            say.result(f"{one.display_name}=={one.version}{place}")
    elif found:
        in_columns(_rows(found, newest, verbose=output.verbose > 0), say)


def _refuse_contradictions(*, outdated: bool, uptodate: bool, layout: ListFormat) -> None:
    if outdated and uptodate:
        raise ConflictingOptions(
            "Options --outdated and --uptodate cannot be combined.",
            hint="Without either, everything is listed.",
        )

    if outdated and layout == "freeze":
        raise ConflictingOptions(
            "List format 'freeze' cannot be used with the --outdated option.",
            hint="It has no place for the newer version: use --format=json.",
        )


def _named(seen: Seen, exclude: Sequence[str], *, not_required: bool) -> list[InstalledDistribution]:
    """Return what was found, without what is excluded or, where that is asked, required by others."""
    left_out = {canonicalize_name(name) for name in exclude} | PARTS_OF_PYTHON
    distributions = seen.installed.distributions

    if not_required:
        needed = (name for one in distributions for name in required_names(one, seen.markers))
        left_out |= {canonicalize_name(name) for name in needed}

    return [one for one in distributions if one.name not in left_out]


def _is_asked_for(distribution: InstalledDistribution, latest: Mapping[str, Offer], *, newer: bool) -> bool:
    offered = latest[distribution.name].version

    return offered > distribution.version if newer else offered == distribution.version


def _as_json(
    distribution: InstalledDistribution, latest: Mapping[str, Offer] | None, *, verbose: bool
) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": distribution.display_name, "version": str(distribution.version)}

    if verbose:
        entry |= {"location": distribution.location, "installer": distribution.installer or ""}

    if latest is not None:
        offer = latest[distribution.name]
        entry |= {"latest_version": str(offer.version), "latest_filetype": offer.file_type}

    if distribution.is_editable:
        entry["editable_project_location"] = project_location(distribution)

    return entry


def _rows(
    found: Sequence[InstalledDistribution], latest: Mapping[str, Offer] | None, *, verbose: bool
) -> list[tuple[str, ...]]:
    """Return the rows of the table, the titles first; columns in which nothing stands are left out."""
    columns: dict[str, list[str]] = {
        "Package": [one.display_name for one in found],
        "Version": [str(one.version) for one in found],
    }

    if latest is not None:
        columns["Latest"] = [str(latest[one.name].version) for one in found]
        columns["Type"] = [latest[one.name].file_type for one in found]

    columns["Build"] = [_build_tag(one) for one in found]
    columns["Editable project location"] = [project_location(one) if one.is_editable else "" for one in found]
    optional = ("Build", "Editable project location")
    shown = {title: cells for title, cells in columns.items() if title not in optional or any(cells)}

    if verbose:
        shown |= {
            "Location": [os.path.normpath(one.location) for one in found],
            "Installer": [one.installer or "" for one in found],
        }

    return [tuple(shown), *zip(*shown.values(), strict=True)]


def _build_tag(distribution: InstalledDistribution) -> str:
    """Return the build number of the wheel that was installed, empty where it had none."""
    headers = parse_headers((metadata_text(distribution, "WHEEL") or "").encode())

    return headers.get("build", [""])[0]
