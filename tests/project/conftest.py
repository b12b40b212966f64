"""A folder that a project is stated in, text by text."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from zephyr.errors import ZephyrError
from zephyr.project.reading import read_project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from zephyr.project.project import Project
    from zephyr.project.requirements import ProjectRequirement

DEMO = '[project]\nname = "demo"\nversion = "1.0"\n'


@dataclass(frozen=True)
class Folder:
    """Where the pyproject.toml lies; each text replaces the one before."""

    path: Path

    def write(self, text: str) -> str:
        """Write the file, return its path."""
        file = self.path / "pyproject.toml"
        file.write_text(textwrap.dedent(text))

        return str(file)

    def project(self, text: str) -> Project:
        """Return what ``text`` states."""
        return read_project(self.write(text))

    def demo(self, text: str) -> Project:
        """Return what ``text`` states after name and version of a project."""
        return self.project(DEMO + textwrap.dedent(text))

    def refusal(self, text: str) -> ZephyrError:
        """Return the error that ``text`` is refused with."""
        with pytest.raises(ZephyrError) as raised:
            self.project(text)

        return raised.value

    def demo_refusal(self, text: str) -> ZephyrError:
        """Return the error that ``text`` after name and version is refused with."""
        return self.refusal(DEMO + textwrap.dedent(text))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def texts(requirements: Iterable[ProjectRequirement]) -> list[str]:
    return [requirement.text for requirement in requirements]
