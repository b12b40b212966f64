"""What killed creations left goes, what living ones work on stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.environments.leftovers import Held, fresh_name, remove_leftovers

if TYPE_CHECKING:
    from pathlib import Path


def entries(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def test_folders_that_nobody_holds_are_removed(tmp_path: Path) -> None:
    root = tmp_path / "env"
    root.mkdir()

    for folder in (tmp_path, root):
        (folder / fresh_name(str(root)) / "bin").mkdir(parents=True)

    remove_leftovers(str(root))

    assert entries(tmp_path) == {"env"}
    assert entries(root) == set()


def test_a_folder_that_is_held_stays(tmp_path: Path) -> None:
    name = fresh_name(str(tmp_path / "env"))
    (tmp_path / name).mkdir()

    with Held(str(tmp_path / name)):
        remove_leftovers(str(tmp_path / "env"))
        assert entries(tmp_path) == {name}

    remove_leftovers(str(tmp_path / "env"))
    assert entries(tmp_path) == set()


def test_other_names_files_and_links_stay(tmp_path: Path) -> None:
    root = str(tmp_path / "env")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "file").touch()
    (tmp_path / fresh_name(root)).symlink_to("target")
    (tmp_path / fresh_name(root)).touch()
    (tmp_path / fresh_name(str(tmp_path / "other"))).mkdir()
    before = entries(tmp_path)
    remove_leftovers(root)

    assert entries(tmp_path) == before
    assert entries(tmp_path / "target") == {"file"}


def test_a_place_that_is_not_there_has_none(tmp_path: Path) -> None:
    remove_leftovers(str(tmp_path / "absent" / "env"))

    assert entries(tmp_path) == set()
