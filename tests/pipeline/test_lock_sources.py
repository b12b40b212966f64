"""What a lock keeps of packages that are named by place, or come from a certain index."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.support.fake_index import FakeIndex
from tests.support.git_repositories import HAS_GIT, Repository
from tests.support.pyprojects import BUILT, entries, entry, lock, locked_table, packages, pyproject, relock
from tests.support.source_archives import build_source, project_files, serve_backend, write_project
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.command_line import CommandLine

needs_git = pytest.mark.skipif(not HAS_GIT, reason="needs git")


@pytest.fixture(autouse=True)
def backend(cli: CommandLine) -> None:
    serve_backend(cli.index)


@pytest.fixture
def second() -> Iterator[FakeIndex]:
    """Another index, with another origin."""
    with FakeIndex() as index:
        yield index


def assert_no_trace(cli: CommandLine, *texts: str) -> None:
    """Fail if the lock has one of these texts, or the place of the project on this machine."""
    text = (cli.folder / "pylock.toml").read_text(encoding="utf-8")

    for unwanted in (str(cli.folder), str(cli.folder.parent), *texts):
        assert unwanted not in text


# Folders


def test_a_folder_is_locked_by_its_path_from_the_lock_with_what_it_needs(cli: CommandLine) -> None:
    cli.index.serve("dep", "1.0")
    write_project(cli.folder / "libraries" / "inner", "inner", requires=["dep"])
    write_project(cli.folder.parent / "beside", "beside")
    lock(
        cli,
        "inner",
        "beside",
        tool='sources = {inner = {path = "libraries/inner", editable = true}, beside = {path = "../beside"}}',
    )

    assert set(entries(cli)) == {"beside", "dep 1.0", "inner"}
    assert entry(cli, "inner")["directory"] == {"path": "libraries/inner", "editable": True}
    assert entry(cli, "inner")["dependencies"] == [{"name": "dep"}]
    assert entry(cli, "beside")["directory"] == {"path": "../beside"}
    assert_no_trace(cli)


def test_another_version_of_a_folder_does_not_make_the_lock_another_one(cli: CommandLine) -> None:
    write_project(cli.folder / "library", "library")
    lock(cli, "library", tool='sources = {library = {path = "library"}}')
    write_project(cli.folder / "library", "library", "2.0")

    assert cli("lock", "--check").code == 0


def test_what_a_folder_needs_now_is_locked_now(cli: CommandLine) -> None:
    cli.index.serve("dep", "1.0")
    write_project(cli.folder / "library", "library")
    lock(cli, "library", tool='sources = {library = {path = "library"}}')
    write_project(cli.folder / "library", "library", requires=["dep"])
    relock(cli)

    assert set(entries(cli)) == {"dep 1.0", "library"}


# Archives


def test_a_wheel_beside_the_project_is_locked_with_its_hash(cli: CommandLine) -> None:
    wheel = build_wheel("demo", "1.0")
    wheel.write(cli.folder)
    lock(cli, "demo", tool=f'sources = {{demo = {{path = "{wheel.filename}"}}}}')

    assert entry(cli, "demo")["archive"] == {
        "path": wheel.filename,
        "size": len(wheel.data),
        "hashes": {"sha256": wheel.sha256},
    }


def test_a_source_archive_at_an_address_is_locked_with_what_its_build_says(cli: CommandLine) -> None:
    cli.index.serve("dep", "1.0")
    archive = build_source("demo", "1.0", requires=["dep"], static=False)
    cli.index.add_bytes("demo", "1.0", archive.filename, archive.data)
    url = cli.index.file_url(archive.filename)
    lock(cli, "demo", tool=f'sources = {{demo = {{url = "{url}"}}}}')

    assert set(entries(cli)) == {"demo 1.0", "dep 1.0"}
    assert entry(cli, "demo")["archive"] == {
        "url": url,
        "size": len(archive.data),
        "hashes": {"sha256": hashlib.sha256(archive.data).hexdigest()},
    }


# Repositories


@needs_git
def test_a_branch_is_locked_as_its_commit(cli: CommandLine, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    first = repository.commit(dict(project_files("demo", "1.0")))
    lock(cli, "demo", tool=f'sources = {{demo = {{git = "{repository.url}", branch = "main"}}}}')

    assert entry(cli, "demo")["version"] == "1.0"
    assert entry(cli, "demo")["vcs"] == {
        "type": "git",
        "path": "../repository",
        "requested-revision": "main",
        "commit-id": first,
    }
    assert_no_trace(cli)


@needs_git
def test_a_branch_that_went_on_keeps_its_commit_until_it_is_upgraded(
    cli: CommandLine, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "repository")
    first = repository.commit(dict(project_files("demo", "1.0")))
    lock(cli, "demo", tool=f'sources = {{demo = {{git = "{repository.url}", branch = "main"}}}}')
    second = repository.commit(dict(project_files("demo", "2.0")))
    relock(cli, "--refresh")
    assert entry(cli, "demo")["vcs"]["commit-id"] == first

    assert "Updated demo v1.0" in relock(cli, "--upgrade-package", "demo").err
    assert entry(cli, "demo")["vcs"]["commit-id"] == second
    assert entry(cli, "demo")["version"] == "2.0"


@needs_git
def test_another_branch_is_another_wish(cli: CommandLine, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit(dict(project_files("demo", "1.0")))
    repository.git("branch", "stable")
    second = repository.commit(dict(project_files("demo", "2.0")))
    lock(cli, "demo", tool=f'sources = {{demo = {{git = "{repository.url}", branch = "stable"}}}}')
    lock(cli, "demo", tool=f'sources = {{demo = {{git = "{repository.url}", branch = "main"}}}}')

    assert entry(cli, "demo")["vcs"]["commit-id"] == second


@needs_git
def test_a_subdirectory_of_a_repository_is_kept(cli: CommandLine, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit({f"python/{path}": text for path, text in project_files("demo", "1.0").items()})
    lock(cli, "demo", tool=f'sources = {{demo = {{git = "{repository.url}", subdirectory = "python"}}}}')

    assert entry(cli, "demo")["vcs"]["subdirectory"] == "python"


# Indexes


def test_a_source_by_index_is_asked_for_on_that_index_alone(cli: CommandLine, second: FakeIndex) -> None:
    cli.index.serve("torch", "9.0")
    cli.index.serve("dep", "1.0")
    second.serve("torch", "1.0", requires=["dep"])
    second.serve("dep", "9.0")
    lock(
        cli,
        "torch",
        tool=f"""
