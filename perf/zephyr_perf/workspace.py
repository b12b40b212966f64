"""Folders for the runs: environments, projects and caches, made and removed outside the clock."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from zephyr_perf.peers import interpreter, pip_packages
from zephyr_perf.site import put
from zephyr_perf.workloads import pylock_text

if TYPE_CHECKING:
    from zephyr_perf.peers import Tool
    from zephyr_perf.scenario import Scenario
    from zephyr_perf.workloads import Workload


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one tool does one piece of work."""

    path: str

    @property
    def project(self) -> str:
        """The working folder, which has a pyproject.toml where there is a workload."""
        return os.path.join(self.path, "project")

    @property
    def venv(self) -> str:
        """The environment: of the project, so that whoever looks for one finds it."""
        return os.path.join(self.project, ".venv")

    @property
    def home(self) -> str:
        """What the tool takes for the user's home, and for temporary files."""
        return os.path.join(self.path, "home")

    @property
    def out(self) -> str:
        """What a command writes its answer to."""
        return os.path.join(self.path, "out")

    @property
    def log(self) -> str:
        """What a command says."""
        return os.path.join(self.path, "log")


class Workspace:
    """Makes folders below ``base``; nothing is ever used twice unless that is asked for.

    On a disk what is used up is moved aside, and removed at the end: some filesystems make new files slowly
    for a while after many were removed.
    """

    def __init__(self, base: str, pip: Tool, *, keeps_used: bool) -> None:
        self.base = base
        self._keeps_used = keeps_used
        self._number = 0
        self._plain = os.path.join(base, "template")
        self._with_pip = os.path.join(base, "template-pip")
        os.makedirs(base, exist_ok=True)
        subprocess.run([interpreter(), "-m", "venv", "--without-pip", self._plain], check=True)
        shutil.copytree(self._plain, self._with_pip, symlinks=True)
        self._add_pip(pip)

    def _add_pip(self, pip: Tool) -> None:
        (lib,) = os.listdir(os.path.join(self._with_pip, "lib"))
        site = os.path.join(self._with_pip, "lib", lib, "site-packages")

        for folder in pip_packages(pip):
            shutil.copytree(folder, os.path.join(site, os.path.basename(folder)))

    def new(self, tool: str, project: str | None) -> Folder:
        """Return a new folder with an empty environment; ``project`` is the text of its pyproject.toml."""
        folder = Folder(self.new_path(tool))
        os.makedirs(folder.home)
        os.makedirs(folder.project)

        if project is not None:
            put(os.path.join(folder.project, "pyproject.toml"), project.encode())

        self._add_environment(tool, folder)

        return folder

    def renew(self, tool: str, folder: Folder) -> None:
        """Put an empty environment in the place of the one in ``folder``."""
        os.rename(folder.venv, used := self.new_path("used"))
        self.discard(used)
        self._add_environment(tool, folder)

    def _add_environment(self, tool: str, folder: Folder) -> None:
        shutil.copytree(self._with_pip if tool == "pip" else self._plain, folder.venv, symlinks=True)

    def new_path(self, name: str) -> str:
        """Return a path that nothing has been at."""
        self._number += 1

        return os.path.join(self.base, f"{self._number}-{name}")

    def copy(self, path: str) -> str:
        """Return a true copy of a folder, times included."""
        copied = self.new_path(os.path.basename(path))
        os.makedirs(path, exist_ok=True)  # a tool may have had nothing to keep
        shutil.copytree(path, copied, symlinks=True)

        return copied

    def discard(self, path: str) -> None:
        """Have no more use for a folder."""
        if not self._keeps_used:
            shutil.rmtree(path, ignore_errors=True)


def project_text(requirements: tuple[str, ...], page_url: str, minor: str) -> str:
    """Return a pyproject.toml that asks for ``requirements`` of one index, as poetry and pdm need it told."""
    listed = "".join(f"  {_quoted(one)},\n" for one in requirements)

    return f"""[project]
name = "measured"
version = "0"
requires-python = "=={minor}.*"
dependencies = [
{listed}]

[tool.uv]
package = false

[tool.poetry]
package-mode = false

[[tool.poetry.source]]
name = "local"
url = "{page_url}"
priority = "primary"

[tool.pdm]
distribution = false

[[tool.pdm.source]]
name = "pypi"
url = "{page_url}"
verify_ssl = false
"""


def _quoted(text: str) -> str:
    return "'" + text + "'" if '"' in text else f'"{text}"'


def inputs_in(workload: Workload, folder: str) -> dict[str, str]:
    """Return what ``VERBS`` calls the forms of a workload that commands take, and where they are."""
    return {
        "requirements": os.path.join(folder, f"{workload.name}.in"),
        "locked": os.path.join(folder, f"{workload.name}.txt"),
        "pylock": os.path.join(folder, f"pylock.{workload.name}.toml"),
        "added": workload.added,
    }


def write_inputs(workload: Workload, folder: str, root: str, page_url: str) -> None:
    """Write the workload in these forms: once, for a tool may see that a file is another one."""
    paths = inputs_in(workload, folder)
    pins = "".join(f"{name}=={version}\n" for name, version in sorted(workload.pins.items()))
    put(paths["requirements"], "\n".join([*workload.requirements, ""]).encode())
    put(paths["locked"], pins.encode())
    put(paths["pylock"], pylock_text(workload, root, page_url).encode())


def installed_in(venv: str) -> dict[str, str]:
    """Return what an environment has, as normalised name to version; pip itself does not count."""
    found: dict[str, str] = {}

    # Not below: some packages carry others inside themselves, metadata and all.
    for folder in Path(venv, "lib").glob("python*/site-packages/*.dist-info"):
        project, _, version = folder.name.removesuffix(".dist-info").partition("-")
        found[canonicalize_name(project)] = version

    found.pop("pip", None)

    return found


def cache_path(base: str, scenario: Scenario, tool: str) -> str:
    """Return the folder of a warm cache: scenarios of one tool that ask the same addresses share it.

    Those that compile have one of their own: bytecode would be there for those that are to compile first.
    """
    line = scenario.line
    address = f"{scenario.workload}-{scenario.form}-{line.round_trip}-{line.rate}-{line.tls}"

    if (scenario.primer or scenario.verb) == "install-compiled":
        address += "-compiled"

    return os.path.join(base, "caches", tool, address)
