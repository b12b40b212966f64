"""Links to folders are made, told from folders, and redirected in one step."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.links import is_link, make_link, redirect_link

if TYPE_CHECKING:
    from pathlib import Path


def test_a_link_is_one_even_if_it_leads_nowhere(tmp_path: Path) -> None:
    make_link(str(tmp_path / "link"), str(tmp_path / "nowhere"))

    assert is_link(str(tmp_path / "link"))
    assert not is_link(str(tmp_path))
    assert not is_link(str(tmp_path / "missing"))


def test_what_is_there_is_not_made_a_link(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        make_link(str(tmp_path), str(tmp_path))


def test_a_redirected_link_leads_elsewhere_and_nothing_is_left(tmp_path: Path) -> None:
    link = tmp_path / "link"
    make_link(str(link), "nowhere")
    redirect_link(str(link), str(tmp_path))

    assert os.path.realpath(link) == os.path.realpath(tmp_path)
    assert os.listdir(tmp_path) == ["link"]


def test_a_folder_that_took_the_links_place_stays(tmp_path: Path) -> None:
    (tmp_path / "place" / "work").mkdir(parents=True)

    with pytest.raises(OSError, match="place"):
        redirect_link(str(tmp_path / "place"), "target")

    assert (tmp_path / "place" / "work").is_dir()
    assert os.listdir(tmp_path) == ["place"]
