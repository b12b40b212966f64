"""Where the links of an index page lead, and which of them may be followed. Pure functions."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_URL_LENGTH = 8_192

_ORIGIN = r"https://[A-Za-z0-9.-]++(?::[0-9]++)?/"
_PATH = r"\w[\w.+~!%-]*+(?:/\w[\w.+~!%-]*+)*+"
_PLAIN_LINK = re.compile(rf"(?:(?P<origin>{_ORIGIN})|(?P<up>(?:\.\./)*+))(?P<rest>{_PATH})", re.ASCII)
"""A link whose parts are names, from an origin or from the page's own place: what nearly all pages have."""
_PLAIN_LINKS = re.compile(rf"(?:(?:{_ORIGIN}|(?:\.\./)*+){_PATH}\n)*+", re.ASCII)


def absolute_url(base: str, link: str) -> str | None:
    """Resolve ``link`` against ``base``: http(s), or file from a file page, no user info; None otherwise."""
    plain = _PLAIN_LINK.fullmatch(link)

    if plain is None:
        return _usable(base, link if link.startswith("https://") else urljoin(base, link))

    folder = plain["origin"] or _folder(base, plain["up"])
    url = folder + plain["rest"] if folder is not None else None

    return None if url is None or len(url) > MAX_URL_LENGTH or "%00" in url else url


def are_usable(base: str, links: Sequence[str]) -> bool:
    """Tell whether all links are plain, so that `absolute_url` has an address for each. One pass over all.

    Where it says no, they have to be asked one by one.
    """
    text = "\n".join((*links, ""))

    return (
        text.count("\n") == len(links)
        and _PLAIN_LINKS.fullmatch(text) is not None
        and "%00" not in text
        and len(base) + max(map(len, links), default=0) <= MAX_URL_LENGTH
        and _folder(base, "") is not None
    )


@lru_cache(maxsize=64)
def _folder(base: str, up: str) -> str | None:
    return _usable(base, urljoin(base, up or "./"))


def _usable(base: str, url: str) -> str | None:
    """Return ``url`` without user info if a file may be fetched from there for a page at ``base``."""
    scheme, separator, rest = url.partition("://")
    allowed = scheme in ("https", "http") or (scheme == "file" and base.startswith("file:"))

    if not (separator and allowed) or len(url) > MAX_URL_LENGTH or not url.isprintable() or "%00" in url:
        return None

    authority, slash, path = rest.partition("/")

    if "@" in authority:
        url = f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"

    return url if slash else None
