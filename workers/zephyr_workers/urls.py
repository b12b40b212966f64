"""What the network side asks of an address: its origin, its host, whether it may be requested at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from zephyr.model.index import without_credentials
from zephyr_workers.network_errors import InvalidUrl

MAX_LENGTH = 8_192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BASE = re.compile(r"[^/?#]*//[^/?#]*")
_UNQUOTED = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]%]|%(?![0-9A-Fa-f]{2})")


class Server(NamedTuple):
    """Where a connection goes to."""

    host: str
    """In ASCII and lower case; an IPv6 address without brackets."""
    port: int
    secure: bool
    """Whether TLS is spoken."""
    authority: str
    """The value of the Host header."""


class Address(NamedTuple):
    """What a request for a URL needs: where to connect to, and what to ask for."""

    server: Server
    target: str
    """Path and query, percent-encoded where they have to be."""


def address(url: str) -> Address:
    """Take an http(s) URL apart; raise `InvalidUrl` as `split_url` does."""
    base, rest = _base_and_rest(url)
    target = rest.partition("#")[0]
    target = target if target.startswith("/") else f"/{target}"

    return Address(_server(base), _UNQUOTED.sub(lambda found: quote(found[0], safe=""), target))


def origin(url: str) -> str:
    """Return scheme, host and port of an http(s) URL in one spelling: credentials never leave it."""
    server = _server(_base_and_rest(url)[0])

    return f"{'https' if server.secure else 'http'}://{server.host}:{server.port}"


def split_url(url: str) -> SplitResult:
    """Split an http(s) URL; raise `InvalidUrl` for anything else, or for one that is malformed."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable, parts = False, SplitResult("", "", "", "", "")

    if not usable or not _is_clean(url):
        raise _unusable(url)

    return parts


def _base_and_rest(url: str) -> tuple[str, str]:
    """Split a URL where its path begins: many have the same base, which is looked at once."""
    if not _is_clean(url):
        raise _unusable(url)

    found = _BASE.match(url)

    return (url[: found.end()], url[found.end() :]) if found is not None else (url, "")


@lru_cache(maxsize=256)
def _server(base: str) -> Server:
    parts = split_url(base)
    name = (parts.hostname or "").lower()
    name = name if name.isascii() else _ascii_host(name)
    port, usual = parts.port, _DEFAULT_PORTS[parts.scheme]
    shown = f"[{name}]" if ":" in name else name
    authority = shown if port in (None, usual) else f"{shown}:{port}"

    return Server(name, port or usual, parts.scheme == "https", authority)


def _ascii_host(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise InvalidUrl(f"{name[:200]!a} does not name a host.") from error


def _is_clean(url: str) -> bool:
    return len(url) <= MAX_LENGTH and url.isprintable() and " " not in url and "\\" not in url


def _unusable(url: str) -> InvalidUrl:
    return InvalidUrl(f"{without_credentials(url)[:200]!a} is not a usable http(s) address.")


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
