"""The README's main job with real packages, from the index that the settings name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.network, pytest.mark.timeout(170)]

SCRIPTS = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests here, cold at first."""
    return tmp_path_factory.mktemp("cache")


class Project:
    """A folder with an environment that pip is in, where commands are run."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.folder = folder
        self._environ = {**os.environ, "ZEPHYR_CACHE_DIR": str(cache)}
        self.zephyr("venv", "create", "--seed")

    def zephyr(self, *arguments: str) -> str:
        """Run a command that succeeds and return what it prints."""
        return self._run(sys.executable, "-m", "zephyr", *arguments)

    def script(self, name: str, *arguments: str) -> str:
        """Run a script of the environment and return what it prints."""
        return self._run(str(self.folder / ".venv" / SCRIPTS / name), *arguments)

    def assert_sound(self) -> None:
        """Zephyr, pip and the environment's own importlib.metadata agree on what is there."""
        assert "No broken requirements" in self.zephyr("check")
        assert "No broken requirements" in self.script("python", "-m", "pip", "check")
        ours = {entry["name"].lower() for entry in json.loads(self.zephyr("list", "--format", "json"))}
        program = "import importlib.metadata as m; print(*(d.name for d in m.distributions()), sep='\\n')"
        assert ours == set(self.script("python", "-c", program).lower().split())

    def _run(self, *command: str) -> str:
        result = subprocess.run(
            command, cwd=self.folder, env=self._environ, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stderr

        return result.stdout


@pytest.fixture
def project(tmp_path: Path, cache: Path) -> Project:
    return Project(tmp_path, cache)


def test_jupyter_is_installed_and_runs(project: Project) -> None:
    project.zephyr("install", "jupyter")

    assert "jupyterlab" in project.script("jupyter", "--version")
    project.assert_sound()


def test_two_frameworks_with_their_extras(project: Project) -> None:
    project.zephyr("install", "django", "fastapi[standard]")

    assert project.script("django-admin", "--version")
    assert "Usage" in project.script("fastapi", "--help")
    project.assert_sound()


def test_a_requirements_file_with_constraints(project: Project) -> None:
    (project.folder / "requirements.txt").write_text("requests[socks]\nrich ; python_version >= '3'\n")
    (project.folder / "constraints.txt").write_text("urllib3<2\nidna==3.6\n")
    project.zephyr("install", "-r", "requirements.txt", "-c", "constraints.txt")

    frozen = dict(line.split("==") for line in project.zephyr("freeze").lower().splitlines())
    assert frozen["urllib3"].startswith("1.")
    assert frozen["idna"] == "3.6"
    assert {"requests", "pysocks", "rich"} <= frozen.keys()
    project.assert_sound()


def test_what_zephyr_installed_pip_can_remove_and_the_other_way_round(project: Project) -> None:
    project.zephyr("install", "jinja2")
    project.script("python", "-m", "pip", "uninstall", "--yes", "jinja2")
    assert "Jinja2" not in project.zephyr("list")

    project.script("python", "-m", "pip", "install", "--quiet", "--no-input", "six")
    project.zephyr("uninstall", "--yes", "six", "markupsafe")
    assert project.zephyr("freeze") == ""
    project.assert_sound()
