"""The folders of builds: what is copied, and that they go away."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr_workers.build_folder import make_build_folder, remove_build_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def loop_is_never_blocked() -> None:
    """No loop runs here; what watches over one replaces `os.stat`, whose abilities `shutil` looks up."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")

    return folder


def copied(source: Path, tmp_path: Path) -> Path:
    folder = make_build_folder(str(source), parent=str(tmp_path), in_place=False)

    return tmp_path / os.path.basename(folder.root) / "source"


def test_history_and_links_are_copied_as_they_are(source: Path, tmp_path: Path) -> None:
    (source / ".git").mkdir()
    (source / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (source / "link").symlink_to("pyproject.toml")
    (source / "nowhere").symlink_to("/absent")
    copy = copied(source, tmp_path)

    assert (copy / ".git" / "HEAD").is_file()
    assert os.readlink(copy / "link") == "pyproject.toml"
    assert os.readlink(copy / "nowhere") == "/absent"


def test_a_subdirectory_finds_what_lies_beside_it(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / "packages" / "one").mkdir(parents=True)
    (repository / "packages" / "two").mkdir()
    (repository / ".git").mkdir()
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/main")
    (repository / "README.md").write_text("read me")
    (repository / "packages" / "one" / "pyproject.toml").write_text("")
    folder = make_build_folder(str(repository / "packages" / "one"), parent=str(tmp_path), in_place=False)

    assert os.listdir(folder.source) == ["pyproject.toml"]
    assert os.path.isfile(f"{folder.source}/../../README.md")
    assert os.path.isfile(f"{folder.source}/../../.git/HEAD")
    assert os.path.isdir(f"{folder.source}/../two")
    assert remove_build_folder(folder.root)
    assert (repository / "README.md").read_text() == "read me"


def test_a_version_from_the_history_sees_the_repository_unchanged(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / "one").mkdir(parents=True)
    (repository / ".git").mkdir()
    (repository / "README.md").write_text("read me")
    (repository / "one" / "pyproject.toml").write_text("[tool.setuptools_scm]\nroot = '..'\n")
    folder = make_build_folder(str(repository / "one"), parent=str(tmp_path), in_place=False)

    assert os.listdir(folder.source) == ["pyproject.toml"]
    assert os.path.isdir(f"{folder.source}/../.git")
    assert not os.path.islink(f"{folder.source}/../README.md")


def test_environments_and_caches_are_not_copied(source: Path, tmp_path: Path) -> None:
    for name, mark in ((".venv", "pyvenv.cfg"), ("target", "CACHEDIR.TAG"), ("__pycache__", "x.pyc")):
        (source / name).mkdir()
        (source / name / mark).write_text("")

    assert os.listdir(copied(source, tmp_path)) == ["pyproject.toml"]


@pytest.mark.skipif(os.name == "nt", reason="named pipes of POSIX")
def test_what_is_no_file_is_not_waited_for(source: Path, tmp_path: Path) -> None:
    os.mkfifo(source / "pipe")

    assert os.listdir(copied(source, tmp_path)) == ["pyproject.toml"]


def test_modes_are_copied(source: Path, tmp_path: Path) -> None:
    (source / "configure").write_text("#!/bin/sh")
    (source / "configure").chmod(0o755)

    assert (copied(source, tmp_path) / "configure").stat().st_mode & 0o777 == 0o755


def test_a_folder_that_cannot_be_copied_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        make_build_folder(str(tmp_path / "absent"), parent=str(tmp_path), in_place=False)

    assert os.listdir(tmp_path) == []


def test_in_place_the_source_stays_where_it_is(source: Path, tmp_path: Path) -> None:
    folder = make_build_folder(str(source), parent=str(tmp_path), in_place=True)

    assert folder.source == str(source)
    assert remove_build_folder(folder.root)
    assert (source / "pyproject.toml").is_file()


def test_removal_follows_no_link(source: Path, tmp_path: Path) -> None:
    folder = make_build_folder(str(source), parent=str(tmp_path), in_place=False)
    os.symlink(source, f"{folder.home}/link")

    assert remove_build_folder(folder.root)
    assert (source / "pyproject.toml").is_file()


def test_removal_of_what_is_not_there_is_done(tmp_path: Path) -> None:
    assert remove_build_folder(str(tmp_path / "absent"))
