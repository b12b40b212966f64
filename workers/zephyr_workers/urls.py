"""What the network side asks of an address: its origin, its host, whether it may be requested at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from zephyr.model.index import without_credentials
from zephyr_workers.network_errors import InvalidUrl

MAX_LENGTH = 8_192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNQUOTED = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]%]|%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Address:
    """What a request for a URL needs: where to connect to, and what to ask for."""

    host: str
    """In ASCII and lower case; an IPv6 address without brackets."""
    port: int
    secure: bool
    authority: str
    """The value of the Host header."""
    target: str
    """Path and query, percent-encoded where they have to be."""


def address(url: str) -> Address:
    """Take an http(s) URL apart; raise `InvalidUrl` as `split_url` does."""
    parts = split_url(url)
    name = (parts.hostname or "").lower()
    name = name if name.isascii() else _ascii_host(name, url)
    port, usual = parts.port, _DEFAULT_PORTS[parts.scheme]
    shown = f"[{name}]" if ":" in name else name
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    return Address(
        host=name,
        port=port or usual,
        secure=parts.scheme == "https",
        authority=shown if port in (None, usual) else f"{shown}:{port}",
        target=_UNQUOTED.sub(lambda found: quote(found[0], safe=""), target),
    )


def _ascii_host(name: str, url: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise InvalidUrl(f"{without_credentials(url)[:200]!a} does not name a host.") from error


def split_url(url: str) -> SplitResult:
    """Split an http(s) URL; raise `InvalidUrl` for anything else, or for one that is malformed."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable, parts = False, SplitResult("", "", "", "", "")

    if not usable or len(url) > MAX_LENGTH or not url.isprintable() or " " in url or "\\" in url:
        raise InvalidUrl(f"{without_credentials(url)[:200]!a} is not a usable http(s) address.")

    return parts


def origin(url: str) -> str:
    """Return scheme, host and port of an http(s) URL in one spelling: credentials never leave it."""
    parts = split_url(url)

    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"


def host(url: str) -> str:
    """Return the host as people know it, with a port that is not the usual one."""
    if url.startswith("file:"):
        return "this machine"

    parts = split_url(url)
    port = f":{parts.port}" if parts.port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""

    return f"{parts.hostname}{port}"


def user_info(url: str) -> tuple[str, str] | None:
    """Return user name and password written into a URL, percent-decoded; None without a user name."""
    parts = urlsplit(url)

    if not parts.username and not parts.password:
        return None

    return unquote(parts.username or ""), unquote(parts.password or "")
