"""The addresses of sources, checked before anything connects to them or shows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zephyr.model.source_reference import SourceInvalid

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_LONGEST = 8_192
_LONGEST_SHOWN = 200
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9._])?|[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?")
_ENCODED_CONTROL = re.compile(r"%(?:[01][0-9a-f]|7f)", re.IGNORECASE)


def check_characters(text: str, origin: str) -> None:
    """Raise `SourceInvalid` for control characters, plain or percent-encoded, and for absurd lengths."""
    if not text.strip():
        raise SourceInvalid(f"An empty requirement ({origin})")

    if len(text) > _LONGEST or not text.isprintable() or _ENCODED_CONTROL.search(text):
        raise SourceInvalid(
            f"{redacted(text)!a} has control characters or is too long to be an address ({origin})"
        )


def split_address(address: str, origin: str) -> SplitResult:
    """Split a URL with a host; raise `SourceInvalid` where a part is malformed or could pass as an option."""
    try:
        parts = urlsplit(address)
        host, user, port = parts.hostname or "", parts.username or "", parts.port
    except ValueError:
        host, user, port, parts = "", "", 0, urlsplit("")

    if not _HOST.fullmatch(host) or port == 0 or user.startswith("-") or " " in address or "\\" in address:
        raise SourceInvalid(
            f"{redacted(address)!a} is not a usable address ({origin})",
            hint="Write it as in https://host/path; other characters of a password are percent-encoded.",
        )

    return parts


def split_any(address: str, origin: str) -> SplitResult:
    """Split a URL that need not have a host; raise `SourceInvalid` where that cannot be done."""
    try:
        return urlsplit(address)
    except ValueError:
        pass  # the reason quotes the user name and the password

    raise SourceInvalid(f"{redacted(address)!a} is not a usable address ({origin})")


def plain_address(parts: SplitResult) -> str:
    """Put an address together again without user, password and fragment."""
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port is not None else ""
    query = f"?{parts.query}" if parts.query else ""

    return f"{parts.scheme}://{shown}{port}{parts.path}{query}"


def redacted(text: str) -> str:
    """Return what may be shown of an address that may be malformed: no user name, password or query.

    Where it cannot be told what is a password, nothing after the scheme is shown.
    """
    before, separator, rest = text.partition("://")

    if not separator:
        return _short(text)

    try:
        parts = urlsplit(f"any://{rest}")
        sound = parts.port is None or parts.port > 0
    except ValueError:
        sound, parts = False, urlsplit("")

    # "user:pass/word@host" reads as a host, a port that is none, and a path.
    if not sound:
        return _short(f"{before}://…")

    return _short(f"{before}://{parts.netloc.rpartition('@')[2]}{parts.path}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
