from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from zephyr_cache import atomic

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_written_whole_with_the_folders_it_needs(tmp_path: Path) -> None:
    atomic.write_whole(str(tmp_path), f"{tmp_path}/a/b/file", b"data")

    assert (tmp_path / "a/b/file").read_bytes() == b"data"
    assert os.listdir(tmp_path) == ["a"]


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="full"):
        atomic.write_whole(str(tmp_path), str(path), b"new")

    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    genuine = os.write

    def write(descriptor: int, data: bytes) -> int:
        return genuine(descriptor, data[:3])

    monkeypatch.setattr(os, "write", write)

    atomic.write_new(f"{tmp_path}/file", b"0123456789")

    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_a_new_file_never_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")

    with pytest.raises(FileExistsError):
        atomic.write_new(f"{tmp_path}/file", b"new")


def test_a_discarded_folder_is_gone_and_so_is_the_trash(tmp_path: Path) -> None:
    (tmp_path / "entry/tree").mkdir(parents=True)
    (tmp_path / "entry/tree/file").touch()

    assert atomic.discard(str(tmp_path), f"{tmp_path}/entry")

    assert os.listdir(tmp_path) == ["trash"]
    assert os.listdir(tmp_path / "trash") == []


def test_discarding_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert not atomic.discard(str(tmp_path), f"{tmp_path}/entry")


def test_a_folder_that_cannot_be_moved_is_deleted_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "entry/tree").mkdir(parents=True)
    (tmp_path / "entry/manifest").touch()

    def crossing(source: str, destination: str) -> None:
        raise OSError(errno.EXDEV, "crossing devices")

    monkeypatch.setattr(os, "rename", crossing)

    assert atomic.discard(str(tmp_path), f"{tmp_path}/entry")
    assert not (tmp_path / "entry").exists()


def test_a_plain_file_is_removed_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    atomic.remove_tree(f"{tmp_path}/file")

    assert os.listdir(tmp_path) == []


def test_a_link_is_removed_and_what_it_points_to_stays(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").touch()
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone/inner").symlink_to(tmp_path / "kept")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    mode = stat.S_IMODE((tmp_path / "kept").stat().st_mode)

    atomic.remove_tree(f"{tmp_path}/gone")
    atomic.remove_tree(f"{tmp_path}/link")

    assert os.listdir(tmp_path) == ["kept"]
    assert (tmp_path / "kept/file").exists()
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == mode


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    atomic.remove_tree(f"{tmp_path}/nothing")
