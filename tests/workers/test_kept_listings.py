"""Listings in the cache: what is read of a pack and a page is what was parsed of the page."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from zephyr.dataclass import replace
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.packs import MAGIC
from zephyr.model.releases import Releases
from zephyr_cache import Cache, layout
from zephyr_workers.http_cache import StoredPage
from zephyr_workers.kept_listings import BUCKET, KeptListing, KeptListings, ListingLost
from zephyr_workers.simple_index import parse_page

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = canonicalize_name("demo")
JSON = "application/vnd.pypi.simple.v1+json"
STORED = StoredPage(
    "https://index.example/simple/demo/", 200, 0, 600, content_type=JSON, coding="gzip", project=NAME
)
_TEXTS = st.none() | st.text(max_size=8)


def body_of(*entries: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"meta": {"api-version": "1.0"}, "files": entries} | more).encode()


def sent(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)

    return packer.compress(body) + packer.flush()


def entry(filename: str, **more: Any) -> dict[str, Any]:
    return {"filename": filename, "url": f"../../{filename}", "hashes": {"sha256": "ab" * 32}, **more}


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Draw a page, with files that can be used and others."""
    names = draw(
        st.lists(
            st.tuples(st.sampled_from(("1.0", "2.0rc1", "2.0", "?")), st.sampled_from("abcdef")), unique=True
        )
    )

    return body_of(
        *(
            entry(
                f"demo-{version}-{letter}-none-any.whl",
                size=draw(st.none() | st.integers(0)),
                yanked=draw(_TEXTS | st.booleans()),
                **{
                    "hashes": draw(st.sampled_from(({}, {"sha256": "ab" * 32}, {"md5": "a"}))),
                    "requires-python": draw(_TEXTS),
                    "upload-time": draw(_TEXTS),
                    "core-metadata": draw(st.booleans() | st.just({"sha256": "cd" * 32})),
                },
            )
            for version, letter in names
        ),
        **{"project-status": {"status": draw(st.sampled_from(("active", "archived", "?"))), "reason": "so"}},
    )


def kept_in(listings: KeptListings, body: bytes) -> tuple[Listing, KeptListing]:
    listing = parse_page(body, JSON, STORED.url, NAME)

    return listing, listings.keep(STORED, sent(body), listing)


@pytest.fixture(scope="module")
def listings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptListings]:
    with Cache.open(str(tmp_path_factory.mktemp("cache"))) as cache:
        yield KeptListings(cache, 1 << 20)


@settings(deadline=None)
@given(body=bodies(), data=st.data())
def test_what_is_found_is_what_was_parsed(listings: KeptListings, body: bytes, data: st.DataObject) -> None:
    parsed, kept = kept_in(listings, body)

    for one in (kept, listings.find(kept.stored)):
        assert one is not None
        releases = one.listing.artifacts
        assert isinstance(releases, Releases)
        assert isinstance(parsed.artifacts, Releases)

        places = data.draw(st.permutations(range(len(parsed.artifacts))))
        assert {place: releases[place] for place in places} == dict(enumerate(parsed.artifacts))
        assert releases.summary == parsed.artifacts.summary
        assert list(releases) == list(releases[:]) == list(parsed.artifacts)
        assert replace(one.listing, artifacts=()) == replace(parsed, artifacts=())


@settings(deadline=None)
@given(body=bodies())
def test_a_pack_of_another_zephyr_is_made_anew_of_the_page(listings: KeptListings, body: bytes) -> None:
    _, kept = kept_in(listings, body)
    foreign = replace(kept.stored, pack=kept.stored.pack.replace(MAGIC, b"zephyr-pack 0 pypy-73\n"))
    found = listings.find(foreign)
    assert found is not None

    assert found.stored == kept.stored
    assert list(found.listing.artifacts) == list(kept.listing.artifacts)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Cache, KeptListings, KeptListing]]:
    """Keep a page with 20 releases."""
    with Cache.open(str(tmp_path)) as cache:
        listings = KeptListings(cache, 1 << 20)
        body = body_of(*(entry(f"demo-{number}.0.tar.gz") for number in range(20)))
        yield cache, listings, kept_in(listings, body)[1]


