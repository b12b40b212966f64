"""When a commit or a tag makes a folder another project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.git_repositories import HAS_GIT, PROJECT, Repository
from zephyr_workers.local_folder import local_source
from zephyr_workers.version_from_git import version_state

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not HAS_GIT, reason="needs git")
SCM_PROJECT = '[build-system]\nrequires = ["setuptools-scm"]\n'


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "demo")
    made.commit({"pyproject.toml": SCM_PROJECT, "inner/pyproject.toml": SCM_PROJECT})

    return made


def test_commits_and_tags_count_where_the_version_comes_from_git(repository: Repository) -> None:
    folder = str(repository.folder)
    seen = [local_source(folder).digest]
    repository.commit({})
    seen.append(local_source(folder).digest)
    repository.tag("v1")
    seen.append(local_source(folder).digest)
    repository.tag("v2", annotated=True)
    seen.append(local_source(folder).digest)

    assert len(set(seen)) == 4


def test_they_do_not_count_elsewhere(repository: Repository) -> None:
    repository.commit({"pyproject.toml": PROJECT})
    before = local_source(str(repository.folder)).digest
    repository.commit({})
    repository.tag("v1")

    assert local_source(str(repository.folder)).digest == before


def test_packing_and_other_branches_do_not_count(repository: Repository) -> None:
    repository.tag("v1")
    before = version_state(str(repository.folder))
    repository.git("branch", "other")
    repository.git("pack-refs", "--all")

    assert version_state(str(repository.folder)) == before != ""


def test_a_detached_head_and_a_branch_at_the_same_commit_are_the_same(repository: Repository) -> None:
    before = version_state(str(repository.folder))
    repository.git("checkout", "--quiet", "--detach")

    assert version_state(str(repository.folder)) == before != ""


def test_folders_inside_and_worktrees_are_of_the_repository(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    whole = version_state(str(repository.folder))

    assert version_state(str(repository.folder / "inner")) == whole != ""
    assert version_state(str(tmp_path / "tree")) == whole


def test_without_a_repository_there_is_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(SCM_PROJECT)

    assert version_state(str(tmp_path)) == ""
