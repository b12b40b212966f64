"""JSON index pages (PEP 691, 700, 714, 792)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn, cast

from zephyr.model.names import canonicalize_name
from zephyr_workers.network_errors import IndexPageInvalid
from zephyr_workers.simple_entries import mapping_or_empty, text_or_none
from zephyr_workers.simple_files import FileCollector
from zephyr_workers.simple_index import check_api_version

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing


def parse_json(body: bytes, url: str, name: NormalizedName | None) -> Listing:
    """Parse a PEP 691 project page; entries of a wrong shape are skipped one by one."""
    page = _document(body, url)
    meta = mapping_or_empty(page.get("meta"))
    newer = check_api_version(str(meta.get("api-version", "")), url)
    entries = page.get("files")

    if not isinstance(entries, list):
        raise IndexPageInvalid(f"The page {url} has no list of files.")

    files = FileCollector(url, name)

    if newer is not None:
        files.skip("parts of a newer Simple API", newer)

    if name is not None and canonicalize_name(str(page.get("name", name))) != name:
        files.skip("the page names another project", str(page.get("name")))

    status = mapping_or_empty(page.get("project-status"))

    return files.listing(
        cast("list[object]", entries), text_or_none(status.get("status")), text_or_none(status.get("reason"))
    )


def _document(body: bytes, url: str) -> dict[str, Any]:
    try:
        document = json.loads(
            body.decode(), parse_constant=_refuse_constant, object_pairs_hook=_without_duplicates
        )
    except (ValueError, RecursionError) as error:
        raise IndexPageInvalid(f"The page {url} is not valid JSON: {error}.") from error

    if not isinstance(document, dict):
        raise IndexPageInvalid(f"The page {url} is not a JSON object.")

    return cast("dict[str, Any]", document)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key given twice: readers disagree on which one counts."""
    mapping = dict(pairs)

    if len(mapping) != len(pairs):
        raise ValueError("a key is given twice")

    return mapping


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
