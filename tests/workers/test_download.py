from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.network import network
from zephyr.errors import ZephyrError
from zephyr.model.artifact import Artifact
from zephyr_workers import network_errors as errors
from zephyr_workers.download import content_range, strong_validator
from zephyr_workers.landing import Landing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fake_index import FakeIndex
    from tests.support.wheels import BuiltWheel

pytestmark = pytest.mark.anyio

SIZE = 300_000


def serve(index: FakeIndex, **listing: Any) -> BuiltWheel:
    return index.serve("demo", "1.0", files={"demo/noise.bin": Random(1).randbytes(SIZE)}, **listing)


async def test_a_file_lands_under_its_own_name(fake_index: FakeIndex, tmp_path: Path) -> None:
    wheel = serve(fake_index)
    reports: list[tuple[int, int | None]] = []

    async with network(fake_index, tmp_path) as net:
        artifact = await net.only("demo")
        landed = await net.client.download(
            artifact, str(net.folder), lambda done, total: reports.append((done, total))
        )

    assert landed.path == str(net.folder / wheel.filename)
    assert (net.folder / wheel.filename).read_bytes() == wheel.data
    assert (landed.sha256, landed.size) == (wheel.sha256, len(wheel.data))
    assert reports[-1] == (len(wheel.data), len(wheel.data))


async def test_the_digest_is_told_where_the_index_knows_none(fake_index: FakeIndex, tmp_path: Path) -> None:
    fake_index.hashes, fake_index.sizes = False, False
    wheel = serve(fake_index)

    async with network(fake_index, tmp_path) as net:
        assert (await net.only("demo")).hashes == {}
        assert (await net.download("demo")).sha256 == wheel.sha256


@pytest.mark.parametrize("break_after", [1, 1000, SIZE])
@pytest.mark.parametrize("kind", ["truncate", "reset"])
async def test_a_broken_body_is_resumed(
    fake_index: FakeIndex, tmp_path: Path, break_after: int, kind: str
) -> None:
    wheel = serve(fake_index)
    fault: Any = {kind: break_after}
    fake_index.misbehave("*.whl", times=1, **fault)

    async with network(fake_index, tmp_path) as net:
        assert (await net.download("demo")).sha256 == wheel.sha256

    first, second = fake_index.matching("*.whl")
    assert "range" not in first.headers

    if kind == "truncate":  # a reset may take bytes along that were under way
        assert second.headers["range"] == f"bytes={break_after}-"
        assert second.headers["if-range"]
        assert second.status == 206


async def test_a_server_without_ranges_starts_again(fake_index: FakeIndex, tmp_path: Path) -> None:
    fake_index.ranges = False
    wheel = serve(fake_index)
    fake_index.misbehave("*.whl", times=1, truncate=1000)

    async with network(fake_index, tmp_path) as net:
        assert (await net.download("demo")).sha256 == wheel.sha256


@pytest.mark.parametrize("ranges", ["wrong_offset", "refuse", "ignore"])
async def test_another_part_than_asked_for_is_not_joined(
    fake_index: FakeIndex, tmp_path: Path, ranges: Any
) -> None:
    wheel = serve(fake_index)
    fake_index.misbehave("*.whl", times=1, truncate=1000)
    fake_index.misbehave("*.whl", ranges=ranges)

    async with network(fake_index, tmp_path) as net:
        assert (await net.download("demo")).sha256 == wheel.sha256


async def test_parts_of_two_files_are_fetched_again_in_one_piece(
    fake_index: FakeIndex, tmp_path: Path
) -> None:
    fake_index.etags = False
    wheel = serve(fake_index)
    fake_index.misbehave("*.whl", times=1, truncate=SIZE, lie_about_hash=True)

    async with network(fake_index, tmp_path) as net:
        assert (await net.download("demo")).sha256 == wheel.sha256

    assert [request.status for request in fake_index.matching("*.whl")] == [200, 206, 200]


async def test_a_body_that_keeps_breaking_off_is_truncated(fake_index: FakeIndex, tmp_path: Path) -> None:
    serve(fake_index)
    fake_index.misbehave("*.whl", truncate=100)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises(errors.DownloadTruncated, match=r"demo-1\.0.*broke off") as caught:
            await net.download("demo")

    assert len(caught.value.details) == 4


async def test_a_chunked_body_that_is_cut_is_not_whole(fake_index: FakeIndex, tmp_path: Path) -> None:
    fake_index.hashes = fake_index.sizes = False
    serve(fake_index)
    fake_index.misbehave("*.whl", chunked=True, truncate=1000)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises(errors.DownloadTruncated):
            await net.download("demo")


async def test_other_bytes_are_refused_once(fake_index: FakeIndex, tmp_path: Path) -> None:
    wheel = serve(fake_index)
    fake_index.misbehave("*.whl", lie_about_hash=True)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises(errors.DownloadHashMismatch, match=f"expected {wheel.sha256}"):
            await net.download("demo")

    assert fake_index.count("*.whl") == 1


