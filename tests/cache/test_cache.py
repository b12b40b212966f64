from __future__ import annotations

import errno
import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.trees import content_of, digest, publish
from zephyr_cache import Cache, CacheTooNew, CacheUnwritable, DiskFull, LinkMode

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_cache_is_private_and_says_what_it_is(tmp_path: Path) -> None:
    root = tmp_path / "deep" / "cache"

    Cache.open(str(root)).close()

    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert (root / "format").read_text() == "1\n"
    assert (root / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")


def test_what_one_opening_keeps_the_next_one_finds(tmp_path: Path) -> None:
    with Cache.open(str(tmp_path / "cache")) as first:
        publish(first, "a", {"purelib/x": b"1"})
        first.write("pages-v1", "key", b"data")

    with Cache.open(str(tmp_path / "cache")) as second:
        assert second.tree(digest("a")) is not None
        assert second.read("pages-v1", "key") == b"data"


@pytest.mark.parametrize("text", [b"2\n", b"10", b"1.1", b"one"])
def test_a_newer_format_is_refused_and_left_alone(tmp_path: Path, text: bytes) -> None:
    Cache.open(str(tmp_path)).close()
    (tmp_path / "format").write_bytes(text)

    with pytest.raises(CacheTooNew) as caught:
        Cache.open(str(tmp_path))

    assert str(tmp_path) in caught.value.message
    assert (tmp_path / "format").read_bytes() == text


@pytest.mark.parametrize("text", [b"", b"\0\0"])
def test_a_format_that_a_power_cut_tore_is_written_again(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "format").write_bytes(text)

    Cache.open(str(tmp_path)).close()

    assert (tmp_path / "format").read_bytes() == b"1\n"


def test_a_cache_below_a_file_is_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for root in (tmp_path / "file", tmp_path / "file" / "cache"):
        with pytest.raises(CacheUnwritable) as caught:
            Cache.open(str(root))

        assert str(root) in caught.value.message
        assert caught.value.hint is not None


@pytest.mark.parametrize("locked", ["", "/staging", "/trees-v1"])
def test_a_cache_that_may_not_be_written_is_unwritable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: str
) -> None:
    with Cache.open(str(tmp_path)) as cache:
        publish(cache, "a", {"purelib/x": b"1"})

    genuine = os.access

    def access(path: str, mode: int) -> bool:
        return path != f"{tmp_path}{locked}" and genuine(path, mode)

    monkeypatch.setattr(os, "access", access)

    with pytest.raises(CacheUnwritable, match="read-only"):
        Cache.open(str(tmp_path))


def test_a_link_to_a_cache_is_that_cache(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "name").symlink_to("real")

    with Cache.open(str(tmp_path / "name")) as cache:
        assert cache.root == str((tmp_path / "real").resolve())


def test_a_temporary_cache_works_like_any_and_goes_when_closed() -> None:
    with Cache.temporary() as cache:
        publish(cache, "a", {"purelib/x": b"1"})
        assert cache.is_temporary
        assert cache.tree(digest("a")) is not None
        assert stat.S_IMODE(os.stat(cache.root).st_mode) == 0o700

    assert not os.path.exists(cache.root)


def test_a_cache_that_is_opened_is_not_temporary_and_stays(cache: Cache) -> None:
    cache.close()

    assert not cache.is_temporary
    assert os.path.exists(cache.root)


def test_a_full_disk_is_named_and_costs_nothing_that_was_there(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write("pages-v1", "key", b"old")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(DiskFull, match=cache.root):
            cache.write("pages-v1", "key", b"new")

        with pytest.raises(DiskFull, match=cache.root):
            publish(cache, "a", {"purelib/x": b"1"})

    assert cache.read("pages-v1", "key") == b"old"
    assert cache.tree(digest("a")) is None


def test_many_threads_may_use_one_cache(cache: Cache) -> None:
    found: list[dict[str, bytes]] = []

    def work() -> None:
        found.extend(content_of(publish(cache, word, {"purelib/x": word.encode()})) for word in "abcdefgh")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    assert len(found) == 32
    assert {content["purelib/x"] for content in found} == {word.encode() for word in "abcdefgh"}


def test_the_way_to_link_is_tried_out_once(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mode = cache.link_mode(str(tmp_path))
    monkeypatch.setattr("zephyr_cache.link.probe", None)

    assert cache.link_mode(str(tmp_path)) is mode
    assert mode in {LinkMode.CLONE, LinkMode.HARDLINK}
    assert os.listdir(tmp_path) == ["cache"]


def test_there_is_no_way_to_link_into_a_folder_that_is_missing(cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        cache.link_mode(f"{tmp_path}/nowhere")
