"""The index of a run: its servers on loopback, with and without delay, and what was asked of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from zephyr_perf.nginx import Ports, configuration, find_nginx, make_certificate, start_nginx
from zephyr_perf.requests import RequestLog

if TYPE_CHECKING:
    from types import TracebackType

START_LIMIT = 20.0
"""Seconds until a server has to answer."""


@dataclass(frozen=True, slots=True)
class Line:
    """How an index is reached."""

    round_trip: float = 0.0
    """Seconds that are added to every exchange."""
    rate: float = 0.0
    """Bytes a second; 0 for no limit."""
    tls: bool = False
    """HTTPS, with HTTP/2 for those that speak it."""

    @property
    def is_direct(self) -> bool:
        """Whether no relay is needed."""
        return not (self.round_trip or self.rate)


class IndexNotServed(Exception):
    """Raised where a server does not start, or TLS is asked for and there is no nginx."""


class Index:
    """Servers of the trees below ``root``; a context manager that stops them."""

    def __init__(self, root: str, run: str, upstream: str | None, *, pure: bool = False) -> None:
        """``run`` is a folder for logs and certificates; ``upstream`` the index asked for what is missing."""
        self._root = root
        self._run = run
        self._upstream = upstream
        self._nginx = None if pure else find_nginx()
        self._children: list[subprocess.Popen[bytes]] = []
        self._relays: dict[Line, int] = {}
        self._ports = Ports(*_free_ports(3))
        self._log = os.path.join(run, "requests.log")
        self.certificate: str | None = None
        self.requests = RequestLog(self._log)

    @property
    def server(self) -> str:
        """Name what answers."""
        return os.path.basename(self._nginx) if self._nginx else "http.server"

    @property
    def is_closed(self) -> bool:
        """Whether what a tree lists and does not have is answered with 404, for all who ask."""
        return self._upstream is None

    def __enter__(self) -> Self:
        os.makedirs(self._run, exist_ok=True)

        try:
            self._start()
        except BaseException:
            self._stop()
            raise

        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def url(self, tree: str, form: str, line: Line) -> str:
        """Return the address of a tree: ``form`` is ``simple``, or ``plain`` for HTML alone."""
        if line.tls and self.certificate is None:
            raise IndexNotServed("TLS is nginx's, and needs openssl for a certificate")

        scheme, host, target = (
            ("https", "localhost", self._ports.tls) if line.tls else ("http", "127.0.0.1", self._front)
        )
        port = target if line.is_direct else self._relayed(line, target)

        return f"{scheme}://{host}:{port}/{tree}/{form}/"

    @property
    def _front(self) -> int:
        return self._ports.plain if self._nginx else self._ports.mirror

    def _start(self) -> None:
        if self._nginx is None or not self.is_closed:
            self._start_mirror("behind" if self._nginx else "first")

        if self._nginx is not None:
            self._start_nginx(self._nginx)

    def _start_mirror(self, place: str) -> None:
        upstream = [self._upstream] if self._upstream is not None else []
        self._module("mirror", str(self._ports.mirror), self._root, self._log, place, *upstream)
        _await_port(self._ports.mirror)

    def _start_nginx(self, program: str) -> None:
        try:
            certificate = make_certificate(self._run)
            self.certificate = certificate[0]
        except (OSError, subprocess.CalledProcessError):
            certificate = None

        text = configuration(
            self._root, self._run, self._log, self._ports, certificate, has_mirror=not self.is_closed
        )
        self._children.append(start_nginx(program, self._run, text))
        _await_port(self._ports.plain)

    def _relayed(self, line: Line, target: int) -> int:
        if line not in self._relays:
            (port,) = _free_ports(1)
            self._module("relay", str(port), str(target), str(line.round_trip), str(line.rate))
            _await_port(port)
            self._relays[line] = port

        return self._relays[line]

    def _module(self, name: str, *arguments: str) -> None:
        with open(os.path.join(self._run, f"{name}.log"), "ab") as log:
            self._children.append(
                subprocess.Popen(
                    [sys.executable, "-m", f"zephyr_perf.{name}", *arguments],
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            )

    def _stop(self) -> None:
        for child in reversed(self._children):
            child.terminate()

        for child in self._children:
            child.wait()

        self._children.clear()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [one.getsockname()[1] for one in sockets]

    for one in sockets:
        one.close()

    return ports


def _await_port(port: int) -> None:
    end = time.monotonic() + START_LIMIT

    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if time.monotonic() > end:
                raise IndexNotServed(f"nothing answers on port {port} of loopback") from error

            time.sleep(0.05)
        else:
            return
