"""The files of a project by version: what the summary says of them is what each of them says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr.model.artifact import Artifact, Listing
from zephyr.model.filenames import parse_filename
from zephyr.model.releases import DIGEST_SIZE, Releases, releases_of

NAME = canonicalize_name("demo")
_VERSIONS = (
    "1.0",
    "1.0.0",
    "1.0rc1",
    "2!0.1",
    "1.10",
    "1.9.post1",
    "0.1.dev3",
    "1.0+local.1",
    "1_0",
    "1.0.zip",
    "not a version",
)
_TAILS = (
    "-py3-none-any.whl",
    "-2-py3-none-any.whl",
    "-10-py3-none-any.whl",
    "-cp311-cp311-win_amd64.whl",
    "-x-py3-none-any.whl",
    "-none-any.whl",
    ".tar.gz",
    ".zip",
)


def file(name: str, **fields: object) -> Artifact:
    return Artifact(name, f"https://files.example/{name}", **fields)  # type: ignore[arg-type]


@st.composite
def files(draw: st.DrawFn) -> list[Artifact]:
    """Draw the files of a page, each name once, in any order."""
    names = draw(
        st.lists(st.tuples(st.sampled_from(_VERSIONS), st.sampled_from(_TAILS)), unique=True, max_size=25)
    )

    return [
        file(
            f"demo-{version}{tail}",
            hashes=draw(st.sampled_from(({}, {"sha256": "ab" * 32}, {"sha256": f"{number + 1:02x}" * 32}))),
            requires_python=draw(st.sampled_from((None, ">=3.8", "<3.12"))),
            yanked=draw(st.sampled_from((None, "", "broken"))),
        )
        for number, (version, tail) in enumerate(names)
    ]


@given(files())
def test_every_file_is_there_once_and_is_of_its_version_and_kind(page: list[Artifact]) -> None:
    releases = Releases.of(page, NAME)

    assert sorted(one.filename for one in releases) == sorted(one.filename for one in page)
    assert list(releases.versions) == sorted(set(releases.versions))

    for place, version in enumerate(releases.versions):
        own = releases.files(place)
        assert own
        assert [one.filename for one in own] == sorted(one.filename for one in own)

        for number, (kind, one) in enumerate(zip(releases.kinds(place), own, strict=True)):
            parsed = parse_filename(one.filename, NAME)
            assert parsed is not None
            assert parsed.version == version
            assert (kind.tag, kind.build) == (parsed.tag, parsed.build)
            assert kind.is_gzipped == one.filename.endswith(".tar.gz")
            assert kind.requires_python == one.requires_python
            assert kind.is_yanked == (one.yanked is not None)
            assert releases.file(place, number) is one


@given(files())
def test_profiles_part_the_versions_and_stable_ones_are_known(page: list[Artifact]) -> None:
    releases = Releases.of(page, NAME)
    sets = [profile.versions for profile in releases.summary.profiles]

    assert sum(sets) == ((1 << len(releases.versions)) - 1) << 1
    assert releases.summary.stable == sum(
        2 << place for place, version in enumerate(releases.versions) if not version.is_prerelease
    )


@given(files())
def test_files_without_a_valid_version_come_last_and_are_counted(page: list[Artifact]) -> None:
    releases = Releases.of(page, NAME)
    unread = [one for one in page if parse_filename(one.filename, NAME) is None]

    assert releases.unread == len(unread)
    assert releases[len(page) - len(unread) :] == unread


@given(files())
def test_files_are_told_apart_by_the_beginning_of_their_digest(page: list[Artifact]) -> None:
    releases = Releases.of(page, NAME)

    for place in range(len(releases.versions)):
        for number, one in enumerate(releases.files(place)):
            known = bytes.fromhex(one.sha256 or "")[:DIGEST_SIZE]
            assert releases.digest(place, number) == (known or None)


def test_a_version_is_found_however_it_is_spelled() -> None:
    releases = Releases.of([file("demo-1.0.0-py3-none-any.whl"), file("demo-2.0.tar.gz")], NAME)

    assert (releases.find(Version("1")), releases.find(Version("2.0")), releases.find(Version("3"))) == (
        0,
        1,
        None,
    )


def test_a_listing_whose_files_are_ordered_is_not_ordered_again() -> None:
    releases = Releases.of([file("demo-1.0.tar.gz")], NAME)

    assert releases_of(Listing(NAME, releases)) is releases
    assert list(releases_of(Listing(NAME, (file("demo-1.0.tar.gz"),)))) == list(releases)
