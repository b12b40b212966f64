"""An interpreter's identity changes whenever its facts could."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr.environments import identity
from zephyr.environments.identity import interpreter_identity

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def python(tmp_path: Path) -> Path:
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "installed").write_bytes(b"one")
    path = tmp_path / "env" / "bin" / "python"
    path.symlink_to(tmp_path / "installed")

    return path


def test_it_stays_while_nothing_changes(python: Path) -> None:
    assert interpreter_identity(str(python)) == interpreter_identity(str(python))


def test_a_file_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert interpreter_identity(str(tmp_path / "python")) is None


def test_what_the_path_leads_to_counts(python: Path, tmp_path: Path) -> None:
    before = interpreter_identity(str(python))
    (tmp_path / "installed").write_bytes(b"another")

    assert interpreter_identity(str(python)) != before


def test_a_file_replaced_by_one_of_the_same_size_and_time_counts(python: Path, tmp_path: Path) -> None:
    before = interpreter_identity(str(python))
    status = (tmp_path / "installed").stat()
    (tmp_path / "new").write_bytes(b"two")
    os.utime(tmp_path / "new", ns=(status.st_atime_ns, status.st_mtime_ns))
    (tmp_path / "new").replace(tmp_path / "installed")

    assert interpreter_identity(str(python)) != before


def test_becoming_an_environment_counts(python: Path, tmp_path: Path) -> None:
    before = interpreter_identity(str(python))
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    with_configuration = interpreter_identity(str(python))
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /usr/local/bin\n")

    assert len({before, with_configuration, interpreter_identity(str(python))}) == 3


def test_an_environment_made_anew_with_the_same_configuration_is_the_same(
    python: Path, tmp_path: Path
) -> None:
    configuration = tmp_path / "env" / "pyvenv.cfg"
    configuration.write_text("home = /usr/bin\n")
    before = interpreter_identity(str(python))
    python.unlink()
    configuration.unlink()
    configuration.write_text("home = /usr/bin\n")
    os.utime(configuration, (0, 0))
    python.symlink_to(tmp_path / "installed")

    assert interpreter_identity(str(python)) == before


def test_two_roads_to_one_file_are_two_interpreters(python: Path, tmp_path: Path) -> None:
    assert interpreter_identity(str(python)) != interpreter_identity(str(tmp_path / "installed"))


def test_another_system_counts(python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = interpreter_identity(str(python))
    monkeypatch.setattr(identity, "_system", lambda: "Linux 99")

    assert interpreter_identity(str(python)) != before
