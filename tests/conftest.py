"""What every test gets: an environment without surprises, no network, a package index on loopback."""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.support.fake_index import FakeIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CLEARED_PREFIXES = ("PIP_", "ZEPHYR_", "UV_", "PYTHON", "XDG_")
_CLEARED_NAMES = frozenset(
    {
        "ALL_PROXY",
        "CI",
        "FORCE_COLOR",
        "NO_COLOR",
        "CONDA_PREFIX",
        "CURL_CA_BUNDLE",
        "FTP_PROXY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NETRC",
        "NO_PROXY",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "VIRTUAL_ENV",
    }
)
_KEPT = frozenset({"PYTHONHASHSEED"})
_XDG_FOLDERS = {
    "XDG_CACHE_HOME": ".cache",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clear what configures package tools and move the home folder; return the new home."""
    for name in list(os.environ):
        cleared = name.upper() in _CLEARED_NAMES or name.startswith(_CLEARED_PREFIXES)

        if cleared and name not in _KEPT:
            monkeypatch.delenv(name)

    home = tmp_path_factory.mktemp("home")

    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))

    for name, folder in _XDG_FOLDERS.items():
        monkeypatch.setenv(name, str(home / folder))

    return home


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse connections and look-ups beyond loopback, and fail the test that tried one.

    The code under test sees an `OSError`, so its own handling cannot hide the attempt: the test
    fails afterwards. Tests marked ``network`` are free.
    """
    if request.node.get_closest_marker("network") is not None:
        yield
        return

    attempts: list[str] = []

    def guard(owner: Any, name: str, position: int) -> None:
        genuine = getattr(owner, name)

        def guarded(*arguments: Any, **options: Any) -> Any:
            target: object = arguments[position] if len(arguments) > position else options.get("host")

            if not _is_local(target):
                attempts.append(f"{name}({target!r})")
                raise OSError(f"tests stay on loopback: {name}({target!r})")

            return genuine(*arguments, **options)

        monkeypatch.setattr(owner, name, guarded)

    guard(socket.socket, "connect", 1)
    guard(socket.socket, "connect_ex", 1)
    guard(socket, "getaddrinfo", 0)
    yield

    if attempts:
        pytest.fail(f"the test left loopback: {', '.join(attempts)}")


@pytest.fixture
def fake_index() -> Iterator[FakeIndex]:
    """An empty package index; see `tests.support.fake_index`."""
    with FakeIndex() as index:
        yield index


def _is_local(target: object) -> bool:
    """Whether a ``(host, port)`` tuple, a host or a local socket's path stays on this machine."""
    host: object = cast("tuple[object, ...]", target)[0] if isinstance(target, tuple) else target
    name = host.decode() if isinstance(host, bytes) else host

    if not isinstance(name, str) or name in {"", "localhost"} or "/" in name:
        return True

    try:
        return ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
