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

from zephyr_workers.network_errors import IndexPageInvalid, IndexPageUnexpected
from zephyr_workers.simple_files import FileCollector
from zephyr_workers.simple_index import check_api_version

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing
    from zephyr_workers.simple_entries import Entry

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

    entries: list[Entry] = []
    metas: dict[str, str] = {}
    base = ""

    # One match at a time: all tags of a page at once would take several times its size.
    for match in _TAG.finditer(page):
        folder, filename, sha256, data, tag, attributes = match.groups("")

        if folder:
            entries.append(_common_entry(folder, filename, sha256, data))
        elif tag in ("a", "A"):
            entries.append(_entry(base, _attributes(attributes)))
        elif tag.lower() == "base":
            base = urljoin(url, _attributes(attributes).get("href", "").strip())
        elif tag:
            meta = _attributes(attributes)
            metas.setdefault(meta.get("name", "").lower(), meta.get("content", ""))

    files = FileCollector(url, name)
    newer = check_api_version(metas.get("pypi:repository-version", "1.0"), url)

    if newer is not None:
        files.skip("parts of a newer Simple API", newer)

    listing = files.listing(
        entries, metas.get("pypi:project-status"), metas.get("pypi:project-status-reason")
    )
    _refuse_portal(page, url, listing)

    return listing


def _entry(base: str, attributes: dict[str, str]) -> Entry:
    """Return the entry of a link; ``base`` is what a tag says that it starts from, if one does."""
    link, _, fragment = attributes.get("href", "").strip().partition("#")
    filename = unquote(link.partition("?")[0].rpartition("/")[2])

    return {
        "filename": filename,
        "url": urljoin(base, link) if base else link,
        "hashes": _pairs(fragment),
    } | _properties(attributes)


def _common_entry(folder: str, filename: str, sha256: str, data: str) -> Entry:
    """Return what `_entry` does, for the parts of a link in the usual spelling."""
    entry: Entry = {"filename": filename, "url": folder + filename, "hashes": {"sha256": sha256}}

    if data:
        # Of two attributes with one name the first counts.
        pairs = reversed(_DATA.findall(data))
        entry |= _properties({name: _unescape(value) if "&" in value else value for name, value in pairs})

    return entry


def _properties(attributes: dict[str, str]) -> Entry:
    """Return what the attributes of a link say that PEP 691 has a key for."""
    metadata = attributes.get("data-core-metadata", attributes.get("data-dist-info-metadata", "false"))

    return {
        "requires-python": attributes.get("data-requires-python"),
        "yanked": attributes.get("data-yanked"),
        # Not in any PEP, but some mirrors say it, and a cut-off by date needs it.
        "upload-time": attributes.get("data-upload-time"),
        "core-metadata": metadata != "false" and _pairs(metadata),
    }


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
