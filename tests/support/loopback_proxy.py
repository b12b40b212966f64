"""A tiny HTTP proxy on loopback that sends everything to one server, whatever host was asked for."""

from __future__ import annotations

import socket
import socketserver
import threading
from typing import Self, cast
from urllib.parse import urlsplit


class LoopbackProxy:
    """Records the request lines and headers it saw; a context manager.

    ``upstream`` is ``http://address:port``. With ``credentials`` (the value of Proxy-Authorization) it
    answers 407 without them.
    """

    def __init__(self, upstream: str, credentials: str | None = None) -> None:
        parts = urlsplit(upstream)
        self.upstream = (str(parts.hostname), int(parts.port or 0))
        self.credentials = credentials
        self.heads: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def address(self) -> str:
        """``127.0.0.1:port``."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()

        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    proxy: LoopbackProxy


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        proxy = cast("_Server", self.server).proxy
        lines: list[str] = []

        while line := self.rfile.readline().decode("latin-1").strip():
            lines.append(line)

        if not lines:
            return

        proxy.heads.append("\n".join(lines))

        if proxy.credentials is not None and f"Proxy-Authorization: {proxy.credentials}" not in lines:
            self.wfile.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return

        method, url, version = lines[0].split(" ")
        target = urlsplit(url).path
        kept = [line for line in lines[1:] if not line.lower().startswith(("connection:", "proxy-"))]
        head = "\r\n".join([f"{method} {target} {version}", *kept, "Connection: close", "", ""])

        with socket.create_connection(proxy.upstream) as upstream:
            upstream.sendall(head.encode("latin-1"))

            while data := upstream.recv(65536):
                self.wfile.write(data)
