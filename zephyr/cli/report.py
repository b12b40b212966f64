"""The installation report in pip's format (version 1), which other tools read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from zephyr import __version__
from zephyr.errors import UsageError
from zephyr.model.headers import headers_in, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.cli.output import Output
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.outcome import InstallOutcome

_SEVERAL = frozenset(
    {
        "classifier",
        "dynamic",
        "import_name",
        "import_namespace",
        "license_file",
        "obsoletes",
        "obsoletes_dist",
        "platform",
        "project_url",
        "provides",
        "provides_dist",
        "provides_extra",
        "requires",
        "requires_dist",
        "requires_external",
        "supported_platform",
    }
)


def refuse_unwritable(path: str) -> None:
    """Raise `UsageError` where no report can be written to ``path``: before anything is changed."""
    folder = os.path.dirname(os.path.abspath(path))

    if path != "-" and (os.path.isdir(path) or not os.access(folder, os.W_OK)):
        raise _unwritable(path, "it is a folder" if os.path.isdir(path) else f"{folder} cannot be written")


def write_report(outcome: InstallOutcome, path: str, output: Output) -> None:
    """Write the report on what was installed to ``path``, to standard output for ``-``."""
    document = installation_report(outcome.installed_pins, outcome.markers, outcome.documents)

    if path == "-":
        output.result_json(document)
        return

    try:
        with open(path, "w", encoding="utf-8") as file:
            # On one line: indented, it would be written by Python code, which takes longer than the resolve.
            file.write(f"{json.dumps(document)}\n")
    except OSError as error:
        raise _unwritable(path, str(error.strerror)) from error


def _unwritable(path: str, reason: str) -> UsageError:
    return UsageError(
        f"Cannot write the report to {path}: {reason}",
        hint="Name a file in a folder that exists, or - for standard output.",
        id="report-unwritable",
    )


def installation_report(
    pins: Iterable[Pin],
    markers: Mapping[str, str],
    documents: Mapping[NormalizedName, Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return the report on ``pins``, which are to be installed or were, as a JSON value.

    ``documents`` has the direct_url.json (PEP 610) of those that were chosen by place.
    """
    return {
        "version": "1",
        "pip_version": f"zephyr {__version__}",
        "install": [_item(pin, (documents or {}).get(pin.name)) for pin in pins],
        "environment": dict(markers),
    }


def _item(pin: Pin, document: Mapping[str, Any] | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "download_info": dict(document or _download_info(pin)),
        "is_direct": pin.direct,
        "is_yanked": pin.artifact.yanked is not None,
        "requested": pin.requested,
        "metadata": _metadata(pin),
    }

    if pin.extras and pin.requested:
        item["requested_extras"] = sorted(pin.extras)

    return item


def _download_info(pin: Pin) -> dict[str, Any]:
    archive: dict[str, Any] = {}

    if pin.artifact.hashes:
        algorithm = "sha256" if "sha256" in pin.artifact.hashes else next(iter(pin.artifact.hashes))
        archive = {
            "hash": f"{algorithm}={pin.artifact.hashes[algorithm]}",
            "hashes": dict(pin.artifact.hashes),
        }

    return {"url": pin.artifact.url, "archive_info": archive}


def _metadata(pin: Pin) -> dict[str, Any]:
    """Return the METADATA that the pin was chosen by; of what a lock pins only the identity is known."""
    if pin.metadata is None:
        return {"name": pin.name, "version": str(pin.version)}

    return metadata_as_json(pin.metadata)


def metadata_as_json(document: bytes) -> dict[str, Any]:
    """Turn a METADATA document into JSON as PEP 566 describes."""
    head, description = split(document)
    result: dict[str, Any] = {}

    for field, text in headers_in(head):
        key = field.replace("-", "_")

        if key in _SEVERAL:
            result.setdefault(key, []).append(text)
        elif key == "keywords":
            result[key] = [word.strip() for word in text.split("," if "," in text else " ") if word.strip()]
        else:
            result[key] = text

    if description.strip():
        result["description"] = description.decode("utf-8", "replace")

    return result
