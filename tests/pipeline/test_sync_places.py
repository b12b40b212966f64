"""Folders, repositories and source archives of a lock: built as pinned, and once while nothing changes."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.git_repositories import HAS_GIT, Repository
from tests.support.locks import file_of, lock_text, package
from tests.support.source_archives import BuiltSource, build_source, serve_backend, write_project

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine, Said

needs_git = pytest.mark.skipif(not HAS_GIT, reason="needs git")


@pytest.fixture(autouse=True)
def backend(cli: CommandLine) -> None:
    serve_backend(cli.index)


def sync(cli: CommandLine, *packages: dict[str, Any], options: tuple[str, ...] = ()) -> Said:
    cli.write("pylock.toml", lock_text(*packages))

    return cli("sync", *options)


def changed(cli: CommandLine, *packages: dict[str, Any], options: tuple[str, ...] = ()) -> list[str]:
    """Sync, which must work, and return what it says to have changed."""
    result = sync(cli, *packages, options=options)
    assert result.code == 0, result.err

    return [line.strip() for line in result.err.splitlines() if line.startswith(" ")]


def served_source(cli: CommandLine, name: str, version: str = "1.0", **options: Any) -> BuiltSource:
    archive = build_source(name, version, **options)
    cli.index.add_bytes(name, version, archive.filename, archive.data)

    return archive


def test_a_source_archive_is_built_once(cli: CommandLine) -> None:
    entry = package("demo", "1.0", sdist=file_of(cli.index, served_source(cli, "demo")))
    assert changed(cli, entry) == ["+ demo==1.0"]

    cli("uninstall", "-y", "demo")
    cli.index.requests.clear()

    assert changed(cli, entry, options=("--offline",)) == ["+ demo==1.0"]
    assert cli.index.count() == 0


def test_a_source_that_builds_another_version_is_refused(cli: CommandLine) -> None:
    archive = served_source(cli, "demo", "2.0")
    renamed = BuiltSource("demo-1.0.tar.gz", archive.data)
    cli.index.add_bytes("demo", "1.0", renamed.filename, renamed.data)

    assert sync(cli, package("demo", "1.0", sdist=file_of(cli.index, renamed))).code == 1
    assert cli.installed == {}


def test_a_local_version_is_what_a_build_gives_where_the_lock_says_so(cli: CommandLine) -> None:
    archive = served_source(cli, "demo", "1.0+here")
    write_project(cli.folder / "library", "library", "2.0+there")

    assert changed(
        cli,
        package("demo", "1.0+here", sdist=file_of(cli.index, archive)),
        package("library", "2.0+there", directory={"path": "library"}),
    ) == ["+ demo==1.0+here", "+ library==2.0+there"]


def test_a_folder_is_built_again_only_when_it_changed(cli: CommandLine) -> None:
    write_project(cli.folder / "library", "demo")
    entry = package("demo", directory={"path": "library"})

    assert changed(cli, entry) == ["+ demo==1.0"]
    assert changed(cli, entry) == []

    (cli.folder / "library" / "module.py").write_text("x = 2\n")

    assert changed(cli, entry) == ["~ demo==1.0 (again)"]
    assert cli.python("import demo; print(demo.x)") == "2\n"
    assert changed(cli, entry) == []


def test_an_editable_folder_is_built_again_only_when_its_configuration_changed(cli: CommandLine) -> None:
    write_project(cli.folder, "demo")
    entry = package("demo", directory={"path": ".", "editable": True})

    assert changed(cli, entry) == ["+ demo==1.0"]

    (cli.folder / "src" / "demo.py").write_text("x = 'edited'\n")

    assert changed(cli, entry) == []
    assert cli.python("import demo; print(demo.x)") == "edited\n"

    with open(cli.folder / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write("[tool.any]\n")

    assert changed(cli, entry) == ["~ demo==1.0 (again)"]


def test_a_folder_is_editable_as_the_lock_says_or_never(cli: CommandLine) -> None:
    write_project(cli.folder / "library", "demo")
    entry = package("demo", directory={"path": "library", "editable": True})

    for options, marks in (((), 1), (("--no-editable",), 0), ((), 1)):
        assert len(changed(cli, entry, options=options)) == 1
        assert len(list(Path(cli.site).glob("__editable__*"))) == marks


def test_the_project_itself_can_be_left_out_and_is_removed_then(cli: CommandLine) -> None:
    write_project(cli.folder, "demo")
    entry = package("demo", directory={"path": ".", "editable": True})

    assert changed(cli, entry) == ["+ demo==1.0"]
    assert changed(cli, entry, options=("--no-install-project",)) == ["- demo==1.0"]


def test_a_folder_beside_is_no_project_of_the_lock(cli: CommandLine) -> None:
    write_project(cli.folder / "library", "demo")
    entry = package("demo", directory={"path": "library"})

    assert changed(cli, entry, options=("--no-install-project",)) == ["+ demo==1.0"]


def test_a_folder_that_another_tool_installed_is_brought_back(cli: CommandLine) -> None:
    write_project(cli.folder / "library", "demo")
    entry = package("demo", directory={"path": "library"})
    changed(cli, entry)
    cli("install", "-e", "./library")

    assert changed(cli, entry) == ["~ demo==1.0 (again)"]


def test_a_folder_of_another_project_is_refused(cli: CommandLine) -> None:
    write_project(cli.folder / "library", "other")
    result = sync(cli, package("demo", directory={"path": "library"}))

    assert result.err.startswith("error[source-name-mismatch]")
    assert "pylock.toml, demo" in result.err
    assert cli.installed == {}


def test_a_folder_that_is_gone_is_refused(cli: CommandLine) -> None:
    assert sync(cli, package("demo", directory={"path": "library"})).code == 1


@needs_git
def test_a_repository_is_installed_at_its_commit_wherever_the_branch_is_by_now(cli: CommandLine) -> None:
    repository = Repository(cli.folder / "repository")
    write_project(repository.folder, "demo")
    commit = repository.commit({})
    repository.commit({"module.py": "x = 'newer'\n"})
    vcs = {"type": "git", "path": "repository", "requested-revision": "main", "commit-id": commit}
    entry = package("demo", "1.0", vcs=vcs)

    assert changed(cli, entry) == ["+ demo==1.0"]
    assert cli.python("import demo; print(demo.x)") == "1\n"

    shutil.rmtree(repository.folder)
    assert changed(cli, entry) == []


@needs_git
def test_another_commit_replaces_a_repository(cli: CommandLine) -> None:
    repository = Repository(cli.folder / "repository")
    write_project(repository.folder / "inner", "demo")
    commits = [repository.commit({}), repository.commit({"inner/module.py": "x = 2\n"})]

    for commit, x in zip(commits, ("1", "2"), strict=True):
        vcs = {"type": "git", "path": "repository", "commit-id": commit, "subdirectory": "inner"}
        assert len(changed(cli, package("demo", vcs=vcs))) == 1
        assert cli.python("import demo; print(demo.x)") == f"{x}\n"


@needs_git
def test_a_repository_with_another_version_than_the_lock_says_is_refused(cli: CommandLine) -> None:
    repository = Repository(cli.folder / "repository")
    write_project(repository.folder, "demo", "2.0")
    vcs = {"type": "git", "path": "repository", "commit-id": repository.commit({})}

    assert sync(cli, package("demo", "1.0", vcs=vcs)).err.startswith("error[source-name-mismatch]")
    assert cli.installed == {}


def test_other_version_control_is_refused(cli: CommandLine) -> None:
    vcs = {"type": "hg", "path": "repository", "commit-id": "0" * 40}

    assert sync(cli, package("demo", vcs=vcs)).err.startswith("error[source-not-supported]")


def archive_of(cli: CommandLine, source: BuiltSource, **changes: Any) -> dict[str, Any]:
    digest = hashlib.sha256(source.data).hexdigest()

    return {"url": cli.index.file_url(source.filename), "hashes": {"sha256": digest}, **changes}


def test_an_archive_is_known_by_its_hash(cli: CommandLine) -> None:
    entry = package("demo", archive=archive_of(cli, served_source(cli, "demo")))

    assert changed(cli, entry) == ["+ demo==1.0"]

    cli.index.requests.clear()

    assert changed(cli, entry) == []
    assert cli.index.count() == 0

    other = package("demo", archive=archive_of(cli, served_source(cli, "demo", module="x = 2\n")))

    assert changed(cli, other) == ["~ demo==1.0 (again)"]


def test_an_archive_with_other_bytes_is_refused(cli: CommandLine) -> None:
    entry = package("demo", archive=archive_of(cli, served_source(cli, "demo")))
    served_source(cli, "demo", module="x = 'evil'\n")

    assert sync(cli, entry).err.startswith("error[download-hash-mismatch]")
    assert cli.installed == {}


@pytest.mark.parametrize(
    "option", [("--no-build",), ("--only-binary", "demo"), ("--no-build-package", "demo")]
)
def test_nothing_is_built_that_may_not_be(cli: CommandLine, option: tuple[str, ...]) -> None:
    write_project(cli.folder / "library", "mine")
    archive = served_source(cli, "demo")
    mine = package("mine", directory={"path": "library"})

    for source in ({"sdist": file_of(cli.index, archive)}, {"archive": archive_of(cli, archive)}):
        result = sync(cli, mine, package("demo", "1.0", **source), options=option)

        assert result.err.startswith("error[build-not-allowed]: demo would have to be built from")
        assert cli.installed == {}

    assert changed(cli, mine, options=option) == ["+ mine==1.0"]


def test_without_binaries_the_source_of_the_lock_is_built(cli: CommandLine) -> None:
    wheel = cli.index.serve("demo", "1.0", files={"from_wheel.py": ""})
    sdist = file_of(cli.index, served_source(cli, "demo"))
    both = package("demo", "1.0", sdist=sdist, wheels=[file_of(cli.index, wheel)])
    only = package("demo", "1.0", wheels=[file_of(cli.index, wheel)])

    assert sync(cli, only, options=("--no-binary", "demo")).err.startswith("error[source-not-locked]")
    assert changed(cli, both, options=("--no-binary", ":all:")) == ["+ demo==1.0"]
    assert not os.path.exists(f"{cli.site}/from_wheel.py")
