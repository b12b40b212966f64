"""HTML index pages and pages of links (PEP 503, 592, 629, 658, 714, 792).

Indexes exist that serve nothing else, with pages of megabytes, so the page is cut into the three tags
that matter by one pass of a possessive expression (linear whatever the input) instead of being parsed
into a tree: 10,000 links take about a tenth of what `html.parser` needs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from zephyr.model.artifact import Artifact
from zephyr_workers.network_errors import IndexPageInvalid, IndexPageUnexpected
from zephyr_workers.simple_index import FileCollector, absolute_url, check_api_version, usable_hashes

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing

# First a link as nearly every index writes it, in characters that need no decoding: that saves a fifth
# of the time and gives the same answer as the general way below it. A comment swallows what it holds; a
# tag or quote that never closes swallows the rest of the page, as browsers do, which also keeps the
# search linear.
_TAG = re.compile(
    r"<(?:(?-i:a\s++href=\"(https://[-\w.:~+/=,]+/)([-\w.+]++)#sha256=([0-9a-f]{64})\""
    r"((?:\s++data-[a-z-]++=\"[^\"]*+\")*+)\s*+>)"
    r"|!--.*?(?:-->|\Z)"
    r"|(a|base|meta)(?=[\s/>])"
    r"((?:[^\"'>]++|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+)(?:>|\Z))",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++)))?",
)
_DATA = re.compile(r"(data-[a-z-]+)=\"([^\"]*)\"")


def parse_html(body: bytes, charset: str, url: str, name: NormalizedName | None) -> Listing:
    """Parse a page of links; ``name`` as in `simple_index.parse_page`.

    Raises `IndexPageUnexpected` when the page has a form to fill in and not one link to an archive.
    """
    try:
        page = body.decode(charset)
    except (LookupError, UnicodeDecodeError) as error:
        raise IndexPageInvalid(f"The page {url} is not valid {charset[:40]!r} text.") from error

    files = FileCollector(url, name)
    metas: dict[str, str] = {}
    base = url

    # One match at a time: all tags of a page at once would take several times its size.
    for match in _TAG.finditer(page):
        folder, filename, sha256, data, tag, attributes = match.groups("")

        if folder:
            _add_common_link(files, folder, filename, sha256, data)
        elif tag in ("a", "A"):
            _add_link(files, base, _attributes(attributes))
        elif tag.lower() == "base":
            base = urljoin(url, _attributes(attributes).get("href", "").strip())
        elif tag:
            meta = _attributes(attributes)
            metas.setdefault(meta.get("name", "").lower(), meta.get("content", ""))

    newer = check_api_version(metas.get("pypi:repository-version", "1.0"), url)

    if newer is not None:
        files.skip("parts of a newer Simple API", newer)

    listing = files.listing(metas.get("pypi:project-status"), metas.get("pypi:project-status-reason"))
    _refuse_portal(page, url, listing)

    return listing


def _add_link(files: FileCollector, base: str, attributes: dict[str, str]) -> None:
    link, _, fragment = attributes.get("href", "").strip().partition("#")
    filename = unquote(link.partition("?")[0].rpartition("/")[2])

    if not files.is_usable(filename):
        return

    url = absolute_url(base, link)
    hashes = usable_hashes(_pairs(fragment))

    if url is None:
        files.skip("unusable address", ascii(link[:100]))
    elif hashes is None:
        files.skip("malformed hash", filename)
    else:
        files.add(_artifact(filename, url, hashes, attributes))


def _add_common_link(files: FileCollector, folder: str, filename: str, sha256: str, data: str) -> None:
    """Do what `_add_link` does, for the parts of a link in the usual spelling."""
    if files.is_usable(filename):
        # Of two attributes with one name the first counts.
        pairs = reversed(_DATA.findall(data))
        attributes = {name: _unescape(value) if "&" in value else value for name, value in pairs}
        files.add(_artifact(filename, folder + filename, {"sha256": sha256}, attributes))


def _artifact(filename: str, url: str, hashes: dict[str, str], attributes: dict[str, str]) -> Artifact:
    return Artifact(
        filename=filename,
        url=url,
        hashes=hashes,
        requires_python=attributes.get("data-requires-python") or None,
        yanked=attributes.get("data-yanked"),
        # Not in any PEP, but some mirrors say it, and a cut-off by date needs it.
        upload_time=attributes.get("data-upload-time"),
        metadata_hashes=_metadata_hashes(attributes),
    )


def _metadata_hashes(attributes: dict[str, str]) -> dict[str, str] | None:
    """Return the sibling's digests; PEP 714's name for the attribute wins over PEP 658's."""
    value = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata"))

    if value is None or value == "false":
        return None

    return usable_hashes(_pairs(value)) or {}


def _pairs(text: str) -> dict[str, str]:
    return {key: value for key, equals, value in (part.partition("=") for part in text.split("&")) if equals}


_unescape = lru_cache(maxsize=1024)(unescape)
"""Remembers: a page says the same few things of its thousands of files."""


def _attributes(text: str) -> dict[str, str]:
    """Return a tag's attributes, the first of a name winning as the HTML standard says."""
    attributes: dict[str, str] = {}

    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or bare
        attributes.setdefault(name.lower(), _unescape(value) if "&" in value else value)

    return attributes


def _refuse_portal(page: str, url: str, listing: Listing) -> None:
    """Refuse the login page of a proxy: it would read as a project without files."""
    if listing.artifacts or (listing.skipped and "<form" not in page.lower()):
        return

    if "<form" in page.lower() or ("<a" not in page.lower() and "<html" not in page.lower()):
        raise IndexPageUnexpected(
            f"{url} answered with a page that is not an index page (it begins with {page[:60]!r}).",
            hint="A proxy or a login page may stand in between: open the address in a browser.",
        )