def found_in(listings: KeptListings, stored: StoredPage) -> KeptListing:
    found = listings.find(stored)
    assert found is not None

    return found


def test_a_body_is_named_by_what_is_in_it(kept: tuple[Cache, KeptListings, KeptListing]) -> None:
    cache, _, one = kept
    body = cache.read(BUCKET, one.stored.body)
    assert body is not None

    assert hashlib.sha256(body).hexdigest() == one.stored.body


def test_the_files_of_the_newest_release_are_in_the_pack(
    kept: tuple[Cache, KeptListings, KeptListing],
) -> None:
    cache, listings, one = kept
    found = found_in(listings, one.stored)
    cache.forget(BUCKET, one.stored.body)

    assert found.listing.artifacts[19].filename == "demo-19.0.tar.gz"
    assert not found.files.has_grown


def test_a_file_that_was_looked_at_is_in_the_pack_of_the_next_run(
    kept: tuple[Cache, KeptListings, KeptListing],
) -> None:
    cache, listings, one = kept
    before = found_in(listings, one.stored)
    file = before.listing.artifacts[7]
    assert before.files.has_grown

    after = found_in(listings, listings.grown(before))
    cache.forget(BUCKET, one.stored.body)

    assert after.listing.artifacts[7] == file
    assert not after.files.has_grown


def test_a_look_at_all_files_does_not_bring_them_into_the_pack(
    kept: tuple[Cache, KeptListings, KeptListing],
) -> None:
    _, listings, one = kept
    found = found_in(listings, one.stored)

    assert len(list(found.listing.artifacts)) == len(found.listing.artifacts[:]) == 20
    assert not found.files.has_grown


def test_a_page_that_was_read_is_at_hand_for_its_other_files(
    kept: tuple[Cache, KeptListings, KeptListing],
) -> None:
    cache, listings, one = kept
    found = found_in(listings, one.stored)
    before = found.listing.artifacts[3]
    cache.forget(BUCKET, one.stored.body)

    assert [before.filename, found.listing.artifacts[4].filename] == ["demo-3.0.tar.gz", "demo-4.0.tar.gz"]


def test_a_listing_whose_page_is_gone_is_not_found(kept: tuple[Cache, KeptListings, KeptListing]) -> None:
    cache, listings, one = kept
    cache.forget(BUCKET, one.stored.body)

    assert listings.find(one.stored) is None
    assert listings.find(replace(one.stored, pack=b"")) is None


def test_a_page_that_goes_while_it_is_used_is_told_of(kept: tuple[Cache, KeptListings, KeptListing]) -> None:
    cache, listings, one = kept
    found = found_in(listings, one.stored)
    cache.forget(BUCKET, one.stored.body)

    with pytest.raises(ListingLost):
        found.listing.artifacts[0]


def test_a_file_of_a_damaged_page_is_not_believed(kept: tuple[Cache, KeptListings, KeptListing]) -> None:
    cache, listings, one = kept
    path = Path(layout.record_path(cache.root, BUCKET, one.stored.body))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    found = found_in(listings, one.stored)

    with pytest.raises(ListingLost):
        found.listing.artifacts[7]

    assert listings.find(one.stored) is None


def test_all_files_of_a_page_of_links_are_in_the_pack(listings: KeptListings) -> None:
    page = b'<a href="demo-1.0.zip"></a><a href="other-2.0.zip"></a>'
    stored = replace(STORED, content_type="text/html", coding=None, project=None)
    kept = listings.keep(stored, page, parse_page(page, "text/html", STORED.url, None))
    found = found_in(listings, kept.stored)

    assert [artifact.filename for artifact in found.listing.artifacts] == ["demo-1.0.zip", "other-2.0.zip"]
    assert all(isinstance(artifact, Artifact) for artifact in found.listing.artifacts)
    assert len(found.files.rows) == 2
