"""The fake index does what its docstrings say: each format, each option, each fault."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.fake_index import FakeIndex
from tests.support.simple_pages import HTML_TYPE, JSON_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JSON = {"Accept": JSON_TYPE}


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield client


class TestPages:
    def test_json_tells_everything_of_a_file(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("Demo.Thing", "1.0", requires_python=">=3.9", yanked="broken")

        page = client.get(fake_index.url + "demo-thing/", headers=JSON).json()

        (file,) = page["files"]
        assert page["name"] == "demo-thing"
        assert page["versions"] == ["1.0"]
        assert page["meta"] == {"api-version": "1.4"}
        assert file["filename"] == wheel.filename
        assert file["hashes"] == {"sha256": wheel.sha256}
        assert file["size"] == len(wheel.data)
        assert file["requires-python"] == ">=3.9"
        assert file["yanked"] == "broken"
        assert file["upload-time"] == "2020-02-02T00:00:00.000000Z"
        assert client.get(file["url"]).content == wheel.data

        sibling = client.get(file["url"] + ".metadata")
        assert sibling.text == wheel.metadata
        assert file["core-metadata"] == {"sha256": hashlib.sha256(sibling.content).hexdigest()}

    def test_html_tells_the_same_in_attributes(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0", requires_python=">=3.9", yanked="broken")

        page = client.get(fake_index.url + "demo/", headers={"Accept": "text/html"})

        assert page.headers["content-type"].startswith("text/html")
        assert f"#sha256={wheel.sha256}" in page.text
        assert 'data-requires-python="&gt;=3.9"' in page.text
        assert 'data-yanked="broken"' in page.text
        assert 'data-core-metadata="sha256=' in page.text

    @pytest.mark.parametrize(
        ("accept", "kind"),
        [
            (JSON_TYPE, JSON_TYPE),
            (f"{JSON_TYPE}, {HTML_TYPE}; q=0.2, text/html; q=0.01", JSON_TYPE),
            ("application/vnd.pypi.simple.latest+json", JSON_TYPE),
            (HTML_TYPE, HTML_TYPE),
            ("*/*", "text/html"),
        ],
    )
    def test_the_format_is_negotiated(
        self, fake_index: FakeIndex, client: httpx.Client, accept: str, kind: str
    ) -> None:
        fake_index.serve("demo", "1.0")

        page = client.get(fake_index.url + "demo/", headers={"Accept": accept})

        assert page.headers["content-type"].partition(";")[0] == kind

    def test_an_index_of_html_only_does_not_speak_json(
        self, fake_index: FakeIndex, client: httpx.Client
    ) -> None:
        fake_index.json = False
        fake_index.serve("demo", "1.0")

        assert client.get(fake_index.url + "demo/", headers=JSON).status_code == 406
        both = {"Accept": f"{JSON_TYPE}, text/html; q=0.1"}
        assert "<!DOCTYPE html>" in client.get(fake_index.url + "demo/", headers=both).text

    def test_what_is_switched_off_is_not_told(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.siblings = fake_index.hashes = fake_index.sizes = fake_index.upload_times = False
        wheel = fake_index.serve("demo", "1.0")

        (file,) = client.get(fake_index.url + "demo/", headers=JSON).json()["files"]

        assert set(file) == {"filename", "url", "hashes", "yanked"}
        assert file["hashes"] == {}
        assert client.get(fake_index.file_url(wheel.filename) + ".metadata").status_code == 404

    def test_the_listing_may_lie(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.serve("demo", "1.0", listed_size=7, listed_sha256="00" * 32, sibling="Name: other\n")

        (file,) = client.get(fake_index.url + "demo/", headers=JSON).json()["files"]

        assert (file["size"], file["hashes"]["sha256"]) == (7, "00" * 32)
        assert client.get(file["url"] + ".metadata").text == "Name: other\n"

    def test_links_may_be_relative(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.relative_urls = True
        wheel = fake_index.serve("demo", "1.0")

        page = client.get(fake_index.url + "demo/", headers=JSON)

        address = page.url.join(page.json()["files"][0]["url"])
        assert client.get(address).content == wheel.data

    def test_a_project_has_a_status(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.set_status("demo", "quarantined", "looks like malware")

        page = client.get(fake_index.url + "demo/", headers=JSON).json()
        markup = client.get(fake_index.url + "demo/").text

        assert page["project-status"] == {"status": "quarantined", "reason": "looks like malware"}
        assert '<meta name="pypi:project-status" content="quarantined">' in markup

    def test_other_spellings_are_redirected(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.serve("demo-thing", "1.0")

        for spelling in ("Demo_Thing/", "demo-thing"):
            answer = client.get(fake_index.url + spelling)
            assert (answer.status_code, answer.headers["location"]) == (301, "/simple/demo-thing/")

    def test_the_list_of_projects(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.serve("b", "1")
        fake_index.serve("a", "1")

        assert client.get(fake_index.url, headers=JSON).json()["projects"] == [{"name": "a"}, {"name": "b"}]
        assert '<a href="b/">b</a>' in client.get(fake_index.url).text

    def test_what_is_unknown_is_missing(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        for path in ("/simple/nothing/", "/files/nothing.whl", "/elsewhere"):
            assert client.get(fake_index.origin + path).status_code == 404

    def test_find_links_page_and_folder(
        self, fake_index: FakeIndex, client: httpx.Client, tmp_path: Path
    ) -> None:
        first = fake_index.serve("a", "1")
        fake_index.add_bytes("b", "2", "b-2.tar.gz", b"source")

        page = client.get(fake_index.links_url).text
        folder = fake_index.write_links(tmp_path / "links")

        assert first.filename in page
        assert "b-2.tar.gz" in page
        assert (folder / "b-2.tar.gz").read_bytes() == b"source"


class TestTransport:
    def test_a_connection_is_kept(self, fake_index: FakeIndex) -> None:
        wheel = fake_index.serve("demo", "1.0")
        request = f"GET /files/{wheel.filename} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

        with connect(fake_index) as connection:
            for _ in range(3):
                connection.sendall(request)
                assert read_body(connection) == wheel.data

    def test_head_has_the_length_and_no_body(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0")

        answer = client.head(fake_index.file_url(wheel.filename))

        assert answer.headers["content-length"] == str(len(wheel.data))
        assert answer.content == b""

    def test_only_reading_is_allowed(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        assert client.post(fake_index.url, content=b"x").status_code == 405

    def test_an_unchanged_page_is_not_sent_again(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.serve("demo", "1.0")
        url = fake_index.url + "demo/"

        first = client.get(url, headers=JSON)
        condition = {**JSON, "If-None-Match": first.headers["etag"]}

        assert first.headers["cache-control"] == "max-age=600"
        assert client.get(url, headers=condition).status_code == 304
        fake_index.serve("demo", "2.0")
        assert client.get(url, headers=condition).status_code == 200

    def test_pages_are_compressed_for_those_who_ask(
        self, fake_index: FakeIndex, client: httpx.Client
    ) -> None:
        fake_index.gzip = True
        fake_index.serve("demo", "1.0")
        url = fake_index.url + "demo/"

        packed = client.get(url, headers={"Accept-Encoding": "gzip"})
        plain = client.get(url, headers={"Accept-Encoding": "identity"})

        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.text == plain.text

    @pytest.mark.parametrize(
        ("wanted", "part"),
        [("bytes=2-5", slice(2, 6)), ("bytes=-10", slice(-10, None)), ("bytes=7-", slice(7, None))],
    )
    def test_ranges(self, fake_index: FakeIndex, client: httpx.Client, wanted: str, part: slice) -> None:
        wheel = fake_index.serve("demo", "1.0")

        answer = client.get(fake_index.file_url(wheel.filename), headers={"Range": wanted})

        assert answer.status_code == 206
        assert answer.content == wheel.data[part]
        start = range(len(wheel.data))[part].start
        assert answer.headers["content-range"].startswith(f"bytes {start}-")

    def test_a_range_of_something_else_is_answered_whole(
        self, fake_index: FakeIndex, client: httpx.Client
    ) -> None:
        wheel = fake_index.serve("demo", "1.0")
        headers = {"Range": "bytes=0-3", "If-Range": '"old"'}

        assert client.get(fake_index.file_url(wheel.filename), headers=headers).content == wheel.data
        fake_index.ranges = False
        del headers["If-Range"]
        assert client.get(fake_index.file_url(wheel.filename), headers=headers).status_code == 200

    def test_credentials_are_asked_for(self, client: httpx.Client) -> None:
        with FakeIndex(credentials=("user", "secret")) as index:
            index.serve("demo", "1.0")
            refused = client.get(index.url + "demo/")
            allowed = client.get(index.url_with_credentials + "demo/")

        assert (refused.status_code, allowed.status_code) == (401, 200)
        assert refused.headers["www-authenticate"].startswith("Basic")

    def test_the_log_has_every_request(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        client.get(fake_index.url + "demo/", headers={"Authorization": "Basic leaked"})

        (request,) = fake_index.matching("*/demo/")

        assert (request.method, request.status) == ("GET", 404)
        assert request.headers["authorization"] == "Basic leaked"
        assert fake_index.count("*.whl") == 0

    def test_closing_leaves_no_thread(self, client: httpx.Client) -> None:
        before = threading.active_count()

        with FakeIndex() as index:
            index.misbehave("*", stall=True)

            with connect(index) as connection:
                connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
                index.close()

        assert threading.active_count() == before


class TestFaults:
    def test_a_status_for_so_many_times(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", times=2, after=1, status=503, retry_after="1")
        url = fake_index.file_url(wheel.filename)

        answers = [client.get(url) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
        assert answers[1].headers["retry-after"] == "1"

    def test_behaving_again(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.misbehave("*", status=429)
        assert client.get(fake_index.links_url).status_code == 429
        fake_index.behave()
        assert client.get(fake_index.links_url).status_code == 200

    @pytest.mark.parametrize("chunked", [False, True])
    def test_truncated(self, fake_index: FakeIndex, client: httpx.Client, *, chunked: bool) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", truncate=100, chunked=chunked)

        assert len(read_until_error(client, fake_index.file_url(wheel.filename))) == 100

    def test_chunked_and_whole(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", chunked=True)

        for _ in range(2):
            assert client.get(fake_index.file_url(wheel.filename)).content == wheel.data

    @pytest.mark.parametrize("moment", [True, 10])
    def test_stalled(self, fake_index: FakeIndex, moment: int | bool) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", stall=moment)

        with (
            httpx.Client(timeout=0.05, trust_env=False) as impatient,
            pytest.raises(httpx.ReadTimeout),
        ):
            impatient.get(fake_index.file_url(wheel.filename))

    @pytest.mark.parametrize("moment", [True, 10])
    def test_reset(self, fake_index: FakeIndex, client: httpx.Client, moment: int | bool) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", reset=moment)

        with pytest.raises(httpx.ReadError):
            client.get(fake_index.file_url(wheel.filename))

    @pytest.mark.parametrize("difference", [5, -5])
    def test_lying_about_the_size(self, fake_index: FakeIndex, client: httpx.Client, difference: int) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", lie_about_size=difference)

        content = read_until_error(client, fake_index.file_url(wheel.filename))

        assert len(content) == len(wheel.data) + min(difference, 0)

    def test_lying_about_the_hash(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", lie_about_hash=True)

        content = client.get(fake_index.file_url(wheel.filename)).content

        assert len(content) == len(wheel.data)
        assert content != wheel.data

    def test_a_wrong_sibling(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.metadata", body=b"Name: other\n")

        assert client.get(fake_index.file_url(wheel.filename) + ".metadata").text == "Name: other\n"

    def test_a_redirect_to_another_origin(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        with FakeIndex() as other:
            wheel = other.serve("demo", "1.0")
            fake_index.misbehave("*.whl", redirect_to=other.origin)

            answer = client.get(fake_index.file_url(wheel.filename), follow_redirects=True)

            assert answer.content == wheel.data
            assert other.count("*.whl") == 1

    def test_one_byte_at_a_time(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.misbehave("*", body=b"drop", drip=0.001)

        with client.stream("GET", fake_index.origin) as answer:
            assert b"".join(answer.iter_raw()) == b"drop"

    def test_without_end(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.misbehave("*", body=b"x" * 1000, endless=True)

        with client.stream("GET", fake_index.origin) as answer:
            received = 0

            for chunk in answer.iter_raw():
                received += len(chunk)

                if received > 1_000_000:
                    break

        assert received > 1_000_000

    def test_wrong_range_answers(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0")
        url = fake_index.file_url(wheel.filename)
        wanted = {"Range": "bytes=10-19"}

        fake_index.misbehave("*.whl", times=1, ranges="ignore")
        fake_index.misbehave("*.whl", times=1, ranges="wrong_offset")
        fake_index.misbehave("*.whl", times=1, ranges="refuse")
        ignored, shifted, refused = (client.get(url, headers=wanted) for _ in range(3))

        assert (ignored.status_code, ignored.content) == (200, wheel.data)
        assert (shifted.status_code, shifted.content) == (206, wheel.data[9:19])
        assert shifted.headers["content-range"].startswith("bytes 9-18/")
        assert refused.status_code == 416

    def test_a_login_page(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        fake_index.misbehave("*.whl", login_page=True)

        answer = client.get(fake_index.file_url("demo.whl"))

        assert answer.status_code == 200
        assert "log in" in answer.text

    def test_compressed_unasked(self, fake_index: FakeIndex, client: httpx.Client) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.whl", gzip=True)

        with client.stream("GET", fake_index.file_url(wheel.filename)) as answer:
            packed = b"".join(answer.iter_raw())

        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed) == wheel.data

    def test_any_header(self, fake_index: FakeIndex) -> None:
        fake_index.misbehave("*", body=b"{}", content_type="text/odd", headers=(("Content-Length", "9"),))

        with connect(fake_index) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            head = connection.makefile("rb").read().decode()

        assert head.count("Content-Length") == 2
        assert "Content-Type: text/odd" in head


def connect(index: FakeIndex) -> socket.socket:
    address = urlsplit(index.origin)

    return socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5)


def read_body(connection: socket.socket) -> bytes:
    """Read exactly one reply, as its Content-Length says, and not a byte more."""
    with connection.makefile("rb", buffering=0) as reader:
        head = b""

        while not head.endswith(b"\r\n\r\n"):
            head += reader.read(1) or b""

        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        body = b""

        while len(body) < length:
            body += reader.read(length - len(body)) or b""

        return body


def read_until_error(client: httpx.Client, url: str) -> bytes:
    """Return the body as far as it comes."""
    content = b""

    with client.stream("GET", url) as answer:
        try:
            for chunk in answer.iter_raw():
                content += chunk
        except httpx.RemoteProtocolError:
            pass

    return content
