from __future__ import annotations

import gzip
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zephyr_perf.mirror import MirrorServer, file_of, span_of
from zephyr_perf.pages import JSON_TYPE, ListedFile, Page
from zephyr_perf.requests import RequestLog
from zephyr_perf.site import put, write_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE = ListedFile("demo-1.0-py3-none-any.whl", "ab" * 32)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MirrorServer]:
    """Serve a tree with one project."""
    root = tmp_path / "trees"
    write_page(str(root / "tree"), Page("demo", (FILE,)))
    put(str(root / "tree" / FILE.path), b"0123456789")
    served = MirrorServer(0, str(root), str(tmp_path / "log"), None, is_behind=False)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()

    yield served

    served.shutdown()
    thread.join()
    served.server_close()


def ask(server: MirrorServer, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body."""
    url = f"http://127.0.0.1:{server.server_port}/{path}"
    request = urllib.request.Request(
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )

    try:
        with urllib.request.urlopen(request) as reply:
            return reply.status, dict(reply.headers), reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_pages_are_negotiated_and_gzipped(server: MirrorServer) -> None:
    status, headers, body = ask(server, "tree/simple/demo/", Accept=JSON_TYPE, Accept_Encoding="gzip")

    assert (status, headers["Content-Type"], headers["Content-Encoding"]) == (200, JSON_TYPE, "gzip")
    assert gzip.decompress(body).startswith(b"{")
    assert ask(server, "tree/simple/demo/", Accept="text/html")[2].startswith(b"<!DOCTYPE html>")


def test_a_page_that_is_known_is_not_sent_again(server: MirrorServer) -> None:
    _, headers, _ = ask(server, "tree/simple/demo/")

    assert ask(server, "tree/simple/demo/", If_None_Match=headers["ETag"])[0] == 304


def test_a_part_of_a_file_can_be_had(server: MirrorServer) -> None:
    status, headers, body = ask(server, f"tree/{FILE.path}", Range="bytes=-3")

    assert (status, headers["Content-Range"], body) == (206, "bytes 7-9/10", b"789")


def test_what_is_not_there_is_missing_and_noted(server: MirrorServer) -> None:
    log = RequestLog(server.log)

    assert ask(server, "tree/simple/other/")[0] == 404
    assert ask(server, f"tree/{FILE.path}.metadata")[0] == 404
    assert log.since(0).missing == (f"/tree/{FILE.path}.metadata",)


@pytest.mark.parametrize(
    "path", ["/tree/files/../../secret", "/../x", "/tree/simple/Demo/", "/", "/tree/other/x"]
)
def test_addresses_of_no_meaning_have_no_file(path: str) -> None:
    assert file_of(path, "") is None


@given(st.integers(1, 50), st.data())
def test_a_range_is_the_bytes_that_it_names(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size + 5))

    assert span_of(f"bytes={first}-{last}", size) == (first, min(last, size - 1))
    assert span_of(f"bytes={first}-", size) == (first, size - 1)
    assert span_of("", size) is None
