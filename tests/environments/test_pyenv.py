"""pyenv's rules are followed without running it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.pyenv import (
    is_shim,
    pyenv_executables,
    pyenv_root,
    read_version_file,
    resolve_shim,
)

if TYPE_CHECKING:
    from zephyr.environments.surroundings import Surroundings


class Pyenv:
    """A pyenv with versions that cannot run: ``pyenv.install("3.12.1", "python3")``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "shims").mkdir(parents=True)
        (root / "versions").mkdir()

    def install(self, version: str, *names: str) -> None:
        folder = self.root / "versions" / version / "bin"
        folder.mkdir(parents=True)

        for name in ("python", *names):
            (folder / name).touch(mode=0o755)
            (self.root / "shims" / name).touch(mode=0o755)

    def shim(self, name: str = "python") -> str:
        return str(self.root / "shims" / name)

    def executable(self, version: str, name: str = "python") -> str:
        return str(self.root / "versions" / version / "bin" / name)


@pytest.fixture
def pyenv(here: Surroundings) -> Pyenv:
    return Pyenv(Path(here.environ["HOME"]) / ".pyenv")


def test_shims_are_known_by_their_place(pyenv: Pyenv, tmp_path: Path) -> None:
    pyenv.install("3.12.1")

    assert is_shim(pyenv.shim())
    assert not is_shim(pyenv.executable("3.12.1"))
    assert not is_shim(str(tmp_path / "shims" / "python"))


def test_the_global_version_is_run(pyenv: Pyenv, here: Surroundings) -> None:
    pyenv.install("3.12.1")
    (pyenv.root / "version").write_text("3.12.1\n")

    assert resolve_shim(pyenv.shim(), here) == pyenv.executable("3.12.1")


def test_the_nearest_file_beats_the_global_and_the_variable_beats_all(
    pyenv: Pyenv, here: Surroundings
) -> None:
    for version in ("3.10.1", "3.11.1", "3.12.1"):
        pyenv.install(version)

    (pyenv.root / "version").write_text("3.10.1\n")
    (Path(here.folder).parent / ".python-version").write_text("# chosen\n3.11.1  # by me\n")
    chosen = replace(here, environ={**here.environ, "PYENV_VERSION": "3.12.1"})

    assert resolve_shim(pyenv.shim(), here) == pyenv.executable("3.11.1")
    assert resolve_shim(pyenv.shim(), chosen) == pyenv.executable("3.12.1")


def test_of_several_versions_the_first_with_the_name_is_run(pyenv: Pyenv, here: Surroundings) -> None:
    pyenv.install("3.11.1", "python3.11")
    pyenv.install("3.12.1", "python3.12")
    (pyenv.root / "version").write_text("3.12.1\n3.11.1\n")

    assert resolve_shim(pyenv.shim("python3.11"), here) == pyenv.executable("3.11.1", "python3.11")


def test_system_means_the_rest_of_path(pyenv: Pyenv, here: Surroundings, tmp_path: Path) -> None:
    pyenv.install("3.12.1")
    (tmp_path / "bin" / "python").touch(mode=0o755)
    path = f"{pyenv.root / 'shims'}:{tmp_path / 'bin'}"
    first = replace(here, environ={**here.environ, "PATH": path})

    assert resolve_shim(pyenv.shim(), first) == str(tmp_path / "bin" / "python")


def test_a_version_that_does_not_have_the_name_leaves_nothing(pyenv: Pyenv, here: Surroundings) -> None:
    pyenv.install("3.12.1")
    pyenv.install("3.9.1", "python3.9")
    (pyenv.root / "version").write_text("3.12.1\n")

    assert resolve_shim(pyenv.shim("python3.9"), here) is None


def test_what_only_pyenv_knows_is_left_to_it(pyenv: Pyenv, here: Surroundings) -> None:
    pyenv.install("3.12.1")
    (pyenv.root / "version").write_text("3.12\n")

    assert resolve_shim(pyenv.shim(), here) is None


def test_versions_come_newest_first(pyenv: Pyenv, here: Surroundings) -> None:
    for version in ("3.9.18", "3.12.1", "pypy3.10-7.3", "3.10.2"):
        pyenv.install(version)

    (pyenv.root / "versions" / "3.13.0").mkdir()
    found = [Path(path).parts[-3] for path in pyenv_executables(here.environ)]

    assert found == ["3.12.1", "3.10.2", "3.9.18", "pypy3.10-7.3"]


def test_the_root_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()

    assert pyenv_root({"PYENV_ROOT": str(tmp_path), "HOME": "/nowhere"}) == str(tmp_path)
    assert pyenv_root({"HOME": str(tmp_path)}) is None
    assert pyenv_executables({}) == []


def test_version_files_are_words_without_comments(tmp_path: Path) -> None:
    path = tmp_path / ".python-version"
    path.write_text("\n# old\n 3.12.1 extra\n\n3.11 # note\n")

    assert read_version_file(str(path)) == ["3.12.1", "3.11"]
    assert read_version_file(str(tmp_path / "absent")) is None
