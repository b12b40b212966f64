from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.cache.children import child
from zephyr_cache import Cache, DiskFull, staging

if TYPE_CHECKING:
    from pathlib import Path

STAGE = """
with cache.staging() as folder:
    open(f"{folder}/half", "w").close()
    say(folder)
    wait()
"""


def left_in(cache: Cache) -> list[str]:
    return sorted(os.listdir(f"{cache.root}/staging"))


def test_a_staging_folder_is_fresh_private_and_on_the_same_file_system(cache: Cache) -> None:
    with cache.staging() as first, cache.staging() as second:
        assert first != second
        assert os.listdir(first) == []
        assert os.stat(first).st_dev == os.stat(cache.root).st_dev


def test_what_is_left_in_it_goes_at_exit(cache: Cache) -> None:
    with cache.staging() as folder:
        os.makedirs(f"{folder}/a/b")

    assert not os.path.exists(folder)


def test_an_error_inside_is_passed_on_and_leaves_nothing(cache: Cache) -> None:
    with pytest.raises(FileNotFoundError), cache.staging() as folder:
        open(f"{folder}/nothing").close()

    assert not os.path.exists(folder)


def test_a_full_disk_inside_is_reported_as_one(cache: Cache) -> None:
    with pytest.raises(DiskFull, match="cache"), cache.staging():
        raise OSError(errno.ENOSPC, "full")


def test_closing_leaves_nothing_in_the_staging_area(tmp_path: Path) -> None:
    cache = Cache.open(str(tmp_path / "cache"))
    with cache.staging():
        pass

    cache.close()

    assert left_in(cache) == []


def test_a_folder_that_cannot_be_entered_is_removed_all_the_same(cache: Cache) -> None:
    with cache.staging() as folder:
        os.makedirs(f"{folder}/a/b")
        os.chmod(f"{folder}/a", stat.S_IRUSR)

    assert not os.path.exists(folder)


def test_opening_sweeps_what_a_killed_process_left_and_nothing_else(cache: Cache) -> None:
    with child(cache, STAGE) as killed, child(cache, STAGE), cache.staging() as ours:
        before = left_in(cache)
        killed.kill()
        killed.wait()

        Cache.open(cache.root).close()

        after = left_in(cache)
        assert os.path.isdir(ours)

    assert (len(before), len(after)) == (6, 4)
    assert set(after) < set(before)


def test_a_folder_without_a_lock_is_swept(cache: Cache) -> None:
    os.makedirs(f"{cache.root}/staging/orphan/inner")

    staging.sweep(cache.root)

    assert left_in(cache) == []


def test_the_trash_is_emptied(cache: Cache) -> None:
    os.makedirs(f"{cache.root}/trash/entry/tree")

    staging.sweep(cache.root)

    assert os.listdir(f"{cache.root}/trash") == []


def test_nothing_is_swept_where_locks_tell_nothing(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    with child(cache, STAGE):
        before = left_in(cache)

        def refuse(descriptor: int, operation: int) -> None:
            raise OSError(errno.ENOLCK, "no locks")

        monkeypatch.setattr(fcntl, "flock", refuse)
        monkeypatch.setattr(fcntl, "lockf", refuse)
        staging.sweep(cache.root)

        assert left_in(cache) == before


def test_sweeping_a_cache_without_these_folders_is_no_error(tmp_path: Path) -> None:
    staging.sweep(str(tmp_path))

    assert os.listdir(tmp_path) == []
