"""The link is kept out of git, by git's own judgement, and no file of the project is touched."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.exclusion import exclude_from_git, pattern_of

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=Ann", "-c", "user.email=ann@example", "-c", "protocol.file.allow=always")
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", *settings, *arguments]

    return subprocess.run(
        command, cwd=folder, env=environ, check=True, capture_output=True, text=True, timeout=30
    ).stdout


def untracked(folder: Path) -> list[str]:
    return git(folder, "status", "--porcelain", "--untracked-files=all", ".").splitlines()


def exclude(project: Path) -> None:
    exclude_from_git(str(project / ".venv"), [str(project), *map(str, project.parents)])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--template=")
    (folder / ".gitignore").write_text(".venv/\n")
    git(folder, "add", ".gitignore")
    git(folder, "commit", "--quiet", "-m", "First")

    return folder


def link(project: Path) -> Path:
    project.mkdir(exist_ok=True, parents=True)
    (project / ".venv").symlink_to(project.anchor)

    return project


def test_a_link_is_excluded_once(repository: Path) -> None:
    link(repository)
    assert untracked(repository) == ["?? .venv"]

    exclude(repository)
    exclude(repository)

    assert untracked(repository) == []
    assert (repository / ".git" / "info" / "exclude").read_text() == "/.venv\n"
    assert (repository / ".gitignore").read_text() == ".venv/\n"


@pytest.mark.parametrize(
    "name", ["sub", "a b", "b[a]d", "st*r", "qu?stion", "back\\slash", "#hash", "!bang", "ü"]
)
def test_in_a_folder_of_any_name_that_one_is_meant(repository: Path, name: str) -> None:
    project = link(repository / name / "project")
    other = link(repository / "other")
    exclude(project)

    assert untracked(project) == []
    assert untracked(other) == ["?? other/.venv"]


def test_lines_that_are_there_stay(repository: Path) -> None:
    info = repository / ".git" / "info"
    info.mkdir()
    (info / "exclude").write_bytes(b"*.log\r\n/mine")
    exclude(link(repository))

    assert (info / "exclude").read_bytes() == b"*.log\r\n/mine\n/.venv\n"


def test_a_linked_work_tree_shares_the_file(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "tree"))
    tree = link(tmp_path / "tree")
    exclude(tree)

    assert untracked(tree) == []
    assert (repository / ".git" / "info" / "exclude").read_text() == "/.venv\n"


def test_a_submodule_has_its_own(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet", "--template=")
    git(other, "submodule", "--quiet", "add", str(repository), "module")
    module = link(other / "module")
    exclude(module)

    assert untracked(module) == []
    assert (other / ".git" / "modules" / "module" / "info" / "exclude").read_text().endswith("\n/.venv\n")


def test_outside_of_a_repository_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    exclude(link(tmp_path / "project"))

    assert os.listdir(tmp_path / ".git") == []


@pytest.mark.parametrize("text", ["", "gitdir:", "gitdir: gone", "nonsense", "gitdir: \0"])
def test_a_git_file_that_leads_nowhere_is_no_repository(tmp_path: Path, text: str) -> None:
    (tmp_path / ".git").write_text(text)
    exclude(link(tmp_path / "project"))

    assert sorted(os.listdir(tmp_path)) == [".git", "project"]


def test_a_link_in_the_place_of_the_file_is_not_followed(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("")
    (repository / ".git" / "info").mkdir()
    (repository / ".git" / "info" / "exclude").symlink_to(tmp_path / "profile")

    with pytest.raises(OSError, match="exclude"):
        exclude(link(repository))

    assert (tmp_path / "profile").read_text() == ""


def test_nor_is_one_in_the_place_of_its_folder(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (repository / ".git" / "info").symlink_to(tmp_path / "folder")
    exclude(link(repository))

    assert os.listdir(tmp_path / "folder") == []


def test_a_name_with_a_line_break_would_be_two_patterns(repository: Path) -> None:
    assert "\n" in pattern_of(str(repository / "a\nb" / ".venv"), str(repository))

    exclude(link(repository / "a\nb"))

    assert not (repository / ".git" / "info").exists() or not (repository / ".git/info/exclude").exists()
