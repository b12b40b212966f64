"""The CPythons of this machine, and what tests of environments start from."""

from __future__ import annotations

import glob
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.fake_pythons import FakePythons
from zephyr.environments.facts import query_interpreter
from zephyr.environments.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zephyr.model.interpreter import Interpreter

# Before any fixture moves the home folder.
_PYENV = os.path.join(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"), "versions")


def _installations() -> list[str]:
    found = [os.path.realpath(sys.executable)]
    found += sorted(glob.glob(os.path.join(glob.escape(_PYENV), "3*", "bin", "python3")))
    found += ["/usr/bin/python3"]
    supported: dict[str, str] = {}

    for path in found:
        code = "import sys; print(sys.version_info >= (3, 8))"

        if os.path.isfile(path):
            answer = subprocess.run([path, "-I", "-c", code], capture_output=True, text=True, check=False)

            if answer.stdout.strip() == "True":
                supported.setdefault(os.path.realpath(path), path)

    return list(supported.values())


INSTALLATIONS = _installations()


class MemoryStore:
    """A fact store that counts."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], bytes] = {}
        self.misses = 0

    def read(self, bucket: str, key: str) -> bytes | None:
        record = self.records.get((bucket, key))
        self.misses += record is None

        return record

    def write(self, bucket: str, key: str, data: bytes) -> None:
        self.records[bucket, key] = data


_ASKED: dict[str, Interpreter] = {}


def ask_once(path: str) -> Interpreter:
    """The facts of an installation, asked once for all tests."""
    if path not in _ASKED:
        _ASKED[path] = query_interpreter(path, dict(os.environ))

    return _ASKED[path]


@pytest.fixture(params=INSTALLATIONS)
def installation(request: pytest.FixtureRequest) -> Interpreter:
    """Each Python on the machine that Zephyr supports."""
    return ask_once(request.param)


@pytest.fixture
def base() -> Interpreter:
    """The installation that runs the tests, outside of any environment."""
    return ask_once(INSTALLATIONS[0])


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def here(tmp_path: Path, store: MemoryStore) -> Surroundings:
    """An empty folder in an empty home, with an empty PATH."""
    folder = tmp_path / "home" / "project"
    folder.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    environ = {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}

    return Surroundings(str(folder), environ, store)


@pytest.fixture
def script() -> Callable[[Path, str], str]:
    """Write an executable shell script."""

    def write(path: Path, body: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

        return str(path)

    return write


@pytest.fixture(scope="session")
def pythons() -> FakePythons:
    return FakePythons()
