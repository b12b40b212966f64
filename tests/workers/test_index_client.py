from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from anyio import to_thread

from tests.support.fake_index import FakeIndex
from tests.support.network import name_of, network
from zephyr.model.artifact import Artifact, ProjectStatus
from zephyr.model.index import Index, IndexStrategy, Sources
from zephyr_workers import network_errors as errors

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.faults import Fault

RANGE_FAULTS: tuple[Fault, ...] = ({"ranges": "ignore"}, {"ranges": "refuse"}, {"ranges": "wrong_offset"})

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("json", [True, False], ids=["json", "html"])
async def test_a_listing_tells_what_the_index_says(fake_index: FakeIndex, tmp_path: Path, json: bool) -> None:
    fake_index.json = json
    wheel = fake_index.serve("demo", "1.0", requires_python=">=3.8,<4", yanked="broken & <bad>")
    fake_index.set_status("demo", "deprecated", "use other")

    async with network(fake_index, tmp_path) as net:
        listing = await net.client.listing(name_of("demo"))

    (artifact,) = listing.artifacts
    assert artifact.filename == wheel.filename
    assert artifact.url == fake_index.file_url(wheel.filename)
    assert artifact.sha256 == wheel.sha256
    assert artifact.requires_python == ">=3.8,<4"
    assert artifact.yanked == "broken & <bad>"
    assert artifact.metadata_hashes is not None
    assert listing.index == fake_index.url
    assert (listing.status, listing.status_reason) == (ProjectStatus.DEPRECATED, "use other")


async def test_relative_addresses_are_resolved(fake_index: FakeIndex, tmp_path: Path) -> None:
    fake_index.relative_urls = True
    wheel = fake_index.serve("demo", "1.0")

    async with network(fake_index, tmp_path) as net:
        assert (await net.only("demo")).url == fake_index.file_url(wheel.filename)


async def test_a_name_that_nobody_knows_has_an_empty_listing(fake_index: FakeIndex, tmp_path: Path) -> None:
    async with network(fake_index, tmp_path) as net:
        listing = await net.client.listing(name_of("nothing"))

    assert listing.artifacts == ()
    assert listing.index is None


