"""TLS for real, with a certificate made for the occasion."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING, cast

import pytest

from tests.support.network import name_of, network
from zephyr_workers import network_errors as errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.fake_index import FakeIndex

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program"),
]

PAGE = b'<!DOCTYPE html><a href="demo-1.0.tar.gz">demo-1.0.tar.gz</a>'


class Server(http.server.ThreadingHTTPServer):
    """Answers every path with `PAGE`, or with a redirect; counts its requests."""

    redirect_to: str | None = None
    requests = 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up on our certificate."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast("Server", self.server)
        server.requests += 1
        self.send_response(200 if server.redirect_to is None else 302)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))

        if server.redirect_to is not None:
            self.send_header("Location", server.redirect_to)

        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it overrides
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = [
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(path),
        "-out",
        f"{path}.crt",
    ]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)

    with path.open("ab") as file:
        file.write(path.with_name(f"{path.name}.crt").read_bytes())

    return path


@pytest.fixture
def server(certificate: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url_of(server: Server) -> str:
    return f"https://127.0.0.1:{server.server_address[1]}/simple/"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"])
async def test_a_bundle_of_the_environment_is_trusted(
    server: Server, certificate: Path, tmp_path: Path, variable: str
) -> None:
    async with network(url_of(server), tmp_path, environment={variable: f"{certificate}.crt"}) as net:
        assert (await net.client.listing(name_of("demo"))).artifacts


async def test_an_unknown_authority_is_fatal_at_once(server: Server, tmp_path: Path) -> None:
    async with network(url_of(server), tmp_path) as net:
        with pytest.raises(errors.CertificateInvalid, match=r"127\.0\.0\.1.*self-signed") as caught:
            await net.client.listing(name_of("demo"))

        assert net.waits == []

    assert "SSL_CERT_FILE" in (caught.value.hint or "")
    assert server.requests == 0


async def test_a_trusted_host_is_believed(server: Server, tmp_path: Path) -> None:
    async with network(url_of(server), tmp_path, trusted_hosts=("127.0.0.1",)) as net:
        assert (await net.client.listing(name_of("demo"))).artifacts


async def test_a_redirect_to_plain_http_is_refused(
    server: Server, fake_index: FakeIndex, certificate: Path, tmp_path: Path
) -> None:
    server.redirect_to = fake_index.url

    async with network(url_of(server), tmp_path, environment={"PIP_CERT": f"{certificate}.crt"}) as net:
        with pytest.raises(errors.InsecureRedirect):
            await net.client.listing(name_of("demo"))

    assert fake_index.count() == 0
