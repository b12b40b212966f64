"""What an index says of one file. Pure functions over an *entry*, which is what PEP 691 has for a file.

An HTML page has the same in attributes (PEP 503, 592, 658, 714).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from zephyr.model.artifact import Artifact
from zephyr.model.names import canonicalize_name
from zephyr_workers.simple_links import absolute_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

Entry: TypeAlias = dict[str, Any]

ARCHIVE_SUFFIXES = (".whl", ".tar.gz", ".zip")

_SHA256 = re.compile("[0-9a-f]{64}")
_DIGEST_LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}


class Unusable(NamedTuple):
    """Why a file is left out, and what shows it."""

    reason: str
    example: str


def read_entry(entry: Entry, page_url: str, name: NormalizedName | None) -> Artifact | Unusable:
    """Return the file of an entry on the page of project ``name``; None stands for any project."""
    link, filename = entry.get("url"), entry.get("filename")

    if not isinstance(filename, str):
        return Unusable("malformed entry", ascii(filename)[:100])

    reason = name_problem(filename, name)

    if reason is not None:
        return Unusable(reason, ascii(filename) if reason == UNSAFE else filename)

    if not isinstance(link, str):
        return Unusable("malformed entry", filename)

    url = absolute_url(page_url, link.partition("#")[0])
    hashes = _hashes(entry.get("hashes"))
    size, requires_python = entry.get("size"), entry.get("requires-python")

    if url is None:
        return Unusable("unusable address", ascii(link[:100]))

    if hashes is None:
        return Unusable("malformed hash", filename)

    if not _is_size(size) or not isinstance(requires_python, str | None):
        return Unusable("malformed entry", filename)

    return Artifact(
        filename=filename,
        url=url,
        hashes=hashes,
        size=size,
        requires_python=requires_python or None,
        yanked=yank_reason(entry.get("yanked")),
        upload_time=text_or_none(entry.get("upload-time")),
        metadata_hashes=_metadata_hashes(entry),
    )


NOT_AN_ARCHIVE = "not a wheel or a source archive"
UNSAFE = "unsafe file name"
FOREIGN = "file of another project"


def name_problem(filename: str, name: NormalizedName | None) -> str | None:
    """Tell why a file name is not one of an archive of project ``name``; None where it is."""
    if not filename.endswith(ARCHIVE_SUFFIXES):
        return NOT_AN_ARCHIVE

    if "/" in filename or "\\" in filename or not filename.isprintable():
        return UNSAFE

    if filename.endswith(".whl") and filename.count("-") not in (4, 5):
        return "malformed wheel name"

    return None if name is None or belongs(filename, name) else FOREIGN


def belongs(filename: str, name: NormalizedName) -> bool:
    """Tell whether an archive's file name is one of project ``name``."""
    if filename.endswith(".whl"):
        return canonicalize_name(filename[: filename.find("-")]) == name

    return canonicalize_name(filename).startswith(f"{name}-")


def usable_hashes(hashes: Mapping[str, str]) -> dict[str, str] | None:
    """Return the digests of known algorithms in lower case; None when one of them is malformed."""
    sha256 = hashes.get("sha256")

    if sha256 is not None and len(hashes) == 1 and _SHA256.fullmatch(sha256):
        return {"sha256": sha256}

    usable: dict[str, str] = {}

    for algorithm, digest in hashes.items():
        length = _DIGEST_LENGTHS.get(algorithm)

        if length is None:
            continue

        if len(digest) != length or digest.strip("0123456789abcdefABCDEF"):
            return None

        usable[algorithm] = digest.lower()

    return usable


def contradict(some: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two sets of digests cannot be of the same bytes."""
    return any(other.get(algorithm, digest) != digest for algorithm, digest in some.items())


def yank_reason(value: object) -> str | None:
    """Return the reason of a yank (PEP 592): a text, or just ``true``."""
    if isinstance(value, str):
        return value

    return "" if value is True else None


def text_or_none(value: object) -> str | None:
    """Return a text, None for anything else."""
    return value if isinstance(value, str) else None


def mapping_or_empty(value: object) -> dict[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _is_size(size: object) -> bool:
    return size is None or (isinstance(size, int) and not isinstance(size, bool) and size >= 0)


def _metadata_hashes(entry: Entry) -> dict[str, str] | None:
    """Return the sibling's digests; PEP 714's key wins over PEP 691's."""
    value: object = entry.get("core-metadata", entry.get("dist-info-metadata"))

    if isinstance(value, dict):
        return _hashes(cast("object", value)) or {}

    return {} if value is True else None


def _hashes(value: object) -> dict[str, str] | None:
    """Return the digests of known algorithms; None when one of them is malformed."""
    mapping = mapping_or_empty(value)

    return usable_hashes({algorithm: text for algorithm, text in mapping.items() if isinstance(text, str)})