class TestFreshness:
    async def test_a_fresh_listing_takes_no_request(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            first = await net.client.listing(name_of("demo"))

        async with network(fake_index, tmp_path) as net:
            assert await net.client.listing(name_of("demo")) == first
            assert await net.stored("demo") == first
            assert net.http.requests == 0

        assert fake_index.count() == 1

    async def test_a_listing_without_headers_is_fresh_for_a_while(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.cache_control, fake_index.etags = None, False
        fake_index.serve("demo", "1.0")

        for _ in range(2):
            async with network(fake_index, tmp_path) as net:
                await net.client.listing(name_of("demo"))

        assert fake_index.count() == 1

    async def test_a_stale_listing_takes_one_conditional_request(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.cache_control = "no-cache"
        fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            first = await net.client.listing(name_of("demo"))
            assert await net.stored("demo") is None
            assert await net.client.listing(name_of("demo")) == first

        assert [request.status for request in fake_index.requests] == [200, 304]

    async def test_refresh_asks_once_although_fresh(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            await net.client.listing(name_of("demo"))

        fake_index.serve("demo", "2.0")

        async with network(fake_index, tmp_path, refresh=True) as net:
            assert len((await net.client.listing(name_of("demo"))).artifacts) == 2
            await net.client.listing(name_of("demo"))

        assert fake_index.count() == 2

    async def test_a_listing_that_may_not_be_stored_is_asked_for_again(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.cache_control = "no-store"
        fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            await net.client.listing(name_of("demo"))
            await net.client.listing(name_of("demo"))

        assert [request.status for request in fake_index.requests] == [200, 200]

    async def test_a_listing_is_not_shared_between_logins(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.credentials = ("user", "first")
        fake_index.serve("demo", "1.0")

        async with network(fake_index.url_with_credentials, tmp_path) as net:
            await net.client.listing(name_of("demo"))

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.IndexUnauthorised):
                await net.client.listing(name_of("demo"))

    async def test_offline_uses_what_is_stored_however_old(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.cache_control = "no-cache"
        fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            first = await net.client.listing(name_of("demo"))

        async with network(fake_index, tmp_path, offline=True) as net:
            assert await net.client.listing(name_of("demo")) == first

            with pytest.raises(errors.OfflineMissing, match="other on "):
                await net.client.listing(name_of("other"))

        assert fake_index.count() == 1


class TestSeveralIndexes:
    async def test_the_first_that_knows_a_name_wins(self, tmp_path: Path) -> None:
        with FakeIndex() as private, FakeIndex() as public:
            private.serve("demo", "1.0")
            public.serve("demo", "9.0")
            public.serve("other", "1.0")
            sources = Sources((Index(private.url, "private"), Index(public.url)))

            async with network(sources, tmp_path) as net:
                demo = await net.client.listing(name_of("demo"))
                other = await net.client.listing(name_of("other"))

            assert demo.index == "private"
            assert [artifact.filename for artifact in demo.artifacts] == ["demo-1.0-py3-none-any.whl"]
            assert other.index == public.url
            assert public.count("*/demo/") == 0

    async def test_a_warm_name_of_the_second_takes_no_request(self, tmp_path: Path) -> None:
        with FakeIndex() as private, FakeIndex() as public:
            public.serve("demo", "1.0")
            sources = Sources((Index(private.url), Index(public.url)))

            for _ in range(2):
                async with network(sources, tmp_path) as net:
                    await net.client.listing(name_of("demo"))

            async with network(sources, tmp_path) as net:
                assert await net.stored("demo") is not None

            assert (private.count(), public.count()) == (1, 1)

    async def test_a_name_that_nobody_knows_is_asked_for_again(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        async with network(fake_index, tmp_path) as net:
            await net.client.listing(name_of("demo"))
            fake_index.serve("demo", "1.0")

            assert (await net.client.listing(name_of("demo"))).artifacts

    @pytest.mark.parametrize("status", [401, 403, 500, 451])
    async def test_one_that_refuses_or_fails_ends_the_search(self, tmp_path: Path, status: int) -> None:
        with FakeIndex() as private, FakeIndex() as public:
            private.misbehave("/simple/*", status=status)
            public.serve("demo", "1.0")
            sources = Sources((Index(private.url), Index(public.url)))

            async with network(sources, tmp_path) as net:
                with pytest.raises(errors.NetworkError) as caught:
                    await net.client.listing(name_of("demo"))

            expected = {500: "index-unreachable", 451: "index-refused"}
            assert caught.value.id == expected.get(status, "index-unauthorised")
            assert public.count() == 0

    async def test_one_of_them_can_be_asked_alone(self, tmp_path: Path) -> None:
        with FakeIndex() as first, FakeIndex() as second:
            first.serve("demo", "9.0")
            second.serve("demo", "1.0")
            sources = Sources((Index(first.url), Index(second.url, "second")))

            async with network(sources, tmp_path) as net:
                listing = await net.client.listing_on("second", name_of("demo"))
                assert [artifact.url for artifact in listing.artifacts] == [
                    second.file_url("demo-1.0-py3-none-any.whl")
                ]
                assert not (await net.client.listing_on("second", name_of("absent"))).artifacts

            assert first.count() == 0

    async def test_an_explicit_one_is_asked_only_by_its_name(self, tmp_path: Path) -> None:
        with FakeIndex() as explicit, FakeIndex() as public:
            explicit.serve("demo", "9.0")
            public.serve("demo", "1.0")
            sources = Sources((Index(explicit.url, "explicit", explicit=True), Index(public.url)))

            async with network(sources, tmp_path) as net:
                assert (await net.only("demo")).url == public.file_url("demo-1.0-py3-none-any.whl")
                assert explicit.count() == 0
                assert (await net.client.listing_on("explicit", name_of("demo"))).artifacts

    async def test_best_match_merges_all(self, tmp_path: Path) -> None:
        with FakeIndex() as first, FakeIndex() as second:
            wheel = first.serve("demo", "1.0")
            second.serve("demo", "1.0")
            second.serve("demo", "2.0")
            indexes = (Index(first.url), Index(second.url))

            async with network(Sources(indexes, strategy=IndexStrategy.UNSAFE_BEST_MATCH), tmp_path) as net:
                listing = await net.client.listing(name_of("demo"))

            assert [artifact.url for artifact in listing.artifacts] == [
                first.file_url(wheel.filename),
                second.file_url("demo-2.0-py3-none-any.whl"),
            ]


class TestMetadata:
    async def test_the_sibling_is_one_request(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        wheel = fake_index.serve("demo", "1.0", requires=["dep>=2"])

        async with network(fake_index, tmp_path) as net:
            assert (await net.metadata("demo")).decode() == wheel.metadata

        assert [request.path for request in fake_index.requests[1:]] == [f"/files/{wheel.filename}.metadata"]

    async def test_an_html_index_without_siblings_takes_one_ranged_request(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.json, fake_index.siblings, fake_index.etags = False, False, False
        wheel = fake_index.serve("demo", "1.0", requires=["dep>=2"])

        async with network(fake_index, tmp_path) as net:
            assert (await net.metadata("demo")).decode() == wheel.metadata

        assert [request.status for request in fake_index.requests] == [200, 206]

    async def test_a_small_wheel_that_came_whole_is_not_fetched_again(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.siblings = False
        wheel = fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            await net.metadata("demo")
            landed = await net.download("demo")

        assert landed.sha256 == wheel.sha256
        assert fake_index.count("*.whl") == 1

    async def test_it_is_kept_for_good(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")

        async with network(fake_index, tmp_path) as net:
            first = await net.metadata("demo")

        async with network(fake_index, tmp_path, refresh=True, offline=True) as net:
            assert await net.metadata("demo") == first
            assert await to_thread.run_sync(net.client.stored_metadata, await net.only("demo")) == first

    async def test_a_wheel_that_is_gone_is_asked_for_once(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("/files/*", status=404)

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.FileMissing):
                await net.metadata("demo")

        requests = fake_index.count("/files/*")

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.FileMissing):
                await net.metadata("demo")

            with pytest.raises(errors.FileMissing):
                await to_thread.run_sync(net.client.stored_metadata, await net.only("demo"))

        assert fake_index.count("/files/*") == requests > 0

    @pytest.mark.parametrize("size", [200_000, 3_000_000])
    async def test_a_large_wheel_is_not_fetched_whole(
        self, fake_index: FakeIndex, tmp_path: Path, size: int
    ) -> None:
        fake_index.siblings = False
        files = {f"demo/file{number}.bin": _noise(size // 10, number) for number in range(10)}
        wheel = fake_index.serve("demo", "1.0", files=files)

        async with network(fake_index, tmp_path) as net:
            assert (await net.metadata("demo")).decode() == wheel.metadata

        assert [request.status for request in fake_index.matching("*.whl")] == [206]

    async def test_a_directory_that_does_not_fit_is_read_in_a_second_request(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        fake_index.siblings = False
        files = {f"demo/{'long' * 20}{number}.py": b"" for number in range(1500)}
        fake_index.serve("demo", "1.0", files=files)
        fake_index.serve("demo", "2.0", files=files)

        async with network(fake_index, tmp_path) as net:
            one, two = (await net.client.listing(name_of("demo"))).artifacts
            assert b"Version: 1.0" in await net.client.metadata(one)
            assert fake_index.count("*.whl") == 2

            # The next version of a project is asked for as much as the last one needed.
            assert b"Version: 2.0" in await net.client.metadata(two)
            assert fake_index.count("*.whl") == 3

    @pytest.mark.parametrize("fault", RANGE_FAULTS)
    async def test_without_ranges_the_whole_wheel_is_fetched_and_kept(
        self, fake_index: FakeIndex, tmp_path: Path, fault: Fault
    ) -> None:
        fake_index.siblings = False
        wheel = fake_index.serve("demo", "1.0", files={"demo/noise.bin": _noise(100_000, 1)})
        fake_index.serve("other", "1.0")
        fake_index.misbehave("*.whl", **fault)

        async with network(fake_index, tmp_path) as net:
            assert (await net.metadata("demo")).decode() == wheel.metadata
            before = fake_index.count("*.whl")
            landed = await net.download("demo")
            assert landed.sha256 == wheel.sha256
            assert fake_index.count("*.whl") == before

            # What the server cannot do is remembered.
            await net.metadata("other")
            assert fake_index.count("*other*.whl") == 1

    async def test_a_sibling_with_other_bytes_is_refused(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.metadata", lie_about_hash=True)

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.DownloadHashMismatch, match=r"demo-1\.0"):
                await net.metadata("demo")

    async def test_a_sibling_that_is_not_there_is_made_up_for(
        self, fake_index: FakeIndex, tmp_path: Path
    ) -> None:
        wheel = fake_index.serve("demo", "1.0")
        fake_index.misbehave("*.metadata", status=404)

        async with network(fake_index, tmp_path) as net:
            assert (await net.metadata("demo")).decode() == wheel.metadata

    async def test_a_source_archive_has_none(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.add_bytes("demo", "1.0", "demo-1.0.tar.gz", b"\x1f\x8b")

        async with network(fake_index, tmp_path) as net:
            with pytest.raises(errors.MetadataUnreadable, match=r"demo-1\.0\.tar\.gz"):
                await net.metadata("demo")


class TestLocalFiles:
    async def test_a_folder_of_archives_joins_an_index(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        wheel = fake_index.serve("demo", "1.0")
        links = fake_index.write_links(tmp_path / "links with space")
        fake_index.remove(wheel.filename)
        fake_index.serve("demo", "2.0")
        sources = Sources((Index(fake_index.url),), (str(links),))

        async with network(sources, tmp_path) as net:
            old, new = (await net.client.listing(name_of("demo"))).artifacts
            assert (old.filename, new.filename) == (wheel.filename, "demo-2.0-py3-none-any.whl")
            assert (await net.client.metadata(old)).decode() == wheel.metadata
            landed = await net.client.download(old, str(net.folder))
            assert landed.sha256 == wheel.sha256

    async def test_find_links_alone_need_no_event_loop(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        wheel = fake_index.serve("demo", "1.0")
        links = fake_index.write_links(tmp_path / "links").as_uri()

        async with network(Sources(find_links=(links,)), tmp_path) as net:
            listing = await net.stored("demo")
            assert listing is not None
            (artifact,) = listing.artifacts
            assert await to_thread.run_sync(net.client.stored_metadata, artifact) == wheel.metadata.encode()

    async def test_a_page_of_links_serves_many_projects(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        fake_index.serve("demo", "1.0")
        fake_index.serve("other", "1.0")
        fake_index.add_bytes("demo", "2.0", "demo-2.0.tar.gz", b"\x1f\x8b")

        async with network(Sources(find_links=(fake_index.links_url,)), tmp_path) as net:
            demo = await net.client.listing(name_of("demo"))
            await net.client.listing(name_of("other"))

        assert {artifact.filename for artifact in demo.artifacts} == {
            "demo-1.0-py3-none-any.whl",
            "demo-2.0.tar.gz",
        }
        assert fake_index.count() == 1

    @pytest.mark.parametrize(
        "location", ["missing/folder", "file:///missing/folder", "file://host.example/x"]
    )
    async def test_a_location_that_is_not_there_is_named(self, tmp_path: Path, location: str) -> None:
        async with network(Sources(find_links=(location,)), tmp_path) as net:
            with pytest.raises(errors.FindLinksInvalid) as caught:
                await net.client.listing(name_of("demo"))

        assert location.removeprefix("file://host.example") in caught.value.message

    async def test_a_file_index_is_an_index(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        wheel = fake_index.serve("demo", "1.0")
        folder = tmp_path / "simple" / "demo"
        fake_index.write_links(folder)
        folder.joinpath("index.html").write_text(
            f'<a href="{wheel.filename}#sha256={wheel.sha256}">{wheel.filename}</a>'
        )

        async with network((tmp_path / "simple").as_uri(), tmp_path) as net:
            artifact = await net.only("demo")
            assert (await net.client.metadata(artifact)).decode() == wheel.metadata
            assert (await net.client.download(artifact, str(net.folder))).sha256 == wheel.sha256
            assert (await net.client.listing(name_of("other"))).artifacts == ()

    async def test_a_direct_file_is_read_where_it_lies(self, fake_index: FakeIndex, tmp_path: Path) -> None:
        wheel = fake_index.serve("demo", "1.0")
        artifact = Artifact(wheel.filename, wheel.write(tmp_path).as_uri())

        async with network(Sources(), tmp_path) as net:
            assert (await net.client.metadata(artifact)).decode() == wheel.metadata


def _noise(size: int, seed: int) -> bytes:
    """Return bytes that do not compress."""
    from random import Random

    return Random(seed).randbytes(size)
