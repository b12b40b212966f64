"""A file more among the files of a project: what is known of all is what it would be had it been listed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from zephyr.model.addition import with_file
from zephyr.model.artifact import Artifact
from zephyr.model.releases import Kind, Releases

NAME = canonicalize_name("demo")

_FILENAMES = st.builds(
    "demo-{}{}".format,
    st.sampled_from(("0.9", "1.0", "1.0.0", "1.5rc1", "2.0", "?")),
    st.sampled_from(("-py3-none-any.whl", "-1-py3-none-any.whl", "-cp311-none-any.whl", ".tar.gz", ".zip")),
)


def file(name: str, origin: str) -> Artifact:
    return Artifact(
        name,
        f"https://{origin}.example/{name}",
        {"sha256": "ab" * 32} if origin == "index" else {},
        requires_python=">=3.8" if "cp311" in name else None,
    )


def kinds_of(releases: Releases) -> list[tuple[str, list[Kind], list[Artifact], list[bytes | None]]]:
    """Return what is known of each version, whatever numbers it is known by."""
    return [
        (
            str(version),
            list(releases.kinds(place)),
            list(releases.files(place)),
            [releases.digest(place, number) for number in range(len(releases.files(place)))],
        )
        for place, version in enumerate(releases.versions)
    ]


@given(st.lists(_FILENAMES, unique=True), _FILENAMES)
def test_a_file_that_is_added_is_where_it_would_be_had_it_been_listed(names: list[str], added: str) -> None:
    files = [file(name, "index") for name in names]
    one = file(added, "installed")
    releases = with_file(Releases.of(files, NAME), one, NAME)
    direct = Releases.of([*files, one], NAME)

    assert kinds_of(releases) == kinds_of(direct)
    assert list(releases) == list(direct) == list(releases[:])
    assert releases.summary.stable == direct.summary.stable
    assert releases.summary.digests == direct.summary.digests
    assert {versions for _, versions in releases.summary.profiles} == {
        versions for _, versions in direct.summary.profiles
    }
    assert releases.unread == direct.unread


class Unseen(tuple[Artifact, ...]):
    """Files that nobody may look at."""

    __slots__ = ()

    def __getitem__(self, place: object) -> Artifact:  # type: ignore[override]
        raise AssertionError(place)


def test_the_files_of_other_versions_are_not_looked_at() -> None:
    releases = Releases.of([file("demo-1.0.zip", "index"), file("demo-3.0.zip", "index")], NAME)
    unseen = Releases(releases.summary, Unseen(releases))

    added = with_file(unseen, file("demo-2.0-py3-none-any.whl", "installed"), NAME)

    assert added.summary.versions == ("1.0", "2.0", "3.0")
    assert added.file(1, 0).url == "https://installed.example/demo-2.0-py3-none-any.whl"
