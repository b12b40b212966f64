"""Branches that each change the lock: git merges most of them as text, a lock brings the others together."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.git_repositories import HAS_GIT, Repository, plain_environment
from tests.support.pyprojects import entries, lock, pyproject, relock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.command_line import CommandLine

pytestmark = pytest.mark.skipif(not HAS_GIT, reason="needs git")

MANY = [f"{letter}{number}" for letter in "abcdefghijklmnopqrst" for number in range(5)]


@pytest.fixture
def repository(cli: CommandLine, tmp_path: Path) -> Repository:
    """The project's folder as a repository; the environment is not in it."""
    made = Repository(tmp_path / "made")
    shutil.move(made.folder / ".git", cli.folder / ".git")
    made.folder = cli.folder
    cli.write(".gitignore", ".venv\n")

    return made


def branch_off(cli: CommandLine, repository: Repository, common: list[str], ours: str, theirs: str) -> None:
    """Lock ``common`` on main, then one more on each of two branches; main is left checked out."""
    for name in (*common, ours, theirs):
        cli.index.serve(name, "1.0")

    commit(cli, repository, common)
    repository.git("switch", "--quiet", "--create", "theirs")
    commit(cli, repository, [*common, theirs])
    repository.git("switch", "--quiet", "main")
    commit(cli, repository, [*common, ours])


def commit(cli: CommandLine, repository: Repository, required: Iterable[str]) -> None:
    lock(cli, *sorted(required))
    repository.git("add", "pyproject.toml", "pylock.toml", ".gitignore")
    repository.git("commit", "--quiet", "--message", "change")


def merge(repository: Repository) -> list[str]:
    """Merge the other branch, and return the files in conflict."""
    identity = ("-c", "user.email=someone@mail.example", "-c", "user.name=Someone")
    command = ["git", *identity, "merge", "--quiet", "theirs"]
    subprocess.run(command, cwd=repository.folder, env=plain_environment(), check=False, capture_output=True)

    return repository.git("diff", "--name-only", "--diff-filter=U").split()


def test_branches_that_add_different_packages_merge_as_text(cli: CommandLine, repository: Repository) -> None:
    branch_off(cli, repository, MANY, "c9", "p9")

    assert merge(repository) == []
    assert entries(cli).keys() == {f"{name} 1.0" for name in (*MANY, "c9", "p9")}
    assert cli("lock", "--check").code == 0
    assert cli("sync", "--locked").code == 0
    assert cli.installed.keys() == {*MANY, "c9", "p9"}


def test_locks_in_conflict_are_brought_together_with_the_versions_of_both(
    cli: CommandLine, repository: Repository
) -> None:
    branch_off(cli, repository, ["a", "z"], "m1", "m2")
    assert merge(repository) == ["pylock.toml", "pyproject.toml"]

    for name in ("a", "m1", "m2", "z"):
        cli.index.serve(name, "2.0")

    cli.configure(ZEPHYR_REFRESH="1")
    cli.write("pyproject.toml", pyproject("a", "m1", "m2", "z"))
    assert cli("sync", "--locked").err.startswith("error[lock-conflict-markers]: ")

    relock(cli)
    assert entries(cli).keys() == {"a 1.0", "m1 1.0", "m2 1.0", "z 1.0"}
    assert cli("sync", "--locked").code == 0
    assert cli.installed == {"a": "1.0", "m1": "1.0", "m2": "1.0", "z": "1.0"}


def test_a_package_that_both_branches_upgraded_has_a_version_of_one_of_them(
    cli: CommandLine, repository: Repository
) -> None:
    for version in ("1.0", "2.0", "3.0", "4.0"):
        cli.index.serve("demo", version)

    relocked(cli, repository, "demo==1.0")
    repository.git("switch", "--quiet", "--create", "theirs")
    relocked(cli, repository, "demo==3.0")
    repository.git("switch", "--quiet", "main")
    relocked(cli, repository, "demo==2.0")

    assert merge(repository) == ["pylock.toml"]
    relock(cli)
    assert entries(cli).keys() == {"demo 2.0"}


def relocked(cli: CommandLine, repository: Repository, version: str) -> None:
    cli.write("pyproject.toml", pyproject("demo"))
    relock(cli, "--upgrade-package", version)
    repository.git("add", "pyproject.toml", "pylock.toml", ".gitignore")
    repository.git("commit", "--quiet", "--message", "change")
