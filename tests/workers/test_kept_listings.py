"""Listings in the cache: what is read of a pack and a record is what was parsed of the page."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from zephyr.model.artifact import Artifact, Listing, ProjectStatus
from zephyr.model.packs import MAGIC
from zephyr.model.releases import Releases, Summary
from zephyr_cache import Cache, layout
from zephyr_workers.kept_listings import BUCKET, KeptListing, KeptListings, ListingLost
from zephyr_workers.listing_pack import Lines, unpack_releases
from zephyr_workers.listing_record import line_bounds, pack_listing, unpack_files, unpack_listing

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = canonicalize_name("demo")
_TEXTS = st.none() | st.text(max_size=8) | st.sampled_from(('],["', '\\"],["', "\n", 'a"],["b', "\u2028"))


@st.composite
def pages(draw: st.DrawFn) -> Listing:
    """Draw a listing as a page gives it, with texts that try to look like the ends of lines."""
    names = draw(
        st.lists(st.tuples(st.sampled_from(("1.0", "2.0rc1", "?")), st.sampled_from("abcdef")), unique=True)
    )

    return Listing(
        NAME,
        tuple(
            Artifact(
                filename=f"demo-{version}-{letter}-none-any.whl",
                url=f"https://files.example/{letter}",
                hashes=draw(st.sampled_from(({}, {"sha256": "ab" * 32}, {"md5": "a" * 32}))),
                size=draw(st.none() | st.integers(0)),
                requires_python=draw(_TEXTS),
                yanked=draw(_TEXTS),
                upload_time=draw(_TEXTS),
                metadata_hashes=draw(st.none() | st.dictionaries(st.just("sha256"), st.just("cd" * 32))),
            )
            for version, letter in names
        ),
        status=draw(st.sampled_from(ProjectStatus)),
        status_reason=draw(_TEXTS),
        skipped=draw(st.lists(st.text(max_size=5), max_size=2).map(tuple)),
    )


@pytest.fixture(scope="module")
def listings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptListings]:
    with Cache.open(str(tmp_path_factory.mktemp("cache"))) as cache:
        yield KeptListings(cache)


@given(pages())
def test_a_record_gives_back_the_listing(page: Listing) -> None:
    assert unpack_listing(pack_listing(page)) == page


@given(pages())
def test_each_line_of_a_record_is_one_file(page: Listing) -> None:
    record = pack_listing(page)
    bounds = line_bounds(record)

    assert [unpack_files(record[start : end - 1]) for start, end in pairwise(bounds)] == [
        (artifact,) for artifact in page.artifacts
    ]


@given(page=pages())
def test_what_is_found_is_what_was_parsed(listings: KeptListings, page: Listing) -> None:
    kept = listings.keep(page)
    found = listings.find(kept.digest, kept.pack)
    direct = Releases.of(page.artifacts, NAME)
    assert found is not None
    releases = found.listing.artifacts
    assert isinstance(releases, Releases)

    assert releases.summary == direct.summary
    assert [releases[place] for place in range(len(releases))] == list(direct) == list(releases)
    assert list(releases.versions) == list(direct.versions)
    assert (found.listing.status, found.listing.status_reason) == (page.status, page.status_reason)
    assert found.listing.skipped == page.skipped


def unpacked(pack: bytes) -> tuple[Listing, Summary, list[Lines]]:
    """Return everything that a pack says."""
    lines: list[Lines] = []

    def no_files(found: Lines) -> tuple[Artifact, ...]:
        lines.append(found)

        return ()

    listing = unpack_releases(pack, "identity", no_files)
    assert listing is not None
    assert isinstance(listing.artifacts, Releases)

    return replace(listing, artifacts=()), listing.artifacts.summary, lines


@given(page=pages())
def test_a_pack_of_another_zephyr_is_made_anew_of_the_record(listings: KeptListings, page: Listing) -> None:
    kept = listings.keep(page)
    found = listings.find(kept.digest, kept.pack.replace(MAGIC, b"zephyr-pack 0 pypy-73\n"))
    assert found is not None

    assert found.digest == kept.digest
    assert unpacked(found.pack) == unpacked(kept.pack)
    assert list(found.listing.artifacts) == list(kept.listing.artifacts)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[Cache, KeptListings, KeptListing]]:
    with Cache.open(str(tmp_path)) as cache:
        listings = KeptListings(cache)
        files = (Artifact(f"demo-{number}.0.tar.gz", "https://files.example/x") for number in range(20))
        yield cache, listings, listings.keep(Listing(NAME, tuple(files)))


def test_a_record_is_named_by_what_is_in_it(kept: tuple[Cache, KeptListings, KeptListing]) -> None:
    cache, _, one = kept
    record = cache.read(BUCKET, one.digest)
    assert record is not None

    assert hashlib.sha256(record).hexdigest() == one.digest


def test_a_listing_whose_record_is_gone_is_not_found(kept: tuple[Cache, KeptListings, KeptListing]) -> None:
    cache, listings, one = kept
    cache.forget(BUCKET, one.digest)

    assert listings.find(one.digest, one.pack) is None
    assert listings.find(one.digest, b"") is None


def test_a_record_that_goes_while_it_is_read_is_told_of(
    kept: tuple[Cache, KeptListings, KeptListing],
) -> None:
    cache, listings, one = kept
    found = listings.find(one.digest, one.pack)
    assert found is not None
    cache.forget(BUCKET, one.digest)

    with pytest.raises(ListingLost):
        found.listing.artifacts[0]


def test_a_file_in_a_damaged_record_is_not_believed(kept: tuple[Cache, KeptListings, KeptListing]) -> None:
    cache, listings, one = kept
    path = Path(layout.record_path(cache.root, BUCKET, one.digest))
    path.write_bytes(path.read_bytes().replace(b"demo-7.0", b"demo-6.5"))
    found = listings.find(one.digest, one.pack)
    assert found is not None

    with pytest.raises(ListingLost):
        found.listing.artifacts[7]

    assert listings.find(one.digest, one.pack) is None