async def test_the_strongest_digest_decides(fake_index: FakeIndex, tmp_path: Path) -> None:
    serve(fake_index)

    async with network(fake_index, tmp_path) as net:
        artifact = replace(await net.only("demo"), hashes={"md5": "0" * 32})

        with pytest.raises(errors.DownloadHashMismatch, match="md5"):
            await net.client.download(artifact, str(net.folder))


@pytest.mark.parametrize("listed", [-1, 1], ids=["longer than announced", "shorter than announced"])
async def test_a_size_that_lies_is_refused(fake_index: FakeIndex, tmp_path: Path, listed: int) -> None:
    wheel = serve(fake_index)
    fake_index.remove(wheel.filename)
    fake_index.add_file(wheel, listed_size=len(wheel.data) + listed)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises((errors.DownloadTooLarge, errors.DownloadTruncated)):
            await net.download("demo")


async def test_an_endless_body_stops_at_the_announced_size(fake_index: FakeIndex, tmp_path: Path) -> None:
    wheel = serve(fake_index)
    fake_index.misbehave("*.whl", endless=True)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises(errors.DownloadTooLarge):
            await net.download("demo")

    assert (net.folder / wheel.filename).stat().st_size <= len(wheel.data)


async def test_an_endless_body_of_unknown_size_stops_at_the_cap(
    fake_index: FakeIndex, tmp_path: Path
) -> None:
    fake_index.sizes = False
    serve(fake_index)
    fake_index.misbehave("*.whl", endless=True)

    async with network(fake_index, tmp_path, max_file_size=3_000_000) as net:
        with pytest.raises(errors.DownloadTooLarge):
            await net.download("demo")


async def test_a_page_in_place_of_an_archive_is_told_as_such(fake_index: FakeIndex, tmp_path: Path) -> None:
    serve(fake_index)
    fake_index.sizes = False
    fake_index.misbehave("*.whl", login_page=True)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises(errors.DownloadUnexpected, match=r"127\.0\.0\.1.*DOCTYPE"):
            await net.download("demo")


async def test_a_file_that_has_gone_is_named(fake_index: FakeIndex, tmp_path: Path) -> None:
    serve(fake_index)
    fake_index.misbehave("*.whl", status=404)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises(errors.FileMissing, match=r"demo-1\.0") as caught:
            await net.download("demo")

    assert "--refresh" in (caught.value.hint or "")


async def test_a_local_file_is_proven_too(tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(b"PK\x03\x04")
    artifact = Artifact(path.name, path.as_uri(), hashes={"sha256": "0" * 64})

    async with network("file:///nowhere", tmp_path) as net:
        with pytest.raises(errors.DownloadHashMismatch):
            await net.client.download(artifact, str(net.folder))


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    landing = Landing(str(tmp_path / "demo.whl"), {}, limit=100)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zephyr_workers.landing.os.write", full)

    with pytest.raises(ZephyrError, match=r"demo\.whl") as caught:
        landing.write(b"data")

    landing.close()
    assert caught.value.id == "disk-full"


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes 0-9/10", (0, 9, 10)),
        ("bytes 5-9/10", (5, 9, 10)),
        ("bytes 5-10/10", None),
        ("bytes 9-5/10", None),
        ("bytes */10", None),
        ("bytes 0-9/*", None),
        ("bytes -1-9/10", None),
        ("items 0-9/10", None),
        ("", None),
        (None, None),
    ],
)
def test_a_content_range_is_taken_by_its_word(header: str | None, span: tuple[int, int, int] | None) -> None:
    assert content_range(header) == span


def test_a_weak_validator_does_not_promise_the_same_bytes() -> None:
    assert strong_validator('"tag"') == '"tag"'
    assert strong_validator('W/"tag"') is None
    assert strong_validator(None) is None


@pytest.mark.parametrize(
    "headers",
    [(("Content-Length", "5"),), (("Content-Length", "-1"),), (("Content-Length", "x"),)],
    ids=["two", "negative", "nonsense"],
)
async def test_contradictory_lengths_are_refused(
    fake_index: FakeIndex, tmp_path: Path, headers: tuple[tuple[str, str], ...]
) -> None:
    serve(fake_index)
    fake_index.misbehave("*.whl", headers=headers)

    async with network(fake_index, tmp_path, retries=1) as net:
        with pytest.raises(errors.NetworkError):
            await net.download("demo")


async def test_an_encoded_archive_is_taken_as_the_bytes_that_came(
    fake_index: FakeIndex, tmp_path: Path
) -> None:
    """Nothing is decoded on the way, so what does not match its digest is refused."""
    fake_index.sizes = False
    serve(fake_index)
    fake_index.misbehave("*.whl", gzip=True)

    async with network(fake_index, tmp_path) as net:
        with pytest.raises(errors.DownloadUnexpected):
            await net.download("demo")

    assert {request.headers["accept-encoding"] for request in fake_index.matching("*.whl")} == {"identity"}
