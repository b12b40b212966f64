"""What docs/project.md shows is what is read, and all of it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from zephyr.project.script import read_script
from zephyr.project.tool import ZephyrTable

if TYPE_CHECKING:
    from tests.project.conftest import Folder

PAGE = (Path(__file__).parents[2] / "docs" / "project.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_key_has_an_example_that_is_understood(folder: Folder) -> None:
    shown: set[str] = set()

    for example in examples("toml"):
        project = folder.project(example)
        assert project.warnings == ()
        shown |= {each.name for each in fields(ZephyrTable) if getattr(project.tool, each.name)}
        shown |= {"package"} if project.tool.package is False else set()

    assert shown == {each.name for each in fields(ZephyrTable)}


def test_the_script_is_understood(tmp_path: Path) -> None:
    (example,) = examples("python")
    (tmp_path / "file.py").write_text(example)

    assert read_script(str(tmp_path / "file.py")).tool.exclude_newer == "2026-01-01"
