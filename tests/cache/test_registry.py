from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.trees import digest

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr_cache import Cache


def test_an_environment_is_known_by_what_it_uses_now(cache: Cache, tmp_path: Path) -> None:
    cache.register(str(tmp_path), [digest("a"), digest("b")])
    cache.register(str(tmp_path), [digest("b"), digest("c")])

    assert cache.registered() == {str(tmp_path.resolve()): {digest("b"), digest("c")}}


def test_two_names_of_one_environment_are_one(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "name").symlink_to("real")

    cache.register(str(tmp_path / "real"), [digest("a")])
    cache.register(str(tmp_path / "name"), [digest("b")])

    assert list(cache.registered().values()) == [{digest("b")}]


def test_an_environment_that_has_vanished_is_forgotten(cache: Cache, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    environment.mkdir()
    cache.register(str(environment), [digest("a")])

    environment.rmdir()
    assert cache.registered() == {}

    environment.mkdir()
    assert cache.registered() == {}
