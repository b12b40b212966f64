"""Repositories over HTTP on loopback (the "dumb" protocol), for those who know the login.

with guarded_http(tmp_path, "alice", "s3cret") as server:
    server.url, server.logins
"""

from __future__ import annotations

import threading
from base64 import b64decode
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


class GuardedHttp:
    """A server that gives files to one login only, and remembers the logins that it was shown."""

    def __init__(self, folder: Path, login: str) -> None:
        self.logins: list[str] = []
        self.server = ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(_Handler, directory=str(folder), owner=self, login=login)
        )
        self.host = f"127.0.0.1:{self.server.server_address[1]}"


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, owner: GuardedHttp, login: str, **options: Any) -> None:
        self.owner = owner
        self.login = login
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        shown = self.headers.get("Authorization", "")

        if shown:
            self.owner.logins.append(b64decode(shown.removeprefix("Basic ")).decode())

        if self.owner.logins[-1:] == [self.login] and shown:
            super().do_GET()
            return

        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="repositories"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class's word
        pass


@contextmanager
def guarded_http(folder: Path, username: str, password: str) -> Generator[GuardedHttp]:
    """Serve the files below ``folder`` to ``username`` with ``password``."""
    guarded = GuardedHttp(folder, f"{username}:{password}")
    thread = threading.Thread(target=guarded.server.serve_forever, args=(0.01,))
    thread.start()

    try:
        yield guarded
    finally:
        guarded.server.shutdown()
        thread.join()
        guarded.server.server_close()
