"""When an index page that we have is good enough: a small part of RFC 9111, as decisions without effects.

A page without Cache-Control and Expires counts as fresh for ten minutes, as long as the large public
indexes say of theirs. Pages are kept per URL and login, so that nobody sees another user's index.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, fields, replace
from zephyr.memo.trace import holds_until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

BUCKET = "pages-v3"
DEFAULT_FRESHNESS = 600.0
_LONGEST_FRESHNESS = 365 * 24 * 3600.0


class Decision(Enum):
    """What to do for a page."""

    USE = "use"
    REVALIDATE = "revalidate"
    FETCH = "fetch"


@dataclass(frozen=True, slots=True)
class StoredPage:
    """What later decisions need of an answer. ``stored_at`` in seconds since 1970."""

    url: str
    status: int
    stored_at: float
    fresh_for: float
    etag: str | None = None
    last_modified: str | None = None
    storable: bool = True
    """Whether the server lets it be kept at all (``no-store``)."""
    content_type: str = ""
    coding: str | None = None
    """The Content-Encoding of the body."""
    project: NormalizedName | None = None
    """The project that it was asked for, None for a page of links."""
    body: str = ""
    """The SHA-256 of the body as it came (`zephyr_workers.kept_listings`)."""
    pack: bytes = b""
    """What a resolve asks of the page."""

    @property
    def conditions(self) -> dict[str, str]:
        """The request headers that let the server answer 304."""
        conditions = {"if-none-match": self.etag, "if-modified-since": self.last_modified}

        return {name: value for name, value in conditions.items() if value}


def decide(stored: StoredPage | None, now: float, *, refresh: bool, offline: bool) -> Decision:
    """Decide for one page; offline, whatever is stored is used (FETCH then means: cannot be had)."""
    if stored is None:
        return Decision.FETCH

    if offline:
        return Decision.USE

    if not refresh and 0 <= now - stored.stored_at < stored.fresh_for:
        holds_until(stored.stored_at + stored.fresh_for)
        return Decision.USE

    return Decision.REVALIDATE if stored.conditions else Decision.FETCH


def page_from_answer(url: str, status: int, headers: Mapping[str, str], now: float) -> StoredPage:
    """Return an answer as a page still without a listing, to be stored if it is ``storable``."""
    directives = cache_control(headers.get("cache-control", ""))

    return StoredPage(
        url=url,
        status=status,
        stored_at=now,
        fresh_for=fresh_for(headers, directives),
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        storable="no-store" not in directives,
        content_type=headers.get("content-type", ""),
        coding=headers.get("content-encoding"),
    )


def revalidated(stored: StoredPage, headers: Mapping[str, str], now: float) -> StoredPage:
    """Return ``stored`` after a 304: the old listing with the new freshness."""
    given = any(name in headers for name in ("cache-control", "expires"))
    freshness = (
        fresh_for(headers, cache_control(headers.get("cache-control", ""))) if given else stored.fresh_for
    )

    return replace(stored, stored_at=now, fresh_for=freshness, etag=headers.get("etag", stored.etag))


def fresh_for(headers: Mapping[str, str], directives: Mapping[str, str]) -> float:
    """Return for how many seconds after its arrival an answer is fresh."""
    if "no-cache" in directives or headers.get("vary", "").strip() == "*":
        return 0.0

    age = _seconds(headers.get("age")) or 0.0

    if "max-age" in directives:
        return min(max(0.0, (_seconds(directives["max-age"]) or 0.0) - age), _LONGEST_FRESHNESS)

    if "expires" in headers:
        expires, date = _moment(headers["expires"]), _moment(headers.get("date"))

        return max(0.0, expires - date - age) if expires is not None and date is not None else 0.0

    return DEFAULT_FRESHNESS


def cache_control(value: str) -> dict[str, str]:
    """Parse a Cache-Control header into its directives (RFC 9111, 5.2)."""
    pairs = (part.partition("=") for part in value.split(","))

    return {name.strip().lower(): argument.strip(' "') for name, _, argument in pairs if name.strip()}


def pack(page: StoredPage) -> bytes:
    """Return the record to keep: a line of JSON, then the pack."""
    known = {field.name: getattr(page, field.name) for field in fields(page) if field.name != "pack"}

    return json.dumps(known, separators=(",", ":")).encode() + b"\n" + page.pack


def unpack(record: bytes | None) -> StoredPage | None:
    """Return the page of a record, None for no record or one of another make."""
    if record is None:
        return None

    head, _, pack = record.partition(b"\n")

    try:
        return StoredPage(**json.loads(head), pack=pack)
    except (ValueError, TypeError):
        return None


def record_key(url: str, identity: str | None) -> str:
    """Return the key of a page: its address and a digest of the login it was asked with."""
    return f"{url}\n{identity or ''}"


def _seconds(text: str | None) -> float | None:
    return float(text[:12]) if text is not None and text.isascii() and text.isdecimal() else None


def _moment(text: str | None) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (ValueError, TypeError, OverflowError):
        return None
