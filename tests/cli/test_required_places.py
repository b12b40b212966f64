"""Projects whose own metadata name others by place: what the user trusts may, what an index offers may not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.git_repositories import HAS_GIT, Repository
from tests.support.source_archives import build_source, project_files, serve_backend, write_project
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import CommandLine

needs_git = pytest.mark.skipif(not HAS_GIT, reason="needs git")


@pytest.fixture(autouse=True)
def backend(cli: CommandLine) -> None:
    serve_backend(cli.index)


def direct_url(cli: CommandLine, name: str) -> object:
    """Return what an installation says of where it came from."""
    (path,) = cli.folder.glob(f".venv/lib/*/site-packages/{name}-*.dist-info/direct_url.json")

    return json.loads(path.read_text(encoding="utf-8"))


def repository(folder: Path, name: str, *requires: str) -> Repository:
    """Return a repository that holds a project."""
    made = Repository(folder / name)
    made.commit(dict(project_files(name, requires=requires)))

    return made


@needs_git
def test_a_project_may_need_a_repository_that_needs_a_wheel_by_its_address(
    cli: CommandLine, tmp_path: Path
) -> None:
    wheel = build_wheel("inner", "1.0")
    cli.index.add_bytes("inner", "1.0", wheel.filename, wheel.data)
    url = cli.index.file_url(wheel.filename)
    middle = repository(tmp_path, "middle", f"inner @ {url}")
    write_project(cli.folder / "outer", "outer", requires=[f"middle @ git+{middle.url}@main"])

    assert cli("install", "./outer").code == 0
    assert cli.installed == {"inner": "1.0", "middle": "1.0", "outer": "1.0"}
    assert direct_url(cli, "middle") == {
        "url": middle.url,
        "vcs_info": {
            "vcs": "git",
            "commit_id": middle.git("rev-parse", "HEAD"),
            "requested_revision": "main",
        },
    }


def test_only_what_was_asked_for_is_marked_as_requested(cli: CommandLine) -> None:
    write_project(cli.folder / "inner", "inner")
    write_project(cli.folder / "outer", "outer", requires=[f"inner @ {(cli.folder / 'inner').as_uri()}"])
    cli("install", "./outer")

    assert [path.parent.name for path in cli.folder.rglob("REQUESTED")] == ["outer-1.0.dist-info"]


def test_what_only_an_extra_needs_is_looked_at_when_the_extra_is_asked_for(cli: CommandLine) -> None:
    write_project(cli.folder / "inner", "inner")
    url = (cli.folder / "inner").as_uri()
    requires = [f"inner @ {url} ; extra == 'some'", "outer[some] ; extra == 'all'"]
    requires.append("gone @ file:///srv/gone ; extra == 'other'")
    write_project(cli.folder / "outer", "outer", requires=requires)

    cli("install", "./outer")
    assert cli.installed == {"outer": "1.0"}

    cli("install", "./outer[all]")
    assert cli.installed == {"inner": "1.0", "outer": "1.0"}


def test_what_another_platform_needs_is_not_looked_at(cli: CommandLine) -> None:
    requires = ["gone @ file:///srv/gone ; sys_platform == 'nowhere'"]
    write_project(cli.folder / "outer", "outer", requires=requires)

    assert cli("install", "./outer", "gone @ file:///srv/gone ; sys_platform == 'nowhere'").code == 0
    assert cli.installed == {"outer": "1.0"}


def test_a_wheel_by_its_path_may_need_a_folder(cli: CommandLine) -> None:
    write_project(cli.folder / "inner", "inner")
    wheel = build_wheel("outer", "1.0", requires=[f"inner @ {(cli.folder / 'inner').as_uri()}"])
    wheel.write(cli.folder)
    cli("install", f"./{wheel.filename}")

    assert cli.installed == {"inner": "1.0", "outer": "1.0"}


def test_the_same_folder_as_the_user_has_editable_stays_so(cli: CommandLine) -> None:
    write_project(cli.folder / "inner", "inner")
    url = (cli.folder / "inner").as_uri()
    write_project(cli.folder / "outer", "outer", requires=[f"inner @ {url}"])
    cli("install", "-e", "./inner", "./outer")

    assert direct_url(cli, "inner") == {"url": url, "dir_info": {"editable": True}}


def test_two_places_for_one_name_contradict_each_other(cli: CommandLine) -> None:
    for folder in ("one", "other"):
        write_project(cli.folder / folder, "inner")

    write_project(cli.folder / "outer", "outer", requires=[f"inner @ {(cli.folder / 'one').as_uri()}"])
    result = cli("install", "./outer", "./other")

    assert "error[conflicting-urls]: inner is asked for by two different URLs" in result.err
    assert "(required by outer)" in result.err
    assert cli.installed == {}


def test_what_an_index_offers_may_still_need_nothing_by_address(cli: CommandLine) -> None:
    write_project(cli.folder / "inner", "inner")
    cli.index.serve("published", "1.0", requires=[f"inner @ {(cli.folder / 'inner').as_uri()}"])
    write_project(cli.folder / "outer", "outer", requires=["published"])
    result = cli("install", "./outer")

    assert result.code == 1
    assert "requires inner by URL, which only your own requirements may do" in result.err


def test_where_everything_has_hashes_an_address_without_one_is_refused(cli: CommandLine) -> None:
    inner = build_source("inner")
    cli.index.add_bytes("inner", "1.0", inner.filename, inner.data)
    outer = build_wheel("outer", "1.0", requires=[f"inner @ {cli.index.file_url(inner.filename)}"])
    outer.write(cli.folder)
    (cli.folder / "r.txt").write_text(f"./{outer.filename} --hash=sha256:{outer.sha256}\n")
    result = cli("install", "-r", "r.txt")

    assert result.code == 1
    assert not [one for one in cli.index.requests if inner.filename in one.path]


def test_what_is_required_by_place_is_downloaded_too(cli: CommandLine) -> None:
    inner = build_wheel("inner", "1.0")
    cli.index.add_bytes("inner", "1.0", inner.filename, inner.data)
    write_project(cli.folder / "outer", "outer", requires=[f"inner @ {cli.index.file_url(inner.filename)}"])

    assert cli("download", "-d", "files", "./outer").code == 0
    assert [path.name for path in (cli.folder / "files").iterdir()] == [inner.filename]


@needs_git
def test_a_lock_keeps_the_commit_of_what_a_folder_requires(cli: CommandLine, tmp_path: Path) -> None:
    middle = repository(tmp_path, "middle", "inner")
    cli.index.serve("inner", "1.0")
    write_project(
        cli.folder / "lib", "lib", requires=[f"middle @ git+{middle.url} ; sys_platform != 'win32'"]
    )
    (cli.folder / "pyproject.toml").write_text(
        '[project]\nname = "app"\nversion = "1.0"\ndependencies = ["lib"]\n'
        '[tool.zephyr]\nsources = {lib = {path = "lib"}}\n'
    )
    cli("lock")
    commit = middle.git("rev-parse", "HEAD")
    text = (cli.folder / "pylock.toml").read_text()
    assert f'commit-id = "{commit}"' in text

    middle.commit({"more.txt": "more"})
    assert cli("lock", "--check").code == 0
    assert cli("sync").code == 0
    assert cli.installed == {"inner": "1.0", "lib": "1.0", "middle": "1.0"}


def test_a_lock_has_a_wheel_that_a_folder_requires_by_its_address(cli: CommandLine) -> None:
    inner = build_wheel("inner", "1.0")
    cli.index.add_bytes("inner", "1.0", inner.filename, inner.data)
    url = cli.index.file_url(inner.filename)
    write_project(cli.folder / "lib", "lib", requires=[f"inner @ {url}"])
    (cli.folder / "requirements.txt").write_text("./lib\n")

    assert cli("lock", "-r", "requirements.txt").code == 0
    assert f'archive = {{ url = "{url}"' in (cli.folder / "pylock.toml").read_text()
