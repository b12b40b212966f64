from __future__ import annotations

import dataclasses
import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.support.trees import content_of, digest, publish, stage
from zephyr_cache import Cache, StagedFileWrong, TreeFile, boot, trees

if TYPE_CHECKING:
    from collections.abc import Callable

DEMO = {"purelib/demo/__init__.py": b"x = 1\n", "scripts/demo": b"#!python\n"}


@pytest.fixture
def reboot(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def reboot(identity: str) -> None:
        monkeypatch.setattr(trees, "boot_identity", lambda: identity)

    return reboot


def place(cache: Cache, word: str, location: str) -> str:
    tree = cache.tree(digest(word))
    assert tree is not None
    return f"{tree.path}/{location}"


def test_what_is_published_is_found(cache: Cache) -> None:
    published = publish(cache, "a", DEMO, executable=["scripts/demo"], attributes={"name": "demo"})

    found = cache.tree(digest("a"))

    assert found == published
    assert found is not None
    assert content_of(found) == DEMO
    assert found.attributes == {"name": "demo"}
    assert [file.executable for file in found.files] == [False, True]


def test_what_is_missing_is_a_miss(cache: Cache) -> None:
    assert cache.tree(digest("a")) is None


def test_a_tree_may_be_empty(cache: Cache) -> None:
    publish(cache, "a", {})

    tree = cache.tree(digest("a"))

    assert tree is not None
    assert tree.files == ()


def test_a_variant_is_a_tree_of_its_own(cache: Cache) -> None:
    publish(cache, "a", DEMO)
    publish(cache, "a", {"purelib/demo.pyc": b"compiled"}, variant="cpython-312")

    variant = cache.tree(digest("a"), "cpython-312")

    assert variant is not None
    assert content_of(variant) == {"purelib/demo.pyc": b"compiled"}
    assert cache.tree(digest("a"), "cpython-313") is None


def test_the_first_to_publish_wins_and_the_second_gets_theirs(cache: Cache) -> None:
    first = publish(cache, "a", DEMO, attributes={"by": "first"})
    second = publish(cache, "a", {"purelib/other.py": b""}, attributes={"by": "second"})

    assert second == first
    assert content_of(second) == DEMO


def test_modes_do_not_depend_on_the_umask(cache: Cache) -> None:
    before = os.umask(0o077)
    try:
        with cache.staging() as folder:
            files = stage(folder, DEMO, ["scripts/demo"])
            os.chmod(f"{folder}/purelib/demo/__init__.py", 0o600)
            tree = cache.publish(folder, digest("a"), files, {})
    finally:
        os.umask(before)

    modes = {
        name: stat.S_IMODE(os.stat(f"{tree.path}/{name}").st_mode)
        for name in (".", "purelib", "purelib/demo", *DEMO)
    }
    assert modes == {
        ".": 0o755,
        "purelib": 0o755,
        "purelib/demo": 0o755,
        "purelib/demo/__init__.py": 0o644,
        "scripts/demo": 0o755,
    }


def test_times_are_read_back_from_the_disk(cache: Cache) -> None:
    with cache.staging() as folder:
        files = [dataclasses.replace(file, mtime_ns=0) for file in stage(folder, DEMO)]
        tree = cache.publish(folder, digest("a"), files, {})

    assert all(file.mtime_ns > 0 for file in tree.files)
    assert cache.damaged(tree) == ()


@pytest.mark.parametrize("change", ["missing", "longer", "link", "folder"])
def test_a_staged_file_that_is_not_what_was_said_is_refused(cache: Cache, change: str) -> None:
    with cache.staging() as folder:
        files = stage(folder, DEMO)
        path = f"{folder}/scripts/demo"
        os.rename(path, f"{folder}/scripts/original")
        if change == "longer":
            stage(folder, {"scripts/demo": b"much longer than it was"})
        elif change == "link":
            os.symlink("original", path)
        elif change == "folder":
            os.mkdir(path)

        with pytest.raises(StagedFileWrong, match="scripts/demo"):
            cache.publish(folder, digest("a"), files, {})

    assert cache.tree(digest("a")) is None


def test_what_is_published_as_said_is_looked_at_before_it_is_used(cache: Cache) -> None:
    with cache.staging() as folder:
        files = [
            dataclasses.replace(file, size=file.size + 1) for file in stage(folder, {"scripts/demo": b"x"})
        ]
        tree = cache.publish(folder, digest("a"), files, {}, as_said=True)

    assert [file.path for file in cache.damaged(tree)] == ["demo"]


def test_a_path_that_leaves_its_section_is_refused(cache: Cache) -> None:
    with cache.staging() as folder, pytest.raises(ValueError, match="not a place inside a tree"):
        cache.publish(folder, digest("a"), [TreeFile("purelib", "../x", digest("x"), 0, 0, False)], {})


@pytest.mark.parametrize("content", [b"", b"\0" * 200, b"zephyr-tree 2 nonsense"])
def test_a_damaged_manifest_is_a_miss_and_the_tree_can_be_published_again(
    cache: Cache, content: bytes
) -> None:
    tree = publish(cache, "a", DEMO)
    with open(f"{os.path.dirname(tree.path)}/manifest", "wb") as stream:
        stream.write(content)

    assert cache.tree(digest("a")) is None
    assert not os.path.exists(tree.path)
    assert content_of(publish(cache, "a", DEMO)) == DEMO


def test_a_tree_without_a_manifest_is_a_miss_and_does_not_stand_in_the_way(cache: Cache) -> None:
    tree = publish(cache, "a", DEMO)
    os.unlink(f"{os.path.dirname(tree.path)}/manifest")

    assert cache.tree(digest("a")) is None
    assert content_of(publish(cache, "a", DEMO)) == DEMO
    assert cache.tree(digest("a")) is not None


def test_a_passing_trouble_does_not_cost_a_good_tree(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(cache, "a", DEMO)

    def too_many(*arguments: object, **options: object) -> object:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", too_many)
        with pytest.raises(Exception, match="Too many open files"):
            cache.tree(digest("a"))

    assert cache.tree(digest("a")) is not None


def test_an_evicted_tree_is_gone_with_its_variants(cache: Cache) -> None:
    publish(cache, "a", DEMO)
    publish(cache, "a", DEMO, variant="v1")
    publish(cache, "b", DEMO)

    cache.evict(digest("a"))

    assert [cache.tree(digest("a")), cache.tree(digest("a"), "v1")] == [None, None]
    assert cache.tree(digest("b")) is not None
    assert os.listdir(f"{cache.root}/trash") == []


def test_a_variant_can_be_evicted_alone(cache: Cache) -> None:
    publish(cache, "a", DEMO)
    publish(cache, "a", DEMO, variant="v1")
    publish(cache, "a", DEMO, variant="v2")

    cache.evict(digest("a"), "v1")

    assert cache.tree(digest("a"), "v1") is None
    assert cache.tree(digest("a")) is not None
    assert cache.tree(digest("a"), "v2") is not None


def test_a_damaged_tree_is_evicted_but_not_what_was_published_in_its_place(cache: Cache) -> None:
    tree = publish(cache, "a", DEMO)
    os.truncate(f"{tree.path}/scripts/demo", 1)

    assert cache.evict_damaged(digest("a"))
    assert cache.tree(digest("a")) is None

    publish(cache, "a", DEMO)
    assert not cache.evict_damaged(digest("a"))
    assert cache.tree(digest("a")) is not None


def test_only_the_variant_that_is_damaged_is_evicted(cache: Cache) -> None:
    publish(cache, "a", DEMO)
    variant = publish(cache, "a", DEMO, variant="v")
    os.truncate(f"{variant.path}/scripts/demo", 1)

    assert not cache.evict_damaged(digest("a"))
    assert cache.evict_damaged(digest("a"), "v")
    assert cache.tree(digest("a")) is not None
    assert cache.tree(digest("a"), "v") is None


def test_evicting_what_is_not_there_is_no_error(cache: Cache) -> None:
    cache.evict(digest("a"))


def test_a_fresh_tree_is_undamaged_and_is_not_read(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = publish(cache, "a", DEMO)
    monkeypatch.delattr("hashlib.file_digest")

    assert cache.damaged(tree) == ()


def test_nothing_is_believed_of_an_earlier_boot_before_it_is_hashed(
    cache: Cache, reboot: Callable[[str], None]
) -> None:
    tree = publish(cache, "a", DEMO)
    tear(f"{tree.path}/scripts/demo")
    assert cache.damaged(tree) == ()

    reboot("another boot")

    assert [file.path for file in cache.damaged(tree)] == ["demo"]
    again = cache.tree(digest("a"))
    assert again is not None
    assert not again.durable


def tear(path: str) -> None:
    """What a power cut does: other bytes, everything else as it was."""
    status = os.stat(path)
    with open(path, "r+b") as stream:
        stream.write(b"\0" * status.st_size)

    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_good_tree_of_an_earlier_boot_is_hashed_only_once(
    cache: Cache, reboot: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = publish(cache, "a", DEMO)
    reboot("another boot")
    assert cache.damaged(tree) == ()

    again = cache.tree(digest("a"))
    monkeypatch.delattr("hashlib.file_digest")

    assert again == tree
    assert again is not None
    assert again.durable
    assert cache.damaged(again) == ()


def test_where_the_boot_is_unknown_everything_is_hashed_every_time(
    cache: Cache, reboot: Callable[[str], None]
) -> None:
    reboot("")
    tree = publish(cache, "a", DEMO)
    assert cache.damaged(tree) == ()

    tear(f"{tree.path}/scripts/demo")

    assert [file.path for file in cache.damaged(tree)] == ["demo"]


def test_marking_durable_does_not_bring_an_evicted_tree_back(
    cache: Cache, reboot: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = publish(cache, "a", DEMO)
    reboot("another boot")

    def evict_meanwhile(_tree: object) -> tuple[TreeFile, ...]:
        cache.evict(digest("a"))
        return ()

    monkeypatch.setattr("zephyr_cache.checking.wrong_files", evict_meanwhile)
    cache.damaged(tree)

    assert not os.path.exists(os.path.dirname(tree.path))


def test_use_is_stamped_once_a_day(cache: Cache) -> None:
    tree = publish(cache, "a", DEMO)
    folder = os.path.dirname(tree.path)
    fresh = os.stat(folder).st_mtime_ns

    cache.touch(digest("a"))
    assert os.stat(folder).st_mtime_ns == fresh

    for days in (-2, 2):
        other = fresh + days * 24 * 60 * 60 * 10**9
        os.utime(folder, ns=(other, other))
        cache.touch(digest("a"))
        assert abs(os.stat(folder).st_mtime_ns - fresh) < 3600 * 10**9


def test_touching_what_is_not_there_is_no_error(cache: Cache) -> None:
    cache.touch(digest("a"))


def test_this_machine_tells_its_boot() -> None:
    assert boot.boot_identity() or not os.path.exists("/proc/sys/kernel/random/boot_id")
