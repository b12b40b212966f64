"""Index pages into listings: content negotiation, and the version of the Simple API.

Specifications: PEP 503, 592, 629, 658, 691, 700, 714, 792. Pure functions over the bytes of one page.
A page that cannot be believed as a whole raises `IndexPageInvalid`; single files that are of no use
are left out and counted in `Listing.skipped`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_workers.network_errors import IndexPageInvalid, IndexPageUnexpected

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.model.artifact import Listing

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
"""The formats understood, the cheapest to parse first (PEP 691)."""

KNOWN_MINOR = 4
"""The newest minor version of the Simple API whose rules are followed (PEP 792)."""


def parse_page(body: bytes, content_type: str, url: str, name: NormalizedName | None) -> Listing:
    """Parse one page fetched from ``url`` (after redirects, without credentials).

    ``name`` is the project it was asked for, or None for a page of links to files of many projects.
    Raises `IndexPageUnexpected` for anything but the formats of `ACCEPT`, `IndexPageInvalid` for a
    page that breaks its format.
    """
    media_type, parameters = _media_type(content_type)

    if media_type == "application/vnd.pypi.simple.v1+json":
        from zephyr_workers.simple_json import parse_json

        return parse_json(body, url, name)

    if media_type in ("application/vnd.pypi.simple.v1+html", "text/html", "application/xhtml+xml"):
        from zephyr_workers.simple_html import parse_html

        return parse_html(body, parameters.get("charset", "utf-8"), url, name)

    raise IndexPageUnexpected(
        f"{url} answered with {media_type or 'no content type'}, which is not an index page"
        f" (it begins with {body[:60]!r}).",
        hint="Check the address of the index: it usually ends in /simple/.",
    )


def check_api_version(version: str, url: str) -> str | None:
    """Refuse a major version other than 1 (PEP 629); return a note on a newer minor one."""
    major, _, minor = version.partition(".")

    if not (major.isdecimal() and minor.isdecimal()) or int(major) != 1:
        raise IndexPageInvalid(
            f"The page {url} is of version {version[:20]!r} of the Simple API; Zephyr knows version 1.",
            hint="A newer Zephyr may know it.",
        )

    return f"1.{minor}" if int(minor) > KNOWN_MINOR else None


def _media_type(content_type: str) -> tuple[str, dict[str, str]]:
    media_type, *rest = content_type.split(";")
    pairs = (parameter.partition("=") for parameter in rest)

    return media_type.strip().lower(), {key.strip().lower(): value.strip(" \"'") for key, _, value in pairs}
