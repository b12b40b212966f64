"""What is seen in an environment is the same in one that is made anew, and differs when anything does."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zephyr.memo.answer import IDENTITY, NOT_FOLLOWED
from zephyr.memo.sights import LISTED, are_as_before, content_of, is_below, size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr.memo.sights import Sight

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no memos")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    root = tmp_path / "environment"
    (root / "bin").mkdir(parents=True)
    (root / "lib" / "site").mkdir(parents=True)
    (root / "bin" / "tool").write_text("#!python\n")
    (root / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (tmp_path / "python").write_text("an interpreter")
    (root / "bin" / "python").symlink_to(tmp_path / "python")
    (root / "lib64").symlink_to("lib")

    return root


def sights_of(root: Path) -> list[Sight]:
    paths = ["", "pyvenv.cfg", "bin", "bin/tool", "bin/python", "lib", "lib/site", "lib64", "missing"]
    looks = [(str(root / path), how) for path in paths for how in (0, NOT_FOLLOWED)]
    looks += [(str(root / "lib" / "site"), LISTED), (str(root / "bin"), LISTED)]

    return [(path, how, content_of(path, how)) for path, how in looks if path != str(root / "lib64") or how]


def test_an_environment_made_anew_looks_the_same(environment: Path) -> None:
    sights = sights_of(environment)
    kept = environment.with_name("kept")
    shutil.copytree(environment, kept, symlinks=True)
    shutil.rmtree(environment)
    shutil.copytree(kept, environment, symlinks=True)
    os.utime(environment / "pyvenv.cfg", (0, 0))

    assert are_as_before(sights)


def rewritten(root: Path) -> None:
    (root / "pyvenv.cfg").write_text("home = /opt/bin\n")


def installed(root: Path) -> None:
    (root / "lib" / "site" / "demo").mkdir()


def led_elsewhere(root: Path) -> None:
    (root / "bin" / "python").unlink()
    (root / "bin" / "python").symlink_to(root / "bin" / "tool")


def made_executable(root: Path) -> None:
    (root / "bin" / "tool").chmod(0o755)


def turned_into_a_folder(root: Path) -> None:
    (root / "pyvenv.cfg").unlink()
    (root / "pyvenv.cfg").mkdir()


def updated_interpreter(root: Path) -> None:
    (root.parent / "python").write_text("another interpreter")


def appeared(root: Path) -> None:
    (root / "missing").touch()


@pytest.mark.parametrize(
    "change",
    [
        rewritten,
        installed,
        led_elsewhere,
        made_executable,
        turned_into_a_folder,
        updated_interpreter,
        appeared,
        shutil.rmtree,
    ],
)
def test_any_difference_is_seen(environment: Path, change: Callable[[Path], object]) -> None:
    sights = sights_of(environment)
    change(environment)

    assert not are_as_before(sights)


def test_what_is_not_there_is_seen_as_the_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert content_of(str(tmp_path / "missing"), 0) == errno.ENOENT
    assert content_of(str(tmp_path / "file" / "inside"), 0) == errno.ENOTDIR
    assert content_of(str(tmp_path / "missing"), LISTED) == errno.ENOENT


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_what_cannot_be_read_is_seen_as_the_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch(0)

    assert content_of(str(tmp_path / "file"), 0) == errno.EACCES


def test_a_path_is_below_a_folder_as_it_is_spelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders = (str(tmp_path / "here"),)

    assert is_below(str(tmp_path / "here"), folders)
    assert is_below(str(tmp_path / "here" / "in" / "it"), folders)
    assert is_below("here/in", folders)
    assert not is_below(str(tmp_path / "hereafter"), folders)
    assert not is_below(str(tmp_path / "here" / ".." / "there"), folders)


def test_only_the_bytes_of_files_take_room(environment: Path) -> None:
    sizes = {path: size_of(content) for path, _, content in sights_of(environment)}

    assert {Path(path).name: size for path, size in sizes.items() if size} == {"tool": 9, "pyvenv.cfg": 16}
    assert size_of(content_of(str(environment), IDENTITY)) == 0
