"""Projects out of real repositories: what a revision names, what is kept, what is refused."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
import pytest

from tests.support.git_repositories import HAS_GIT, PROJECT, Repository, git_daemon, plain_environment
from zephyr.model.source_syntax import parse_place
from zephyr_cache import Cache
from zephyr_workers.git_errors import (
    GitFailed,
    GitMissing,
    GitReferenceMissing,
    GitSubdirectoryMissing,
    GitTimeout,
)
from zephyr_workers.git_mirror import BUCKET
from zephyr_workers.git_source import GitSource, fetch
from zephyr_workers.git_submodules import SubmoduleRefused
from zephyr_workers.network_errors import OfflineMissing
from zephyr_workers.project_folder import NoProject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not HAS_GIT or sys.platform == "win32", reason="needs git and process groups"),
]


@dataclass
class Workplace:
    """A cache, and a folder for checkouts."""

    cache: Cache
    folder: Path
    environ: dict[str, str]

    async def get(self, place: str, **options: Any) -> GitSource:
        options = {"environ": self.environ, "work_folder": str(self.folder), **options}

        return await fetch(parse_place(place, "the test"), self.cache, **options)

    async def read(self, place: str, path: str = "text", **options: Any) -> str:
        source = await self.get(place, **options)

        return await anyio.Path(source.folder, path).read_text()


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    folder = tmp_path / "work"
    folder.mkdir()

    with Cache.open(str(tmp_path / "cache")) as cache:
        yield Workplace(cache, folder, plain_environment())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "demo")
    made.commit({"pyproject.toml": PROJECT, "text": "first"})

    return made


@pytest.fixture
def place(repository: Repository) -> str:
    return f"git+{repository.url}"


async def test_without_a_revision_the_default_branch_is_checked_out(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    commit = repository.git("rev-parse", "HEAD")
    source = await workplace.get(f"{place}#egg=demo")

    assert source.commit_id == commit
    assert source.folder == source.tree.folder
    assert source.tree.name == "demo"
    assert len(source.tree.digest) == 64
    assert await anyio.Path(source.folder, "text").read_text() == "first"


async def test_branches_tags_and_commits_are_found(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.tag("light")
    repository.tag("v1.0", annotated=True)
    second = repository.commit({"text": "second"})
    repository.git("branch", "feature/new")
    repository.commit({"text": "third"})

    for revision, commit in {
        "light": first,
        "v1.0": first,
        "refs/tags/v1.0": first,
        first: first,
        first.upper(): first,
        first[:9]: first,
        "feature/new": second,
        "refs/heads/feature/new": second,
        "heads/feature/new": second,
    }.items():
        assert (await workplace.get(f"{place}@{revision}")).commit_id == commit, revision

    assert await workplace.read(f"{place}@HEAD") == "third"


async def test_a_tag_goes_before_a_branch_of_the_same_name(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    repository.tag("both")
    repository.commit({"text": "second"})
    repository.git("branch", "both")

    assert await workplace.read(f"{place}@both") == "first"


async def test_a_commit_that_no_branch_has_any_more_is_fetched_by_its_id(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    lost = repository.commit({"text": "lost"})
    repository.git("reset", "--quiet", "--hard", "HEAD~1")

    assert await workplace.read(f"{place}@{lost}") == "lost"


async def test_a_branch_that_moved_is_followed(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    assert await workplace.read(f"{place}@main") == "first"
    repository.commit({"text": "second"})

    assert await workplace.read(f"{place}@main") == "second"
    assert await workplace.read(f"{place}@main", refresh=True) == "second"


async def test_a_branch_that_was_rewritten_is_followed(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    repository.commit({"text": "second"})
    assert await workplace.read(place) == "second"
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    repository.commit({"text": "rewritten"})

    assert await workplace.read(place) == "rewritten"


async def test_a_branch_may_become_a_folder_of_branches(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    repository.git("branch", "topic")
    assert await workplace.read(f"{place}@topic") == "first"
    repository.git("branch", "--delete", "topic")
    repository.commit({"text": "second"})
    repository.git("branch", "topic/a")

    assert await workplace.read(f"{place}@topic/a") == "second"


async def test_a_tag_stays_until_a_refresh(workplace: Workplace, repository: Repository, place: str) -> None:
    repository.tag("v1")
    assert await workplace.read(f"{place}@v1") == "first"
    repository.commit({"text": "second"})
    repository.git("tag", "--force", "v1")

    assert await workplace.read(f"{place}@v1") == "first"
    assert await workplace.read(f"{place}@v1", refresh=True) == "second"


async def test_what_is_known_needs_no_network(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    repository.tag("v1")
    commit = (await workplace.get(f"{place}@v1")).commit_id
    await workplace.get(f"{place}@main")
    await workplace.get(place)
    repository.folder.rename(repository.folder.with_name("gone"))

    assert (await workplace.get(f"{place}@v1")).commit_id == commit
    assert (await workplace.get(f"{place}@{commit}", refresh=True)).commit_id == commit

    for revision in ("", "@main", "@v1", f"@{commit[:8]}", f"@{commit}"):
        assert (await workplace.get(f"{place}{revision}", offline=True)).commit_id == commit

    with pytest.raises(GitFailed):
        await workplace.get(f"{place}@main")


async def test_offline_what_is_not_known_is_said_to_be_missing(workplace: Workplace, place: str) -> None:
    with pytest.raises(OfflineMissing, match="is not in the cache"):
        await workplace.get(place, offline=True)

    await workplace.get(place)

    with pytest.raises(OfflineMissing):
        await workplace.get(f"{place}@other", offline=True)


async def test_a_revision_that_is_missing_names_near_ones(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    repository.tag("v1.0")

    with pytest.raises(GitReferenceMissing, match=r"no branch, tag or commit 'v1\.O'") as caught:
        await workplace.get(f"{place}@v1.O")

    assert caught.value.id == "git-reference-missing"
    assert caught.value.hint == "Near ones: v1.0"

    for commit in ("abcdef1", "0" * 40):
        with pytest.raises(GitReferenceMissing, match=commit):
            await workplace.get(f"{place}@{commit}")


async def test_an_empty_repository_has_no_default_branch(workplace: Workplace, tmp_path: Path) -> None:
    with pytest.raises(GitReferenceMissing, match="no default branch"):
        await workplace.get(f"git+{Repository(tmp_path / 'empty').url}")


async def test_a_repository_that_is_not_there_is_a_failure_with_its_words(
    workplace: Workplace, tmp_path: Path
) -> None:
    with pytest.raises(GitFailed, match="could not list the branches") as caught:
        await workplace.get(f"git+{(tmp_path / 'nowhere').as_uri()}")

    assert any("does not" in line for line in caught.value.details)
    assert caught.value.hint == "Check the address, and that you may read the repository."


async def test_a_subdirectory_is_the_project(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    repository.commit({"packages/core/pyproject.toml": PROJECT, "packages/core/text": "inner"})
    whole = await workplace.get(place)
    inner = await workplace.get(f"{place}#subdirectory=packages/core")

    assert await anyio.Path(inner.folder, "text").read_text() == "inner"
    assert inner.commit_id == whole.commit_id
    assert inner.tree.digest != whole.tree.digest


async def test_a_subdirectory_that_is_missing_or_leads_out_is_refused(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    (repository.folder / "out").symlink_to("/")
    repository.commit({"empty/readme": ""})

    for subdirectory in ("nowhere", "out", "out/usr", "text"):
        with pytest.raises(GitSubdirectoryMissing, match=subdirectory):
            await workplace.get(f"{place}#subdirectory={subdirectory}")

    with pytest.raises(NoProject, match="empty"):
        await workplace.get(f"{place}#subdirectory=empty")


async def test_the_checkout_knows_its_tags_history_and_origin(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    repository.tag("v1.0", annotated=True)
    commit = repository.commit({"text": "second"})
    source = await workplace.get(place)

    async def git(*arguments: str) -> str:
        result = await anyio.run_process(["git", "-C", source.folder, *arguments], env=workplace.environ)
        return result.stdout.decode().strip()

    assert await git("describe", "--tags", "--long") == f"v1.0-1-g{commit[:7]}"
    assert await git("status", "--porcelain") == ""
    assert await git("config", "remote.origin.url") == repository.url


async def test_submodules_are_checked_out_within_each_other(
    workplace: Workplace, repository: Repository, place: str, tmp_path: Path
) -> None:
    leaf = Repository(tmp_path / "leaf")
    leaf.commit({"text": "leaf"})
    branch = Repository(tmp_path / "branch")
    branch.git("submodule", "--quiet", "add", "../leaf", "deep/leaf")
    branch.commit({"text": "branch"})
    repository.git("submodule", "--quiet", "add", branch.url, "vendored")
    repository.commit({"text": "second"})
    leaf.commit({"text": "newer"})

    assert await workplace.read(place, "vendored/text") == "branch"
    assert await workplace.read(place, "vendored/deep/leaf/text") == "leaf"
    assert await workplace.read(place, "vendored/deep/leaf/text", offline=True) == "leaf"


async def test_a_submodule_that_is_switched_off_stays_empty(
    workplace: Workplace, repository: Repository, place: str, tmp_path: Path
) -> None:
    Repository(tmp_path / "leaf").commit({"text": "leaf"})
    repository.git("submodule", "--quiet", "add", "../leaf", "leaf")
    repository.git("config", "--file", ".gitmodules", "submodule.leaf.update", "none")
    repository.commit({})
    source = await workplace.get(place)

    assert [path async for path in anyio.Path(source.folder, "leaf").iterdir()] == []


async def test_nothing_in_a_repository_is_run(
    workplace: Workplace, repository: Repository, place: str, tmp_path: Path
) -> None:
    Repository(tmp_path / "leaf").commit({"text": "leaf"})
    repository.git("submodule", "--quiet", "add", "../leaf", "leaf")
    sentinel = tmp_path / "ran"
    repository.git("config", "--file", ".gitmodules", "submodule.leaf.update", f"!touch {sentinel}")
    repository.commit({".gitattributes": "* filter=evil\n"})
    hooks = tmp_path / "hooks"
    hooks.mkdir()

    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {sentinel}\n")
        (hooks / name).chmod(0o755)

    settings = tmp_path / "gitconfig"
    settings.write_text(f"[core]\n\thooksPath = {hooks}\n\tfsmonitor = touch {sentinel}\n")
    workplace.environ["GIT_CONFIG_GLOBAL"] = str(settings)

    assert await workplace.read(place, "leaf/text") == "leaf"
    assert not sentinel.exists()


async def test_a_submodule_by_a_forbidden_protocol_is_refused(
    workplace: Workplace, repository: Repository, place: str, tmp_path: Path
) -> None:
    sentinel = tmp_path / "ran"
    Repository(tmp_path / "leaf").commit({"text": "leaf"})
    repository.git("submodule", "--quiet", "add", "../leaf", "leaf")

    for url in (f"ext::sh -c touch% {sentinel}", "-u./payload", "fd::17/foo", "ssh://-oProxyCommand=x/y"):
        repository.git("config", "--file", ".gitmodules", "submodule.leaf.url", url)
        repository.commit({})

        with pytest.raises(SubmoduleRefused, match="leaf"):
            await workplace.get(place)

    assert not sentinel.exists()


async def test_git_daemon_serves_repositories(
    workplace: Workplace, repository: Repository, tmp_path: Path
) -> None:
    repository.tag("v1")
    leaf = Repository(tmp_path / "leaf")
    leaf.commit({"text": "leaf"})
    repository.git("submodule", "--quiet", "add", "../leaf", "leaf")
    repository.commit({"text": "second"})

    with git_daemon(tmp_path) as base:
        assert await workplace.read(f"git+{base}/demo@v1") == "first"
        assert await workplace.read(f"git+{base}/demo/.git", "leaf/../text") == "second"

        with pytest.raises(GitFailed) as caught:
            await workplace.get(f"git+{base}/nowhere")

    assert caught.value.hint == "Check the address, and that you may read the repository."


async def test_a_repository_elsewhere_does_not_lead_to_folders_here(
    workplace: Workplace, repository: Repository, tmp_path: Path
) -> None:
    secret = Repository(tmp_path / "secret")
    secret.commit({"text": "secret"})
    repository.git("submodule", "--quiet", "add", secret.url, "stolen")
    repository.commit({})

    with git_daemon(tmp_path) as base, pytest.raises(SubmoduleRefused, match="stolen"):
        await workplace.get(f"git+{base}/demo")


async def test_a_damaged_mirror_is_made_anew(
    workplace: Workplace, repository: Repository, place: str
) -> None:
    await workplace.get(place)
    (mirror,) = [path async for path in anyio.Path(workplace.cache.root, BUCKET).iterdir()]

    async for pack in mirror.glob("objects/pack/*.pack"):
        await pack.chmod(0o644)
        await pack.write_bytes(b"torn")

    assert await workplace.read(place) == "first"

    await (mirror / "packed-refs.lock").touch()
    await (mirror / "HEAD").write_text("nonsense")
    repository.commit({"text": "second"})

    assert await workplace.read(place) == "second"


async def test_upkeep_of_the_cache_leaves_mirrors_whole_or_removes_them(
    workplace: Workplace, place: str
) -> None:
    await workplace.get(place)
    cache = workplace.cache

    assert [found for found in cache.verify() if found.damaged] == []
    assert cache.size()[BUCKET].bytes > 0
    cache.prune(0)
    assert await workplace.read(place, offline=True) == "first"
    cache.clean()

    with pytest.raises(OfflineMissing):
        await workplace.get(place, offline=True)


async def test_two_at_once_share_one_mirror(workplace: Workplace, place: str) -> None:
    found: list[str] = []

    async def get() -> None:
        found.append(await workplace.read(place))

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(get)

    assert found == ["first"] * 3
    assert len(os.listdir(f"{workplace.cache.root}/{BUCKET}")) == 1


async def test_git_that_takes_too_long_is_ended_with_what_it_started(
    workplace: Workplace, place: str, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    held = tmp_path / "held"
    os.mkfifo(held)
    (programs / "git").write_text(f"#!/bin/sh\ntrap '' TERM\n(echo; sleep 600) > {held} &\nwait\n")
    (programs / "git").chmod(0o755)
    environ = {**workplace.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    reader = os.open(held, os.O_RDONLY | os.O_NONBLOCK)

    with pytest.raises(GitTimeout, match=r"more than 0\.5 seconds"):
        await workplace.get(place, environ=environ, time_limit=0.5)

    assert os.read(reader, 10) == b"\n"

    with anyio.fail_after(10):
        while is_held(reader):
            await anyio.lowlevel.checkpoint()

    os.close(reader)


def is_held(reader: int) -> bool:
    """Tell whether some process can still write into a fifo."""
    try:
        return os.read(reader, 10) != b""
    except BlockingIOError:
        return True


async def test_without_git_it_is_said_what_to_install(
    workplace: Workplace, place: str, tmp_path: Path
) -> None:
    with pytest.raises(GitMissing, match="no git program") as caught:
        await workplace.get(place, environ={"PATH": str(tmp_path)})

    assert caught.value.id == "git-missing"


async def test_ssh_is_asked_for_the_repository_as_its_user(
    workplace: Workplace, repository: Repository, tmp_path: Path
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nfor last; do :; done\nexec sh -c "$last"\n')
    ssh.chmod(0o755)
    environ = {**workplace.environ, "GIT_SSH_COMMAND": str(ssh), "GIT_SSH_VARIANT": "ssh"}
    place = f"git+ssh://git@host.example:2222{repository.folder}@main"

    assert await workplace.read(place, environ=environ) == "first"
    assert "-p 2222 git@host.example git-upload-pack" in (tmp_path / "asked").read_text()


async def test_ssh_of_the_machine_asks_no_question(workplace: Workplace, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "ssh").write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n(: < /dev/tty) 2>/dev/null && touch {tmp_path}/terminal\n'
        "echo 'Host key verification failed.' >&2\nexit 255\n"
    )
    (programs / "ssh").chmod(0o755)
    environ = {**workplace.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    with pytest.raises(GitFailed) as caught:
        await workplace.get("git+ssh://git@host.example/x.git", environ=environ)

    assert "accept the host's key" in (caught.value.hint or "")
    assert "BatchMode=yes" in (tmp_path / "asked").read_text()
    assert not (tmp_path / "terminal").exists()


async def test_an_ssh_command_of_the_configuration_stays(
    workplace: Workplace, repository: Repository, tmp_path: Path
) -> None:
    ssh = tmp_path / "own-ssh"
    ssh.write_text('#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
    ssh.chmod(0o755)
    settings = tmp_path / "gitconfig"
    settings.write_text(f"[core]\n\tsshCommand = {ssh}\n")
    environ = {**workplace.environ, "GIT_CONFIG_GLOBAL": str(settings)}

    assert await workplace.read(f"git+ssh://host.example{repository.folder}", environ=environ) == "first"


async def test_who_is_interrupted_lets_go_of_the_mirror(
    workplace: Workplace, place: str, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    started = tmp_path / "started"
    (programs / "git").write_text(f"#!/bin/sh\ntouch {started}\nexec sleep 600\n")
    (programs / "git").chmod(0o755)
    environ = {**workplace.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    async with anyio.create_task_group() as group:
        group.start_soon(lambda: workplace.get(place, environ=environ))

        while not await anyio.Path(started).exists():
            await anyio.lowlevel.checkpoint()

        group.cancel_scope.cancel()

    assert await workplace.read(place) == "first"
