"""A place is filled only when it is what it was taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.environments.errors import EnvironmentExists
from zephyr.environments.placement import Stage, put_in_place

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.environments.placement import Place


def stage(folder: Path) -> Path:
    (folder / "stage" / "bin").mkdir(parents=True)
    (folder / "stage" / "pyvenv.cfg").write_text("new")

    return folder / "stage"


@pytest.mark.parametrize("place", ["free", "empty"])
def test_a_folder_that_is_no_longer_empty_is_left_alone(tmp_path: Path, place: Place) -> None:
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "thesis.txt").write_text("years")

    with pytest.raises(EnvironmentExists):
        put_in_place(str(stage(tmp_path)), str(tmp_path / "env"), place)

    assert [entry.name for entry in (tmp_path / "env").iterdir()] == ["thesis.txt"]


def test_what_is_left_in_a_stage_goes(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Stage(str(tmp_path / "env")) as folder:
            (tmp_path / folder / "file").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert not list(tmp_path.iterdir())


def test_a_stage_that_took_its_place_stays(tmp_path: Path) -> None:
    with Stage(str(tmp_path / "env")) as folder:
        put_in_place(folder, str(tmp_path / "env"), "free")

    assert [entry.name for entry in tmp_path.iterdir()] == ["env"]
