"""Entries of a lock as pins and places, without looking at anything."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from packaging.pylock import Pylock

from tests.support.locks import lock_text, package
from zephyr.lock.selection import select
from zephyr.model.source_reference import SourceInvalid, SourceKind
from zephyr.pipeline.locked import LockedSet, locked_set

if TYPE_CHECKING:
    from pathlib import Path

SHA256 = "ab" * 32
HASHES = {"sha256": SHA256}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def wheel(name: str, version: str = "1.0", **changes: Any) -> dict[str, Any]:
    filename = f"{name}-{version}-py3-none-any.whl"

    return {"url": f"https://files.example/{filename}", "hashes": HASHES, **changes}


def locked(folder: Path, *packages: dict[str, Any], **options: bool) -> LockedSet:
    document = Pylock.from_dict(tomllib.loads(lock_text(*packages)))
    selected = select(document, {}, ["py3-none-any"], "3.12.1")

    return locked_set(selected, f"{folder}/pylock.toml", **options)


def test_a_wheel_is_a_pin_by_which_nothing_is_believed_but_its_identity(tmp_path: Path) -> None:
    needs = [{"name": "b"}, {"name": "elsewhere"}]
    a = package(
        "a", "1.0", index="https://index.example/simple", wheels=[wheel("a", size=7)], dependencies=needs
    )
    pin, other = locked(tmp_path, a, package("b", wheels=[wheel("b", "2.0")])).pins

    assert (pin.name, str(pin.version), pin.index) == ("a", "1.0", "https://index.example/simple")
    assert (pin.artifact.url, pin.artifact.size) == ("https://files.example/a-1.0-py3-none-any.whl", 7)
    assert pin.artifact.hashes == HASHES
    assert (pin.metadata, pin.direct) == (None, False)
    assert pin.dependencies == ("b",)
    assert str(other.version) == "2.0"


def test_a_path_starts_from_the_folder_of_the_lock(tmp_path: Path) -> None:
    (pin,) = locked(
        tmp_path, package("a", "1.0", wheels=[wheel("a", url=None, path="w h#/a-1.0-py3-none-any.whl")])
    ).pins

    assert pin.artifact.url == (tmp_path / "w h#" / "a-1.0-py3-none-any.whl").as_uri()


def test_a_folder_is_a_place_below_or_beside_the_lock(tmp_path: Path) -> None:
    directory = {"path": "../lib [x]", "subdirectory": "inner", "editable": True}
    (place,) = locked(tmp_path, package("a", directory=directory)).places
    (plain,) = locked(tmp_path, package("a", directory=directory), editable=False).places

    assert place.reference.kind is SourceKind.LOCAL_FOLDER
    assert place.reference.path == str(tmp_path.parent / "lib [x]")
    assert (place.reference.subdirectory, place.reference.editable) == ("inner", True)
    assert not plain.reference.editable
    assert place.origin == f"{tmp_path}/pylock.toml, a"


@pytest.mark.parametrize("url", ["https://git.example/team@home/a.git", "ssh://git@git.example/a"])
def test_a_repository_is_a_place_at_its_commit(tmp_path: Path, url: str) -> None:
    vcs = {"type": "git", "url": url, "requested-revision": "main", "commit-id": COMMIT}
    (place,) = locked(tmp_path, package("a", "1.0", vcs=vcs)).places

    assert (place.reference.url, place.reference.requested_revision) == (url, "main")
    assert (place.commit_id, str(place.version)) == (COMMIT, "1.0")


def test_a_source_archive_is_a_place_and_a_wheel_by_place_is_a_pin(tmp_path: Path) -> None:
    source = {"url": "https://files.example/a.zip#egg=a", "hashes": HASHES, "subdirectory": "x"}
    binary = {"path": "w/b%20-1.whl/b-1.0-py3-none-any.whl", "hashes": HASHES}
    found = locked(tmp_path, package("a", archive=source), package("b", archive=binary))
    (place,), (pin,) = found.places, found.pins

    assert (place.reference.url, place.reference.subdirectory) == ("https://files.example/a.zip", "x")
    assert place.reference.hashes == HASHES
    assert (pin.direct, str(pin.version), pin.artifact.filename) == (True, "1.0", "b-1.0-py3-none-any.whl")


def test_a_wheel_by_place_must_be_of_its_project(tmp_path: Path) -> None:
    archive = {"url": "https://files.example/b-1.0-py3-none-any.whl", "hashes": HASHES}

    with pytest.raises(SourceInvalid, match="is not a file of a"):
        locked(tmp_path, package("a", archive=archive))
