"""Which lock is read, and for which environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.fake_pythons import FakePythons
from tests.support.lock_documents import document, entry
from zephyr.environments.errors import InterpreterNotFound
from zephyr.environments.surroundings import Surroundings
from zephyr.errors import UsageError
from zephyr.pipeline.lock_target import lock_path, lock_target
from zephyr_cache import Cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.pylock import Pylock

    from zephyr.lock.target import LockTarget

WINDOWS = "cp312-cp312-win_amd64"
LOCK = document(entry("a", "1", wheels=[WINDOWS]))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Surroundings]:
    """A project in an empty home, with no Python at all."""
    folder = tmp_path / "home" / "demo"
    folder.mkdir(parents=True)
    environ = {
        "HOME": str(tmp_path / "home"),
        "PATH": str(tmp_path / "bin"),
        "ZEPHYR_DATA_DIR": str(tmp_path / "data"),
    }

    with Cache.open(str(tmp_path / "cache")) as store:
        yield Surroundings(str(folder), environ, store)


def target(
    here: Surroundings, *, python: str | None = None, platform: str | None = None, lock: Pylock = LOCK
) -> LockTarget:
    return lock_target(lock, f"{here.folder}/pylock.toml", python, platform, here)


def test_a_lock_is_the_one_that_is_named_or_that_of_the_project_here_or_above(tmp_path: Path) -> None:
    inner = tmp_path / "demo" / "src"
    inner.mkdir(parents=True)
    assert lock_path(None, str(inner)) == f"{inner}/pylock.toml"

    (tmp_path / "demo" / "pyproject.toml").write_text("[project]\nname = 'demo'\n")
    assert lock_path(None, str(inner)) == f"{tmp_path}/demo/pylock.toml"
    assert lock_path("../pylock.x.toml", str(inner)) == f"{tmp_path}/demo/pylock.x.toml"


def test_a_target_that_is_described_needs_no_python(here: Surroundings) -> None:
    found = target(here, python="3.12.4", platform="windows-x86_64")

    assert (found.python_version, found.tags) == ("3.12.4", (WINDOWS,))
    assert found.markers["sys_platform"] == "win32"
    assert found.label == "Python 3.12.4 on windows-x86_64"


@pytest.mark.parametrize("python", ["3.13.0rc1", "3.13"])
def test_a_minor_begins_with_its_first_release(here: Surroundings, python: str) -> None:
    assert target(here, python=python, platform="windows").python_version == "3.13.0"


def test_a_platform_of_several_machines_is_not_one_target(here: Surroundings) -> None:
    with pytest.raises(UsageError) as caught:
        target(here, python="3.12", platform="macos")

    assert caught.value.message == "--platform 'macos' means several: macos-arm64, macos-x86_64"


def test_without_a_python_one_is_asked_for(here: Surroundings) -> None:
    for platform in (None, "windows-x86_64"):
        with pytest.raises(InterpreterNotFound):
            target(here, platform=platform)


def test_the_python_is_one_that_the_lock_supports(here: Surroundings, tmp_path: Path) -> None:
    pythons = FakePythons()

    for version in ("3.12", "3.11"):
        pythons.add(tmp_path / "bin" / f"python{version}", f"{version}.1")

    assert target(here, lock=document(python="<3.12")).python_version == "3.11.1"
    assert target(here).python_version == "3.12.1"
    assert target(here, platform="windows-x86_64").python_version == "3.12.1"


def test_another_version_has_the_platform_of_the_one_here(here: Surroundings, tmp_path: Path) -> None:
    FakePythons().add(tmp_path / "bin" / "python3.12", "3.12.1")
    one, other = target(here), target(here, python="3.13")

    assert other.markers["python_version"] == "3.13"
    assert other.markers["sys_platform"] == one.markers["sys_platform"]
    assert other.tags[0] == one.tags[0].replace("312", "313")


def test_the_environment_of_the_project_is_meant(here: Surroundings, tmp_path: Path) -> None:
    pythons = FakePythons()
    base = pythons.add(tmp_path / "bin" / "python3.12", "3.12.1")
    pythons.environment(Path(here.folder) / ".venv", "3.11.1", base)

    assert target(here).python_version == "3.11.1"

    # One that cannot be used is no reason not to read the lock.
    os.unlink(Path(here.folder) / ".venv" / "bin" / "python")

    assert target(here).python_version == "3.12.1"
