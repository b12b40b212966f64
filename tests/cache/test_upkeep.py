from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.trees import digest, publish
from zephyr_cache import Amount, Cache, layout

if TYPE_CHECKING:
    from pathlib import Path

DAY = 24 * 60 * 60


def age(path: str, days: float) -> None:
    then = os.stat(path).st_mtime - days * DAY
    os.utime(path, (then, then))


def age_tree(cache: Cache, word: str, days: float) -> None:
    age(layout.entry_folder(cache.root, digest(word), ""), days)


def test_each_bucket_is_measured(cache: Cache) -> None:
    publish(cache, "a", {"purelib/x": b"12345", "purelib/y": b"67"})
    publish(cache, "a", {"purelib/z": b"8"}, variant="v")
    cache.write("pages-v1", "key", b"data")

    sizes = cache.size()

    assert set(sizes) == {"trees-v1", "pages-v1"}
    assert sizes["trees-v1"] == Amount(bytes=8, files=3)
    assert sizes["pages-v1"].files == 1
    assert sizes["pages-v1"].bytes > 4


def test_an_empty_cache_measures_nothing(cache: Cache) -> None:
    assert cache.size() == {}


def test_verifying_a_sound_cache_finds_nothing(cache: Cache) -> None:
    publish(cache, "a", {"purelib/x": b"1"})
    publish(cache, "a", {"purelib/x": b"2"}, variant="v")
    cache.write("pages-v1", "key", b"data")

    entries = list(cache.verify())

    assert [entry.damaged for entry in entries] == [(), (), ()]
    assert [(entry.position, entry.total) for entry in entries] == [(1, 3), (2, 3), (3, 3)]
    assert [entry.bucket for entry in entries] == ["trees-v1", "trees-v1", "pages-v1"]


def test_verifying_names_and_evicts_what_is_damaged_and_nothing_else(cache: Cache) -> None:
    tree = publish(cache, "bad", {"purelib/x": b"1", "purelib/y": b"2"})
    publish(cache, "good", {"purelib/x": b"1"})
    torn = publish(cache, "torn", {"purelib/x": b"1"})
    cache.write("pages-v1", "bad", b"data")
    cache.write("pages-v1", "good", b"data")
    flip(f"{tree.path}/purelib/y")
    flip(f"{os.path.dirname(torn.path)}/manifest")
    flip(layout.record_path(cache.root, "pages-v1", "bad"))

    found = {(entry.bucket, damaged) for entry in cache.verify() for damaged in entry.damaged}

    assert found == {
        ("trees-v1", "purelib/y"),
        ("trees-v1", "manifest"),
        ("pages-v1", layout.key_name("bad")),
    }
    assert [cache.tree(digest(word)) is None for word in ("bad", "torn", "good")] == [True, True, False]
    assert [cache.read("pages-v1", key) for key in ("bad", "good")] == [None, b"data"]


