from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.pylock import PackageArchive

from tests.support.lock_documents import COMMIT, SHA256, entry, folder, repository, sdist, wheel
from zephyr.lock.checks import refusals

if TYPE_CHECKING:
    from packaging.pylock import Package

    from zephyr.lock.checks import Refusal


def refused(package: Package, *, remote: bool = False) -> Refusal:
    first, *_ = refusals(package, remote=remote)

    return first


def accepted(package: Package, *, remote: bool = False) -> bool:
    return not list(refusals(package, remote=remote))


def archive(**fields: Any) -> Package:
    given: dict[str, Any] = {"url": "https://files.example/a.zip", "hashes": {"sha256": SHA256}}

    return replace(folder("a", "."), directory=None, archive=PackageArchive(**given | fields))


# L02
@pytest.mark.parametrize(
    "hashes",
    [
        {"md5": "ab" * 16},
        {"blake2b": "ab" * 64},
        {"sha256": "ab"},
        {"sha256": "AB" * 32},
        {"sha256": "zz" * 32},
        {"sha256": "ab" * 32 + "\n"},
        {"sha256": "ab" * 32, "sha512": "ab"},
        {"\x1b[31m": "ab"},
    ],
)
def test_a_hash_that_protects_nothing_is_refused(hashes: dict[str, str]) -> None:
    for package in (
        entry("a", "1", wheels=[wheel("a", "1", hashes=hashes)]),
        entry("a", "1", sdist=sdist("a", "1", hashes=hashes)),
        archive(hashes=hashes),
    ):
        refusal = refused(package)
        assert refusal.id == "lock-hash-unusable"
        assert refusal.key.endswith("hashes")


@pytest.mark.parametrize(
    "hashes", [{"sha384": "ab" * 48}, {"sha512": "ab" * 64}, {"sha256": SHA256, "md5": "x"}]
)
def test_a_stronger_hash_or_a_weak_one_beside_is_accepted(hashes: dict[str, str]) -> None:
    assert accepted(archive(hashes=hashes))


def test_a_size_below_zero_is_refused() -> None:
    assert "a size below zero" in refused(archive(size=-1)).problem


# L07
@pytest.mark.parametrize(
    "path",
    ["/etc/x", "\\\\server\\x", "C:\\x", "c:x", "/../x", "x\x00y", "x\ny"],
)
def test_an_absolute_or_an_odd_path_is_refused(path: str) -> None:
    for package in (
        folder("a", path),
        archive(url=None, path=path),
        repository("a", "1", url=None, path=path),
    ):
        assert refused(package).id == "lock-path-escapes"


@pytest.mark.parametrize("path", ["../x", "x/../../y", "..", "x\\..\\y"])
def test_a_fetched_lock_names_nothing_above_its_own_address(path: str) -> None:
    for package in (
        folder("a", path),
        archive(url=None, path=path),
        repository("a", "1", url=None, path=path),
    ):
        assert refused(package, remote=True).id == "lock-path-escapes"
        assert accepted(package)


@pytest.mark.parametrize("inner", ["../x", "/x", "a/../../x"])
def test_a_subdirectory_stays_inside_its_source(inner: str) -> None:
    for package in (
        folder("a", "a", subdirectory=inner),
        archive(subdirectory=inner),
        repository("a", "1", subdirectory=inner),
    ):
        assert refused(package).id == "lock-path-escapes"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/x.whl",
        "ftp://files.example/x",
        "javascript:alert(1)",
        "//files.example/x",
        "x.whl",
        "https://user@files.example/x",
        "https://user:secret@files.example/x",
        "https://files.example:port/x",
        "https://[::1/x",
        "https:///x",
        "https://files.example/a b",
        "https://files.example/\x1b[31m",
    ],
)
def test_an_address_that_a_lock_may_not_name_is_refused(url: str) -> None:
    refusal = refused(archive(url=url))

    assert refusal.id == "lock-address-refused"
    assert "secret" not in refusal.problem
    assert refused(entry("a", "1", wheels=[wheel("a", "1", url=url)])).id == "lock-address-refused"


@pytest.mark.parametrize(
    "url", ["ext::sh -c x", "https://token@git.example/x", "ssh://me@git.example/x", "git@h:x"]
)
def test_a_repository_that_a_lock_may_not_name_is_refused(url: str) -> None:
    assert refused(repository("a", "1", url=url)).id == "lock-address-refused"


@pytest.mark.parametrize("url", ["https://git.example/x", "ssh://git@git.example/x"])
def test_a_repository_is_named_by_a_full_commit(url: str) -> None:
    assert accepted(repository("a", "1", COMMIT, url=url))

    for commit in ("main", "--upload-pack=x", COMMIT[:12]):
        assert refused(repository("a", "1", commit, url=url)).key == "vcs.commit-id"


def test_a_revision_that_git_takes_for_an_option_is_refused() -> None:
    refusal = refused(repository("a", "1", requested_revision="--upload-pack=x"))

    assert refusal.key == "vcs.requested-revision"


@pytest.mark.parametrize("index", ["https://index.example/simple/", "file:///srv/index"])
def test_an_index_is_told_and_a_login_in_it_is_refused(index: str) -> None:
    assert accepted(entry("a", "1", index=index))

    assert refused(entry("a", "1", index="https://u:p@index.example/")).id == "lock-address-refused"


@pytest.mark.parametrize("need", [{}, {"name": 1}, {"name": []}, {"name": "a", "version": []}])
def test_a_dependency_is_named_by_strings(need: dict[str, Any]) -> None:
    assert accepted(entry("a", "1", needs=[{"name": "b"}, {"name": "b", "version": "1"}]))
    assert refused(entry("a", "1", needs=[{"name": "b"}, need])).key == "dependencies[1]"


# L11: files are on other hosts than their index; the hash is what protects
def test_files_may_be_on_another_host_than_the_index() -> None:
    assert accepted(entry("a", "1", index="https://index.example/simple/"))