index = [{{name = "gpu", url = "{second.url}", explicit = true}}]
sources = {{torch = {{index = "gpu"}}}}
""",
    )

    assert set(entries(cli)) == {"dep 1.0", "torch 1.0"}
    assert entry(cli, "torch")["index"] == second.url
    assert entry(cli, "dep")["index"] == cli.index.url
    assert cli.index.count("/simple/torch/") == 0
    assert second.count("/simple/dep/") == 0


def test_an_index_may_be_meant_for_one_platform(cli: CommandLine, second: FakeIndex) -> None:
    cli.index.serve("torch", "1.0")
    second.serve("torch", "1.0+gpu")
    lock(
        cli,
        "torch",
        tool=f"""
index = [{{name = "gpu", url = "{second.url}", explicit = true}}]
sources = {{torch = [{{index = "gpu", marker = "sys_platform == 'linux'"}}]}}
""",
    )

    assert entries(cli) == {
        "torch 1.0": 'sys_platform != "linux"',
        "torch 1.0+gpu": 'sys_platform == "linux"',
    }
    assert {package.index for package in packages(cli)} == {cli.index.url, second.url}


def test_indexes_of_the_project_are_asked_before_the_default_one(cli: CommandLine, second: FakeIndex) -> None:
    cli.index.serve("demo", "9.0")
    cli.index.serve("dep", "1.0")
    second.serve("demo", "1.0", requires=["dep"])
    lock(cli, "demo", tool=f'index = [{{name = "own", url = "{second.url}"}}]')

    assert set(entries(cli)) == {"demo 1.0", "dep 1.0"}
    assert locked_table(cli)["tool"]["zephyr"]["indexes"] == [second.url, cli.index.url]


def test_the_password_of_an_index_is_used_and_never_written(cli: CommandLine, second: FakeIndex) -> None:
    second.credentials = ("someone", "hunter2")
    second.serve("demo", "1.0")
    address = second.url_with_credentials
    lock(cli, "demo", tool=f'index = [{{name = "own", url = "{address}"}}]')

    assert entry(cli, "demo")["index"] == second.url
    assert_no_trace(cli, "hunter2", "someone")


def test_the_password_of_an_address_is_used_and_never_written(cli: CommandLine, second: FakeIndex) -> None:
    second.credentials = ("someone", "hunter2")
    wheel = second.serve("demo", "1.0")
    address = second.file_url(wheel.filename).replace("://", "://someone:hunter2@")
    lock(cli, f"demo @ {address}")

    assert entry(cli, "demo")["archive"]["url"] == second.file_url(wheel.filename)
    assert_no_trace(cli, "hunter2", "someone")


def test_a_find_links_folder_is_locked_by_relative_path(cli: CommandLine) -> None:
    wheel = build_wheel("demo", "1.0")
    (cli.folder / "wheels").mkdir()
    wheel.write(cli.folder / "wheels")
    lock(cli, "demo", options=("--no-index", "--find-links", "wheels"))
    (file,) = entry(cli, "demo")["wheels"]

    assert (file["path"], file["hashes"]) == (f"wheels/{wheel.filename}", {"sha256": wheel.sha256})
    assert "index" not in entry(cli, "demo")
    assert_no_trace(cli)


# What the build backend knows


def test_dynamic_dependencies_are_what_the_build_backend_says(cli: CommandLine) -> None:
    cli.index.serve("dep", "1.0")
    cli.index.serve("old", "1.0")

    for path, text in project_files("mine", "3.0", requires=["dep", "old; python_version < '3.12'"]).items():
        if path != "pyproject.toml":
            (cli.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (cli.folder / path).write_text(text)

    (cli.folder / "PKG-INFO").unlink()
    cli.write(
        "pyproject.toml",
        f'[project]\nname = "mine"\ndynamic = ["version", "dependencies"]\n{BUILT}',
    )
    relock(cli)

    assert entries(cli) == {"dep 1.0": None, "mine": None, "old 1.0": 'python_version < "3.12"'}
    assert locked_table(cli)["tool"]["zephyr"]["requirements"]["project"] == [
        "dep",
        'old; python_version < "3.12"',
    ]
    assert cli("lock", "--check").code == 0


def test_a_source_that_is_not_there_is_an_error(cli: CommandLine) -> None:
    cli.write("pyproject.toml", pyproject("demo", tool='sources = {demo = {path = "nowhere"}}'))
    result = cli("lock")

    assert result.code == 1
    assert result.err.startswith("error[source-missing]")
    assert not (cli.folder / "pylock.toml").exists()
