from __future__ import annotations

import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from tests.support.fake_index import FakeIndex
from tests.support.loopback_proxy import LoopbackProxy
from tests.support.network import name_of, network
from zephyr.model.index import Index, Sources
from zephyr_workers import network_errors as errors
from zephyr_workers.credentials import Login
from zephyr_workers.http_body import RateFloor
from zephyr_workers.http_client import redirect_target
from zephyr_workers.retry import Transient

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.faults import Fault

pytestmark = pytest.mark.anyio

DEMO = name_of("demo")

FAULTS: tuple[Fault, ...] = (
    {"status": 500},
    {"status": 403},
    {"status": 451},
    {"reset": True},
    {"redirect_to": "ftp://host.example/"},
    {"login_page": True},
    {"status": 200, "body": b"{", "content_type": "application/vnd.pypi.simple.v1+json"},
    {"status": 200, "body": b"%PDF", "content_type": "application/pdf"},
)


class TestRetries:
    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    async def test_a_passing_failure_is_tried_again(
        self, fake_index: FakeIndex, tmp_path: Path, status: int
    ) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", status=status, times=2)

        async with network(fake_index, tmp_path) as net:
            assert (await net.client.listing(DEMO)).artifacts
            assert net.waits == [0.125, 0.25]

    async def test_a_lasting_failure_lists_the_attempts(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.misbehave("/simple/*", status=503)

        async with network(fake_index, tmp_path, retries=2) as net:
            with pytest.raises(errors.IndexUnreachable, match="3 attempts") as caught:
                await net.client.listing(DEMO)

        assert "demo on http://127.0.0.1" in caught.value.message
        assert len(caught.value.details) == 3
        assert all("answered 503" in detail for detail in caught.value.details)

    async def test_retry_after_in_seconds_is_honoured(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", status=429, retry_after="17", times=1)

        async with network(fake_index, tmp_path) as net:
            await net.client.listing(DEMO)
            assert net.waits == [17.0]

    @pytest.mark.parametrize(
        "wish", ["1000000000", formatdate(time.time() + 7200, usegmt=True)], ids=["seconds", "date"]
    )
    async def test_a_long_retry_after_fails_and_says_when(
        self, fake_index: FakeIndex, tmp_path: Path, wish: str
    ) -> None:
        fake_index.misbehave("/simple/*", status=503, retry_after=wish)

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.RetryAfterTooLong) as caught:
                await net.client.listing(DEMO)

            assert net.waits == []

        assert "UTC" in (caught.value.hint or "")
        assert fake_index.count() == 1

    @pytest.mark.parametrize("moment", [True, 100], ids=["before the head", "in the body"])
    async def test_a_reset_connection_is_tried_again(
        self, fake_index: FakeIndex, tmp_path: Path, moment: int | bool
    ) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", reset=moment, times=1)

        async with network(fake_index, tmp_path) as net:
            assert (await net.client.listing(DEMO)).artifacts

    async def test_silence_ends_and_is_tried_again(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", stall=True, times=1)

        async with network(fake_index, tmp_path, timeout=0.1) as net:
            assert (await net.client.listing(DEMO)).artifacts

    async def test_a_page_that_takes_too_long_fails(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", stall=True)

        async with network(fake_index, tmp_path, timeout=5, deadline=0.1) as net:
            with pytest.raises(errors.IndexUnreachable, match="took longer"):
                await net.client.listing(DEMO)

    async def test_a_server_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with FakeIndex() as index:
            url = index.url

        async with network(url, tmp_path, retries=1) as net:
            with pytest.raises(errors.IndexUnreachable, match=r"127\.0\.0\.1"):
                await net.client.listing(DEMO)


class TestRedirects:
    async def test_another_origin_never_gets_the_credentials(self, tmp_path: Path) -> None:
        with FakeIndex(credentials=("user", "pass")) as private, FakeIndex() as other:
            wheel = other.serve("demo", "1.0")
            private.misbehave("/simple/*", redirect_to=other.origin)

            async with network(private.url_with_credentials, tmp_path) as net:
                artifact = await net.only("demo")
                await net.client.metadata(artifact)
                await net.client.download(artifact, str(net.folder))

            assert artifact.url == other.file_url(wheel.filename)
            assert other.count() >= 2
            assert all("authorization" not in request.headers for request in other.requests)

    async def test_a_loop_ends(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.misbehave("/simple/*", redirect_to=fake_index.url + "demo/")

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.TooManyRedirects):
                await net.client.listing(DEMO)

        assert fake_index.count() == 6

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://host.example/x", "data:text/html,x"])
    async def test_only_http_is_followed(self, fake_index: FakeIndex, tmp_path: Path, target: str) -> None:
        fake_index.misbehave("/simple/*", redirect_to=target)

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.InsecureRedirect):
                await net.client.listing(DEMO)

    def test_https_does_not_lead_to_http(self) -> None:
        with pytest.raises(errors.InsecureRedirect):
            redirect_target("https://host.example/a", "http://host.example/b")

    def test_a_relative_target_is_resolved_without_user_info_and_fragment(self) -> None:
        assert redirect_target("http://host.example/a/b", "../c#d") == "http://host.example/c"
        assert redirect_target("http://host.example/", "//u:p@other.example/x") == "http://other.example/x"


class TestCredentials:
    SECRET = "canary-7f3a"

    async def test_those_of_the_url_are_sent_to_pages_and_files_of_the_origin(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.credentials = ("user", self.SECRET)
        fake_index.serve("demo", "1.0")

        async with network(fake_index.url_with_credentials, tmp_path) as net:
            await net.metadata("demo")
            await net.download("demo")

        assert {request.status for request in fake_index.requests} == {200}

    async def test_those_of_the_environment_are_found_by_the_indexs_name(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.credentials = ("user", self.SECRET)
        fake_index.serve("demo", "1.0")
        variables = {
            "ZEPHYR_INDEX_MY_INDEX_USERNAME": "user",
            "ZEPHYR_INDEX_MY_INDEX_PASSWORD": self.SECRET,
        }

        async with network(
            Sources((Index(fake_index.url, "my-index"),)), tmp_path, environment=variables
        ) as net:
            assert (await net.client.listing(DEMO)).index == "my-index"

    async def test_those_of_netrc_are_found_by_the_host(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.credentials = ("user", self.SECRET)
        fake_index.serve("demo", "1.0")
        netrc = tmp_path / "netrc"
        netrc.write_text(f"machine 127.0.0.1 login user password {self.SECRET}\n")
        netrc.chmod(0o600)

        async with network(fake_index, tmp_path, environment={"NETRC": str(netrc)}) as net:
            assert (await net.client.listing(DEMO)).artifacts

    async def test_keyring_is_asked_once_and_only_after_a_refusal(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        asked: list[tuple[str, str | None]] = []

        def keyring(service: str, username: str | None) -> Login:
            asked.append((service, username))
            return Login("user", self.SECRET)

        fake_index.serve("demo", "1.0")
        fake_index.serve("other", "1.0")

        async with network(fake_index, tmp_path, keyring=keyring) as net:
            await net.client.listing(DEMO)
            assert asked == []
            fake_index.credentials = ("user", self.SECRET)
            await net.client.listing(name_of("other"))

        assert asked == [(fake_index.url, None)]

    async def test_wrong_ones_are_refused_without_a_retry(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.credentials = ("user", "right")
        url = fake_index.url.replace("://", f"://user:{self.SECRET}@")

        async with network(url, tmp_path) as net:
            with pytest.raises(errors.IndexUnauthorised, match="401"):
                await net.client.listing(DEMO)

        assert fake_index.count() == 1

    @pytest.mark.parametrize("fault", FAULTS)
    async def test_no_error_shows_them(self, fake_index: FakeIndex, tmp_path: Path, fault: Fault) -> None:
        fake_index.credentials = ("user", self.SECRET)
        fake_index.misbehave("/simple/*", **fault)

        async with network(fake_index.url_with_credentials, tmp_path, retries=1) as net:
            with pytest.raises(errors.NetworkError) as caught:
                await net.client.listing(DEMO)

            assert self.SECRET not in repr(net.http.credentials)

        error: BaseException | None = caught.value
        assert "@" not in caught.value.message

        while error is not None:
            assert self.SECRET not in f"{error!r} {error} {getattr(error, 'details', '')}"
            error = error.__cause__ or error.__context__

    async def test_the_cache_does_not_hold_them(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.credentials = ("user", self.SECRET)
        fake_index.serve("demo", "1.0")

        async with network(fake_index.url_with_credentials, tmp_path) as net:
            await net.metadata("demo")

        files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
        assert files
        assert not [path for path in files if self.SECRET.encode() in path.read_bytes()]


class TestProxies:
    async def test_the_environments_proxy_is_used(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")

        with LoopbackProxy(fake_index.origin) as proxy:
            variables = {"http_proxy": f"http://{proxy.address}"}

            async with network("http://index.example/simple/", tmp_path, environment=variables) as net:
                assert (await net.client.listing(DEMO)).artifacts

        assert proxy.heads[0].startswith("GET http://index.example/simple/demo/ ")

    async def test_its_credentials_reach_only_the_proxy(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")

        with LoopbackProxy(fake_index.origin, credentials="Basic dXNlcjpzZWNyZXQ=") as proxy:
            address = f"http://user:secret@{proxy.address}"

            async with network("http://index.example/simple/", tmp_path, proxy=address) as net:
                assert (await net.client.listing(DEMO)).artifacts

        assert all("proxy-authorization" not in request.headers for request in fake_index.requests)

    async def test_a_proxy_that_wants_credentials_is_an_error(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        with LoopbackProxy(fake_index.origin, credentials="Basic right") as proxy:
            address = f"http://user:canary@{proxy.address}"

            async with network("http://index.example/simple/", tmp_path, proxy=address) as net:
                with pytest.raises(errors.IndexUnauthorised, match="407") as caught:
                    await net.client.listing(DEMO)

        assert "canary" not in str(caught.value)

    async def test_no_proxy_goes_straight(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")

        with LoopbackProxy(fake_index.origin) as proxy:
            variables = {"HTTP_PROXY": f"http://{proxy.address}", "NO_PROXY": "127.0.0.0/8"}

            async with network(fake_index, tmp_path, environment=variables) as net:
                assert (await net.client.listing(DEMO)).artifacts

        assert proxy.heads == []


class TestPages:
    async def test_a_compressed_page_is_read(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.gzip = True
        fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            assert (await net.client.listing(DEMO)).artifacts

    async def test_a_page_beyond_the_cap_is_refused(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.misbehave(
            "/simple/*", status=200, body=b" " * 2_000_000, content_type="text/html", gzip=True
        )

        async with network(fake_index, tmp_path, max_page_size=1_000_000) as net:
            with pytest.raises(errors.DownloadTooLarge):
                await net.client.listing(DEMO)

    async def test_an_endless_page_is_refused(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", endless=True)

        async with network(fake_index, tmp_path, max_page_size=1_000_000) as net:
            with pytest.raises(errors.DownloadTooLarge):
                await net.client.listing(DEMO)

    async def test_a_login_page_is_not_an_empty_listing(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.misbehave("/simple/*", login_page=True)

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.IndexPageUnexpected, match=r"127\.0\.0\.1.*DOCTYPE"):
                await net.client.listing(DEMO)

    async def test_a_page_that_cannot_be_believed_is_not_stored(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", login_page=True, times=1)

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.IndexPageUnexpected):
                await net.client.listing(DEMO)

            assert (await net.client.listing(DEMO)).artifacts

    async def test_headers_have_a_limit(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/simple/*", headers=tuple((f"X-{number}", "x") for number in range(300)))

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.ContradictoryFraming):
                await net.client.listing(DEMO)

    async def test_offline_sends_nothing_and_imports_no_client(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        async with network(fake_index, tmp_path, offline=True) as net:
            with pytest.raises(errors.OfflineMissing, match="demo on "):
                await net.client.listing(DEMO)

        assert fake_index.count() == 0


def test_a_body_below_the_minimum_rate_is_given_up() -> None:
    rate = RateFloor(minimum=1024, window=60, now=0)

    for second in range(1, 60):
        rate.check(1, second)

    with pytest.raises(Transient, match="60 bytes"):
        rate.check(1, 60)


def test_a_body_above_the_minimum_rate_goes_on() -> None:
    rate = RateFloor(minimum=1024, window=60, now=0)

    for second in range(1, 300):
        rate.check(1100, second)
