"""What can be chosen about networking: one frozen value, made by the settings, read by the client."""

from __future__ import annotations

from enum import Enum

from zephyr.dataclass import dataclass


class KeyringProvider(Enum):
    """Which keyring is asked for logins."""

    AUTO = "auto"
    """The one that is installed beside Zephyr, else the program on the path."""
    DISABLED = "disabled"
    IMPORT = "import"
    """Only the one beside Zephyr."""
    SUBPROCESS = "subprocess"
    """Only the program on the path."""


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """Limits and routes of the HTTP client. Times in seconds, sizes in bytes."""

    timeout: float = 30.0
    """The longest wait for the next byte of an answer."""
    connect_timeout: float = 10.0
    deadline: float = 180.0
    """The longest a page or a metadata document may take, with all its retries."""
    retries: int = 3
    offline: bool = False
    proxy: str | None = None
    """For every request, before HTTP(S)_PROXY, ALL_PROXY and NO_PROXY; may hold credentials."""
    environment_proxies: bool = True
    """Whether those variables count at all."""
    keyring: KeyringProvider = KeyringProvider.AUTO
    certificate_bundle: str | None = None
    """A PEM file or a folder of hashed certificates; replaces the system's trust store."""
    client_certificate: str | None = None
    """A PEM file with certificate and key."""
    trusted_hosts: tuple[str, ...] = ()
    """``host`` or ``host:port`` whose certificates are not verified."""
    user_agent: str = "zephyr"
    max_connections: int = 50
    """Per kind of request and origin; as many as other installers open."""
    max_page_size: int = 64 * 1024 * 1024
    """Of an index page, decoded."""
    max_metadata_size: int = 10 * 1024 * 1024
    max_file_size: int = 16 * 1024 * 1024 * 1024
    """Of an archive whose size is not announced."""
    minimum_rate: float = 1024.0
    """Bytes per second that an answer must reach over any `rate_window`."""
    rate_window: float = 60.0
