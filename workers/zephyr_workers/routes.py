"""By which way a request leaves: through which proxy, and whether the certificate is verified.

Pure: httpx forgets the environment's proxies as soon as a transport is given, so they are read here,
with the rules that curl and requests follow for HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from zephyr.dataclass import dataclass
from zephyr_workers.network_errors import ProxyInvalid
from zephyr_workers.urls import split_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_workers.network_options import NetworkOptions


@dataclass(frozen=True, slots=True)
class Route:
    """One way out. The representation hides the proxy's credentials."""

    proxy: str | None = None
    verified: bool = True

    def __repr__(self) -> str:
        return f"Route(proxied={self.proxy is not None}, verified={self.verified})"


def choose_route(url: str, options: NetworkOptions, environment: Mapping[str, str]) -> Route:
    """Return the way a request for ``url`` takes; raise `ProxyInvalid` for a setting that is no address."""
    parts = split_url(url)
    host, port = (parts.hostname or "").lower(), parts.port
    verified = not any(_is_host(entry, host, port) for entry in options.trusted_hosts)
    proxy = options.proxy
    counts = options.environment_proxies and not _is_exempt(_variable(environment, "no_proxy"), host, port)

    if proxy is None and counts:
        proxy = _variable(environment, f"{parts.scheme}_proxy") or _variable(environment, "all_proxy")

    return Route(_checked(proxy) if proxy else None, verified)


def _variable(environment: Mapping[str, str], name: str) -> str:
    """Look up a variable by its lower-case name first, as curl does.

    HTTP_PROXY in capitals is ignored under CGI, where a client's ``Proxy:`` header sets it.
    """
    upper = "" if name == "http_proxy" and "REQUEST_METHOD" in environment else name.upper()

    return environment.get(name) or environment.get(upper) or ""


def _checked(proxy: str) -> str:
    url = proxy if "://" in proxy else f"http://{proxy}"

    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https", "socks5", "socks5h") and bool(parts.hostname)
        usable = usable and parts.port != 0
    except ValueError:
        usable = False

    if not usable:
        raise ProxyInvalid(
            "The proxy setting is not a usable address: http://HOST:PORT is expected.",
            hint="Look at --proxy and at the variables HTTP_PROXY, HTTPS_PROXY and ALL_PROXY.",
        )

    return url


def _is_exempt(no_proxy: str, host: str, port: int | None) -> bool:
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]

    return any(entry == "*" or _matches(entry, host, port) for entry in entries if entry)


def _matches(entry: str, host: str, port: int | None) -> bool:
    if "/" in entry:
        return _is_in_network(host, entry)

    domain = entry.removeprefix("*").lstrip(".")

    return _is_host(domain, host, port) or host.endswith(f".{domain}")


def _is_host(entry: str, host: str, port: int | None) -> bool:
    wanted = entry.lower().strip("[]")

    return wanted == host or (port is not None and wanted == f"{host}:{port}")


def _is_in_network(host: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
