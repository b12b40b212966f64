"""``zephyr inspect``: an environment as JSON, in the format of pip's inspect report, version 1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from zephyr import __version__
from zephyr.cli.context import output_of
from zephyr.cli.list import PARTS_OF_PYTHON
from zephyr.cli.option_groups import command
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.cli.report import metadata_as_json
from zephyr.cli.viewing import ViewOptions, look, metadata_location, metadata_text

if TYPE_CHECKING:
    from zephyr.model.environment import InstalledDistribution


@command
def inspect(
    view: ViewOptions,
    target: TargetOptions,
    cache: CacheOptions,
    output: OutputOptions,
    _network: NetworkOptionsGroup,
) -> None:
    """Print all that is known of what is installed, as JSON."""
    say = output_of(output)
    seen = look(view, target, cache, say)
    document = {
        "version": "1",
        "pip_version": f"zephyr {__version__}",
        "installed": [_entry(one) for one in seen.installed.distributions if one.name not in PARTS_OF_PYTHON],
        "environment": dict(seen.markers),
    }
    say.result_document(json.dumps(document, indent=2) + "\n")


def _entry(distribution: InstalledDistribution) -> dict[str, Any]:
    text = metadata_text(distribution, "METADATA", "PKG-INFO") or ""
    entry: dict[str, Any] = {
        "metadata": metadata_as_json(text.encode()),
        "metadata_location": metadata_location(distribution),
    }

    if distribution.direct_url is not None:
        entry["direct_url"] = dict(distribution.direct_url)

    if distribution.installer:
        entry["installer"] = distribution.installer

    if distribution.metadata_folder.endswith(".dist-info"):
        entry["requested"] = distribution.requested

    return entry
