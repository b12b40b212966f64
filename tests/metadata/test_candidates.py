"""From listings to universes: which file, which versions not and why, which first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.fake_port import TAGS, interpreter
from zephyr.metadata.candidates import Candidates, read_candidates
from zephyr.metadata.demands import NOTHING, Demand
from zephyr.metadata.reasons import (
    BuildExcluded,
    FormatExcluded,
    HashMissing,
    HashNotAllowed,
    NoCompatibleWheel,
    PreReleaseExcluded,
    PythonMismatch,
    Quarantined,
    TooNew,
    Yanked,
)
from zephyr.metadata.request import ALL, PreReleases, ResolutionMode, Rules
from zephyr.metadata.target import Target
from zephyr.model.artifact import Artifact, Listing, ProjectStatus

NAME = canonicalize_name("demo")
WHEEL = "demo-{}-py3-none-any.whl"


def candidates(
    *files: str | Artifact, demand: Demand = NOTHING, preferred: str | None = None, **rules: Any
) -> Candidates:
    """Read a listing of files, given by name or whole."""
    artifacts = tuple(
        Artifact(file, f"https://files.example/{file}") if isinstance(file, str) else file for file in files
    )

    return read_candidates(
        Listing(NAME, artifacts),
        Target.of(interpreter()),
        Rules(**rules),
        demand,
        None if preferred is None else Version(preferred),
    )


def file(name: str, **fields: Any) -> Artifact:
    return Artifact(name, f"https://files.example/{name}", **fields)


def reasons(found: Candidates) -> dict[str, object]:
    """Return the reason that excludes each version, by version."""
    return {
        str(version): restriction.reason
        for restriction in reversed(found.universe.restrictions)
        for place, version in enumerate(found.versions)
        if restriction.excluded & 2 << place
    }


def chosen(found: Candidates, allowed: int | None = None) -> str | None:
    place = found.choose(found.usable if allowed is None else allowed)

    return None if place is None else str(found.versions[place])


def files(found: Candidates) -> list[str | None]:
    return [choice and choice.artifact.filename for choice in found.choices]


def test_versions_are_in_the_order_of_pep_440() -> None:
    found = candidates(
        *(WHEEL.format(version) for version in ("1.10", "1.9", "1!0.1", "1.9rc1", "1.9.post1"))
    )

    assert [str(version) for version in found.versions] == ["1.9rc1", "1.9", "1.9.post1", "1.10", "1!0.1"]


def test_files_with_invalid_names_are_left_out_and_counted() -> None:
    found = candidates(WHEEL.format("1.0"), "demo-2004d.tar.gz", "other-2.0-py3-none-any.whl", "demo-3.0.exe")

    assert ([str(version) for version in found.versions], found.skipped) == (["1.0"], 3)


def test_the_best_tag_wins_then_the_highest_build() -> None:
    native = "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"

    assert files(candidates(WHEEL.format("1.0"), native, "demo-1.0-cp312-cp312-win_amd64.whl")) == [native]
    assert files(
        candidates("demo-1.0-2-py3-none-any.whl", "demo-1.0-10-py3-none-any.whl", WHEEL.format("1.0"))
    ) == ["demo-1.0-10-py3-none-any.whl"]


def test_the_order_of_the_files_does_not_matter() -> None:
    names = [WHEEL.format("1.0"), "demo-1.0-py2.py3-none-any.whl", "demo-1.0-1-py3-none-any.whl"]

    assert files(candidates(*names)) == files(candidates(*reversed(names)))


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (file(WHEEL.format("1.0"), requires_python=">=3.12"), PythonMismatch(">=3.12", "3.11.7")),
        (file(WHEEL.format("1.0"), requires_python="<3.11"), PythonMismatch("<3.11", "3.11.7")),
        (file(WHEEL.format("1.0"), yanked="broken"), Yanked()),
        (file("demo-1.0-cp312-cp312-win_amd64.whl"), NoCompatibleWheel("cp311, manylinux_2_17_x86_64")),
        (file("demo-1.0.tar.gz", requires_python=">=3.12"), PythonMismatch(">=3.12", "3.11.7")),
    ],
)
def test_a_version_without_a_usable_file_is_excluded_with_the_reason(
    artifact: Artifact, reason: object
) -> None:
    found = candidates(artifact, WHEEL.format("0.9"))

    assert reasons(found) == {"1.0": reason}
    assert chosen(found) == "0.9"


@pytest.mark.parametrize("requires_python", [">=3.8", "~=3.11", ">=3.11.*", "==3.11.7", "nonsense", ""])
def test_requires_python_that_admits_or_means_nothing_excludes_nothing(requires_python: str) -> None:
    assert reasons(candidates(file(WHEEL.format("1.0"), requires_python=requires_python))) == {}


def test_of_several_objections_the_one_that_came_furthest_is_told() -> None:
    found = candidates("demo-1.0.tar.gz", "demo-1.0-cp312-cp312-win_amd64.whl", no_build=frozenset({ALL}))

    assert isinstance(reasons(found)["1.0"], NoCompatibleWheel)


def test_a_version_is_usable_as_long_as_one_of_its_files_is() -> None:
    found = candidates(
        file("demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", yanked=""), file(WHEEL.format("1.0"))
    )

    assert files(found) == [WHEEL.format("1.0")]


def test_a_yanked_version_may_be_pinned_or_kept() -> None:
    yanked = file(WHEEL.format("1.0"), yanked="")

    assert chosen(candidates(yanked, demand=Demand(exact=("==1.0",)))) == "1.0"
    assert chosen(candidates(yanked, demand=Demand(exact=("===1.0",)))) == "1.0"
    assert chosen(candidates(yanked, preferred="1.0")) == "1.0"
    assert chosen(candidates(yanked, demand=Demand(exact=("==1.1",)))) is None


def test_stable_versions_come_first_and_pre_releases_where_nothing_else_is_left() -> None:
    found = candidates(*(WHEEL.format(version) for version in ("1.0", "2.0rc1", "2.1.dev1")))

    assert chosen(found) == "1.0"
    assert chosen(found, found.matching(">1.0")) == "2.1.dev1"
    assert reasons(found) == {}


def test_pre_releases_can_be_allowed_and_disallowed() -> None:
    versions = [WHEEL.format(version) for version in ("1.0", "2.0rc1")]
    named = Demand(names_pre_release=True)

    assert chosen(candidates(*versions, pre_releases=PreReleases.ALLOW)) == "2.0rc1"
    assert reasons(candidates(*versions, pre_releases=PreReleases.DISALLOW)) == {
        "2.0rc1": PreReleaseExcluded()
    }
    assert reasons(candidates(*versions, pre_releases=PreReleases.EXPLICIT)) == {
        "2.0rc1": PreReleaseExcluded()
    }
    assert reasons(candidates(*versions, pre_releases=PreReleases.EXPLICIT, demand=named)) == {}
    assert reasons(candidates(*versions, pre_releases=PreReleases.DISALLOW, preferred="2.0rc1")) == {}


def test_a_preferred_version_is_taken_while_it_is_allowed() -> None:
    found = candidates(*(WHEEL.format(version) for version in ("1.0", "1.1rc1", "1.2")), preferred="1.1rc1")

    assert chosen(found) == "1.1rc1"
    assert chosen(found, found.matching("!=1.1rc1")) == "1.2"


def test_the_lowest_version_can_be_asked_for() -> None:
    versions = [WHEEL.format(version) for version in ("1.0", "2.0", "0.5rc1")]
    required = Demand(required=True)

    assert chosen(candidates(*versions, mode=ResolutionMode.LOWEST)) == "1.0"
    assert chosen(candidates(*versions, mode=ResolutionMode.LOWEST_DIRECT)) == "2.0"
    assert chosen(candidates(*versions, mode=ResolutionMode.LOWEST_DIRECT, demand=required)) == "1.0"


def test_files_after_the_cut_off_do_not_exist() -> None:
    cutoff = datetime(2024, 1, 1, tzinfo=UTC)
    found = candidates(
        file(WHEEL.format("1.0"), upload_time="2023-12-31T23:59:59.5Z"),
        file(WHEEL.format("1.1"), upload_time="2024-01-01T00:00:00Z"),
        file(WHEEL.format("1.2")),
        exclude_newer=cutoff,
    )

    assert chosen(found) == "1.0"
    assert reasons(found) == {
        "1.1": TooNew(cutoff.isoformat()),
        "1.2": TooNew(cutoff.isoformat(), known=False),
    }


def test_no_binary_leaves_nothing_where_there_is_no_source_archive() -> None:
    for names in ({"demo"}, {ALL}):
        found = candidates(WHEEL.format("1.0"), no_binary=frozenset(names))
        assert reasons(found) == {"1.0": FormatExcluded("--no-binary")}

    assert chosen(candidates(WHEEL.format("1.0"), no_binary=frozenset({"other"}))) == "1.0"


def test_a_quarantined_project_has_no_usable_version() -> None:
    listing = Listing(
        NAME, (file(WHEEL.format("1.0")),), status=ProjectStatus.QUARANTINED, status_reason="malware"
    )
    found = read_candidates(listing, Target.of(interpreter()), Rules())

    assert reasons(found) == {"1.0": Quarantined("malware")}


def test_required_hashes_choose_among_the_files() -> None:
    demand = Demand(hashes=frozenset({"sha256:aa", "sha512:bb"}))
    native = "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
    found = candidates(
        file(native, hashes={"sha256": "cc"}),
        file(WHEEL.format("1.0"), hashes={"sha256": "aa"}),
        file(WHEEL.format("1.1"), hashes={"sha256": "dd"}),
        file(WHEEL.format("1.2"), hashes={"sha512": "bb"}),
        demand=demand,
    )

    assert files(found) == [WHEEL.format("1.0"), None, WHEEL.format("1.2")]
    assert reasons(found) == {"1.1": HashNotAllowed()}


def test_where_the_index_announces_nothing_to_compare_with_the_download_decides() -> None:
    demand = Demand(hashes=frozenset({"sha256:aa", "sha256:bb"}))

    assert files(candidates(WHEEL.format("1.0"), demand=demand)) == [WHEEL.format("1.0")]
    assert reasons(candidates(file(WHEEL.format("1.0"), hashes={"md5": "cc"}), demand=demand)) == {}


def test_with_required_hashes_a_project_without_any_is_excluded() -> None:
    assert reasons(candidates(WHEEL.format("1.0"), require_hashes=True)) == {"1.0": HashMissing()}


def test_a_wheel_for_another_platform_describes_a_source_archive_and_saves_a_build() -> None:
    windows = "demo-1.0-cp311-cp311-win_amd64.whl"
    described, bare = candidates("demo-1.0.tar.gz", windows, "demo-1.1.tar.gz").choices

    assert described is not None
    assert (described.artifact.filename, described.described_by.filename) == ("demo-1.0.tar.gz", windows)
    assert bare is not None
    assert (bare.artifact.filename, bare.described_by.filename) == ("demo-1.1.tar.gz", "demo-1.1.tar.gz")


@pytest.mark.parametrize("names", [{"demo"}, {ALL}])
def test_a_source_archive_that_may_not_be_built_is_no_choice(names: set[str]) -> None:
    found = candidates("demo-1.0.tar.gz", WHEEL.format("0.9"), no_build=frozenset(names))

    assert reasons(found) == {"1.0": BuildExcluded("--only-binary")}
    assert chosen(found) == "0.9"


def test_a_newer_source_archive_comes_before_an_older_wheel_unless_binaries_are_preferred() -> None:
    assert chosen(candidates("demo-1.0.tar.gz", WHEEL.format("0.9"))) == "1.0"
    assert chosen(candidates("demo-1.0.tar.gz", WHEEL.format("0.9"), prefer_binary=True)) == "0.9"


def test_without_binaries_the_source_archive_is_the_choice() -> None:
    found = candidates(WHEEL.format("1.0"), "demo-1.0.zip", "demo-1.0.tar.gz", no_binary=frozenset({"demo"}))

    assert files(found) == ["demo-1.0.tar.gz"]


def test_compressed_tag_sets_are_expanded() -> None:
    found = candidates("demo-1.0-cp310.cp311-abi3.cp311-musllinux_1_1_x86_64.manylinux_2_17_x86_64.whl")

    assert TAGS[0] == "cp311-cp311-manylinux_2_17_x86_64"
    assert found.choices[0] is not None
