"""A server in pure Python: what a tree has, and what it lacks from upstream, which the tree then has.

It stands behind nginx for what is missing there, and in its place where there is no nginx. Content
negotiation, gzip, strong ETags, 304, and ranges are as nginx does them.

    python -m zephyr_perf.mirror PORT ROOT LOG first|behind [INDEX-URL]
"""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from packaging.utils import canonicalize_name

from zephyr_perf.pages import JSON_TYPE, accepts_json
from zephyr_perf.upstream import Upstream

PAGE_AGE = "max-age=600, public"
FILE_AGE = "max-age=365000000, immutable, public"


class MirrorServer(ThreadingHTTPServer):
    """Serves ``root``; each request is a line of ``log``, in the form that `zephyr_perf.requests` reads.

    Behind another server only what had to be fetched is noted: that server notes the requests.
    """

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, port: int, root: str, log: str, upstream: Upstream | None, *, is_behind: bool) -> None:
        self.root = root
        self.log = log
        self.is_behind = is_behind
        self.upstream = upstream
        super().__init__(("127.0.0.1", port), _Handler)

    def note(self, line: str) -> None:
        """Append a line to the log, in one write."""
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    server: MirrorServer  # pyright: ignore[reportIncompatibleVariableOverride]
    types: ClassVar = {".json": JSON_TYPE, ".html": "text/html; charset=utf-8"}

    def do_GET(self) -> None:
        """Answer with a file of the tree, fetched first if it is not there."""
        path = file_of(self.path, self.headers.get("Accept", ""))

        if path is None or not self._is_there(path):
            self._reply(404, {}, b"not on this index\n")
            return

        is_page = "/files/" not in path
        headers = {"Cache-Control": PAGE_AGE if is_page else FILE_AGE}

        if is_page:
            headers["Vary"] = "Accept, Accept-Encoding"
            headers["Content-Type"] = self.types[os.path.splitext(path)[1]]

            if "gzip" in self.headers.get("Accept-Encoding", ""):
                path += ".gz"
                headers["Content-Encoding"] = "gzip"
        else:
            headers["Content-Type"] = "application/octet-stream"

        self._send(os.path.join(self.server.root, path), headers)

    do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

    def _is_there(self, path: str) -> bool:
        if os.path.exists(os.path.join(self.server.root, path)):
            return True

        if self.server.upstream is None:
            return False

        try:
            filled = self.server.upstream.fill(path)
        except Exception as error:  # noqa: BLE001 - whatever happens upstream is the client's 404, and told
            self.server.note(f"upstream 0 {path} {type(error).__name__}")
            print(f"{path}: {error!r}", file=sys.stderr, flush=True)
            return False

        if filled:
            self.server.note(f"upstream 0 {path}")

        return filled

    def _send(self, path: str, headers: dict[str, str]) -> None:
        with open(path, "rb") as file:
            body = file.read()
            status = os.fstat(file.fileno())

        etag = f'"{int(status.st_mtime):x}-{status.st_size:x}"'
        headers["ETag"] = etag
        headers["Accept-Ranges"] = "bytes"

        if etag in self.headers.get("If-None-Match", ""):
            self._reply(304, headers, b"")
            return

        span = span_of(self.headers.get("Range", ""), len(body))

        if span is None:
            self._reply(200, headers, body)
            return

        first, last = span
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        self._reply(206, headers, body[first : last + 1])

    def _reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)

        for name, value in headers.items():
            self.send_header(name, value)

        if status != 304:
            self.send_header("Content-Length", str(len(body)))

        self.end_headers()

        if self.command != "HEAD":
            self.wfile.write(body)

        if not self.server.is_behind:
            self.server.note(f"{status} {len(body)} {self.path}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is inherited
        """Say nothing: the log has its own form."""


def file_of(target: str, accept: str) -> str | None:
    """Return the file, relative to the root, that answers a request; None for an address of no meaning."""
    path = target.partition("?")[0].strip("/")
    parts = path.split("/")

    if ".." in parts:
        return None

    match parts:
        case [tree, "simple", project] if canonicalize_name(project) == project:
            return f"{tree}/simple/{project}/index.{'json' if accepts_json(accept) else 'html'}"
        case [tree, "plain", project] if canonicalize_name(project) == project:
            return f"{tree}/simple/{project}/plain.html"
        case [_, "files", _, *_]:
            return path
        case _:
            return None


def span_of(header: str, size: int) -> tuple[int, int] | None:
    """Return the first and last byte that a ``Range`` header asks for; None where it asks for everything."""
    unit, _, spans = header.partition("=")
    first, dash, last = spans.partition("-")

    if unit != "bytes" or not dash or "," in spans or not (first or last):
        return None

    if not first:
        return max(0, size - int(last)), size - 1

    return int(first), min(int(last), size - 1) if last else size - 1


def main(arguments: list[str]) -> None:
    """Serve until killed."""
    port, root, log, place, *index_url = arguments
    upstream = Upstream(index_url[0], root) if index_url else None

    MirrorServer(int(port), root, log, upstream, is_behind=place == "behind").serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
