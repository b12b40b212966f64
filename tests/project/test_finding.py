"""Which project a folder belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.project.finding import find_project

if TYPE_CHECKING:
    from tests.project.conftest import Folder


def test_the_nearest_project_upwards_is_found(folder: Folder) -> None:
    path = folder.write('[project]\nname = "demo"\n')
    deep = folder.path / "src" / "demo"
    deep.mkdir(parents=True)
    (folder.path / "src" / "pyproject.toml").write_text("[tool.ruff]\n")

    assert find_project(str(deep)) == path


@pytest.mark.parametrize("text", ["[dependency-groups]\n", "[tool.zephyr]\n", "[project]\n", "broken ="])
def test_whatever_states_a_project_or_is_broken_is_one(folder: Folder, text: str) -> None:
    path = folder.write(text)

    assert find_project(str(folder.path)) == path


def test_nothing_is_found_where_nothing_states_a_project(folder: Folder) -> None:
    folder.write("[tool]\nzephyr_too = 1\n")
    (folder.path / "sub").mkdir()

    assert find_project(str(folder.path / "sub")) is None