def flip(path: str) -> None:
    """Change the last byte behind the back of size and time."""
    status = os.stat(path)
    with open(path, "r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        last = stream.read(1)
        stream.seek(-1, os.SEEK_END)
        stream.write(bytes([last[0] ^ 1]))

    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_verifying_tells_as_it_goes_and_minds_what_others_remove(cache: Cache) -> None:
    for word in "abc":
        publish(cache, word, {"purelib/x": b"1"})

    checking = cache.verify()
    next(checking)
    for word in "abc":
        cache.evict(digest(word))

    assert [entry.damaged for entry in checking] == [(), ()]


def test_cleaning_by_attributes_takes_variants_along(cache: Cache) -> None:
    publish(cache, "a", {"purelib/x": b"12"}, attributes={"name": "demo"})
    publish(cache, "a", {"purelib/x": b"345"}, variant="v", attributes={})
    publish(cache, "b", {"purelib/x": b"6"}, attributes={"name": "other"})
    cache.write("pages-v1", "key", b"data")

    removed = cache.clean(lambda attributes: attributes.get("name") == "demo")

    assert removed == Amount(bytes=5, files=2)
    assert cache.tree(digest("a")) is None
    assert cache.tree(digest("a"), "v") is None
    assert cache.tree(digest("b")) is not None
    assert cache.read("pages-v1", "key") == b"data"


def test_cleaning_everything_keeps_only_what_is_known_of_environments(cache: Cache, tmp_path: Path) -> None:
    publish(cache, "a", {"purelib/x": b"12"})
    cache.write("pages-v1", "key", b"data")
    cache.register(str(tmp_path), [digest("a")])
    before = cache.size()

    removed = cache.clean()

    assert removed == before["trees-v1"] + before["pages-v1"]
    assert set(cache.size()) == {"environments-v1"}
    assert len(cache.registered()) == 1


def test_a_cleaned_cache_can_be_used_on(cache: Cache) -> None:
    publish(cache, "a", {"purelib/x": b"12"})
    cache.write("pages-v1", "key", b"data")
    cache.clean()

    publish(cache, "a", {"purelib/x": b"12"})
    cache.write("pages-v1", "key", b"data")

    assert cache.tree(digest("a")) is not None
    assert cache.read("pages-v1", "key") == b"data"


def test_pruning_removes_what_is_old_and_unneeded(cache: Cache, tmp_path: Path) -> None:
    for word in ("old", "needed", "young"):
        publish(cache, word, {"purelib/x": b"12"})

    publish(cache, "old", {"purelib/x": b"345"}, variant="v")
    age_tree(cache, "old", 31)
    age_tree(cache, "needed", 31)
    cache.register(str(tmp_path), [digest("needed")])

    removed = cache.prune(30)

    assert [cache.tree(digest(word)) is None for word in ("old", "needed", "young")] == [True, False, False]
    assert cache.tree(digest("old"), "v") is None
    assert removed == Amount(bytes=5, files=2)


def test_a_variant_lives_as_long_as_its_tree_is_used(cache: Cache) -> None:
    publish(cache, "a", {"purelib/x": b"1"})
    publish(cache, "a", {"purelib/x": b"1"}, variant="v")
    age(layout.entry_folder(cache.root, digest("a"), "v"), 31)

    assert cache.prune(30) == Amount()
    assert cache.tree(digest("a"), "v") is not None


def test_touching_saves_from_pruning(cache: Cache) -> None:
    publish(cache, "a", {"purelib/x": b"1"})
    age_tree(cache, "a", 31)
    cache.touch(digest("a"))

    assert cache.prune(30) == Amount()


def test_pruning_removes_old_records_but_not_the_environments(cache: Cache, tmp_path: Path) -> None:
    cache.write("pages-v1", "old", b"data")
    cache.write("pages-v1", "young", b"data")
    cache.register(str(tmp_path), [])
    age(layout.record_path(cache.root, "pages-v1", "old"), 31)
    age(layout.record_path(cache.root, "environments-v1", str(tmp_path.resolve())), 31)

    removed = cache.prune(30)

    assert removed.files == 1
    assert cache.read("pages-v1", "old") is None
    assert cache.read("pages-v1", "young") == b"data"
    assert len(cache.registered()) == 1


@pytest.mark.skipif(os.name != "posix", reason="a file that is locked cannot be listed as free")
def test_pruning_removes_locks_that_nobody_holds(cache: Cache) -> None:
    with cache.exclusive("held", timeout=0):
        with cache.exclusive("free", timeout=0):
            pass

        cache.prune(30)

        assert len(os.listdir(f"{cache.root}/locks")) == 1


def test_a_foreign_folder_is_left_alone(cache: Cache) -> None:
    os.makedirs(f"{cache.root}/photos/holiday")
    os.makedirs(f"{cache.root}/trees-v1/ab/notes")

    cache.prune(0)
    cache.clean(lambda _attributes: True)
    list(cache.verify())

    assert os.path.isdir(f"{cache.root}/photos/holiday")
    assert os.path.isdir(f"{cache.root}/trees-v1/ab/notes")
