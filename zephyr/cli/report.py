"""The installation report in pip's format (version 1), which other tools read."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import compat32
from typing import TYPE_CHECKING, Any

from zephyr import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from zephyr.model.resolution import Pin

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


def installation_report(pins: Iterable[Pin], markers: Mapping[str, str]) -> dict[str, Any]:
    """Return the report on ``pins``, which are to be installed or were, as a JSON value."""
    return {
        "version": "1",
        "pip_version": f"zephyr {__version__}",
        "install": [_item(pin) for pin in pins],
        "environment": dict(markers),
    }


def _item(pin: Pin) -> dict[str, Any]:
    archive: dict[str, Any] = {}

    if pin.artifact.hashes:
        algorithm = "sha256" if "sha256" in pin.artifact.hashes else next(iter(pin.artifact.hashes))
        archive = {
            "hash": f"{algorithm}={pin.artifact.hashes[algorithm]}",
            "hashes": dict(pin.artifact.hashes),
        }

    item: dict[str, Any] = {
        "download_info": {"url": pin.artifact.url, "archive_info": archive},
        "is_direct": pin.direct,
        "is_yanked": pin.artifact.yanked is not None,
        "requested": pin.requested,
        "metadata": metadata_as_json(pin.metadata),
    }

    if pin.extras and pin.requested:
        item["requested_extras"] = sorted(pin.extras)

    return item


def metadata_as_json(document: bytes) -> dict[str, Any]:
    """Turn a METADATA document into JSON as PEP 566 describes."""
    message = BytesParser(policy=compat32).parsebytes(document)
    result: dict[str, Any] = {}

    for field, value in message.items():
        key = field.lower().replace("-", "_")
        text = str(value)

        if key in _SEVERAL:
            result.setdefault(key, []).append(text)
        elif key == "keywords":
            result[key] = [word.strip() for word in text.split("," if "," in text else " ") if word.strip()]
        else:
            result[key] = text

    body = message.get_payload()

    if isinstance(body, str) and body.strip():
        result["description"] = body

    return result
