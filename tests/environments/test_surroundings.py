"""Only what belongs to the user and lies above speaks for a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.environments import surroundings
from zephyr.environments.surroundings import Surroundings, home_of, upwards

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_way_up_ends_at_home(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)

    assert list(upwards(str(folder), str(tmp_path))) == [str(folder), str(tmp_path / "a"), str(tmp_path)]


def test_a_home_reached_by_a_link_is_still_home(tmp_path: Path) -> None:
    (tmp_path / "disk" / "me" / "work").mkdir(parents=True)
    (tmp_path / "home").symlink_to(tmp_path / "disk" / "me")
    folder = str(tmp_path / "disk" / "me" / "work")

    assert list(upwards(folder, str(tmp_path / "home"))) == [folder, str(tmp_path / "disk" / "me")]


def test_outside_of_home_it_ends_at_a_mount_or_the_root(tmp_path: Path) -> None:
    way = list(upwards(str(tmp_path), "/elsewhere"))

    assert way[0] == str(tmp_path)
    assert len({os.stat(folder).st_dev for folder in way}) == 1


def test_it_does_not_cross_a_mount(monkeypatch: pytest.MonkeyPatch) -> None:
    devices = {"/": 1, "/mnt": 1, "/mnt/disk": 2, "/mnt/disk/mine": 2}
    monkeypatch.setattr(surroundings, "_device", devices.get)

    assert list(upwards("/mnt/disk/mine", None)) == ["/mnt/disk/mine", "/mnt/disk"]


def test_a_folder_that_is_gone_has_nothing_above(tmp_path: Path) -> None:
    assert list(upwards(str(tmp_path / "gone"), None)) == [str(tmp_path / "gone")]


def test_relative_entries_of_path_are_left_out() -> None:
    path = os.pathsep.join(["/usr/bin", "", ".", "bin", "/usr/bin", "/bin"])

    assert Surroundings("/", {"PATH": path}).search_path == ["/usr/bin", "/bin"]
    assert Surroundings("/", {}).search_path == []


def test_a_home_that_is_no_absolute_path_is_none() -> None:
    assert home_of({"HOME": "/home/me/"}) == "/home/me"
    assert home_of({"HOME": "me"}) is None
    assert home_of({}) is None


def test_paths_are_meant_from_the_current_folder() -> None:
    assert Surroundings("/project", {}).absolute("../env/.") == "/env"
    assert Surroundings("/project", {}).absolute("/env") == "/env"
