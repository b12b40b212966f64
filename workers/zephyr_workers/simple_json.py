"""JSON index pages (PEP 691, 700, 714, 792)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn, cast

from zephyr.model.artifact import Artifact
from zephyr.model.names import canonicalize_name
from zephyr_workers.network_errors import IndexPageInvalid
from zephyr_workers.simple_index import FileCollector, absolute_url, check_api_version, usable_hashes

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing


def parse_json(body: bytes, url: str, name: NormalizedName | None) -> Listing:
    """Parse a PEP 691 project page; entries of a wrong shape are skipped one by one."""
    page = _document(body, url)
    meta = _object(page.get("meta"))
    newer = check_api_version(str(meta.get("api-version", "")), url)
    entries = page.get("files")

    if not isinstance(entries, list):
        raise IndexPageInvalid(f"The page {url} has no list of files.")

    files = FileCollector(url, name)

    if newer is not None:
        files.skip("parts of a newer Simple API", newer)

    if name is not None and canonicalize_name(str(page.get("name", name))) != name:
        files.skip("the page names another project", str(page.get("name")))

    for entry in cast("list[object]", entries):
        _add_file(files, _object(entry))

    status = _object(page.get("project-status"))

    return files.listing(_text(status.get("status")), _text(status.get("reason")))


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


def _add_file(files: FileCollector, entry: dict[str, Any]) -> None:
    link, filename = entry.get("url"), entry.get("filename")

    if not (isinstance(link, str) and isinstance(filename, str)):
        files.skip("malformed entry", ascii(filename)[:100])
        return

    if not files.is_usable(filename):
        return

    url = absolute_url(files.page_url, link.partition("#")[0])
    hashes = _hashes(entry.get("hashes"))
    size, requires_python = entry.get("size"), entry.get("requires-python")

    if url is None:
        files.skip("unusable address", ascii(link[:100]))
    elif hashes is None:
        files.skip("malformed hash", filename)
    elif not _is_size(size) or not isinstance(requires_python, str | None):
        files.skip("malformed entry", filename)
    else:
        files.add(
            Artifact(
                filename=filename,
                url=url,
                hashes=hashes,
                size=size,
                requires_python=requires_python or None,
                yanked=_yanked(entry.get("yanked")),
                upload_time=_text(entry.get("upload-time")),
                metadata_hashes=_metadata_hashes(entry),
            )
        )


def _is_size(size: object) -> bool:
    return size is None or (isinstance(size, int) and not isinstance(size, bool) and size >= 0)


def _yanked(value: object) -> str | None:
    """Return the reason of a yank (PEP 592): a text, or just ``true``."""
    if isinstance(value, str):
        return value

    return "" if value is True else None


def _metadata_hashes(entry: dict[str, Any]) -> dict[str, str] | None:
    """Return the sibling's digests; PEP 714's key wins over PEP 691's."""
    value: object = entry.get("core-metadata", entry.get("dist-info-metadata"))

    if isinstance(value, dict):
        return _hashes(cast("object", value)) or {}

    return {} if value is True else None


def _hashes(value: object) -> dict[str, str] | None:
    """Return the digests of known algorithms; None when one of them is malformed."""
    mapping = _object(value)

    return usable_hashes({algorithm: text for algorithm, text in mapping.items() if isinstance(text, str)})


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
