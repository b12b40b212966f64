"""The content of a user's folder: what changes its digest, and what does not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from zephyr_cache import Cache
from zephyr_workers import local_folder
from zephyr_workers.local_folder import (
    BUCKET,
    LocalFolderUnreadable,
    configuration_digest,
    local_source,
)
from zephyr_workers.project_folder import NoProject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONG_AGO = 1_000_000_000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    (folder / "src").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "demo"\n')
    (folder / "src" / "demo.py").write_text("first")

    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache.open(str(tmp_path / "cache")) as opened:
        yield opened


@pytest.fixture
def all_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Believe the times of files that were written just now."""
    monkeypatch.setattr(local_folder, "UNSETTLED", -(10**12))


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which files are read from now on."""
    seen: list[str] = []
    genuine = local_folder.file_digest

    def noted(path: str) -> str:
        seen.append(os.path.basename(path))
        return genuine(path)

    monkeypatch.setattr(local_folder, "file_digest", noted)
    return seen


def test_the_same_content_has_the_same_digest(project: Path) -> None:
    source = local_source(str(project))

    assert source == local_source(str(project))
    assert source.folder == os.path.realpath(project)
    assert source.shown == str(project)
    assert len(source.digest) == 64


def test_the_digest_is_of_the_content_and_not_of_the_place(project: Path) -> None:
    before = local_source(str(project)).digest
    moved = project.rename(project.with_name("moved"))

    assert local_source(str(moved)).digest == before


def change_text(folder: Path) -> None:
    (folder / "src/demo.py").write_text("other")


def add_a_file(folder: Path) -> None:
    (folder / "src/new.py").touch()


def move_a_file(folder: Path) -> None:
    (folder / "src/demo.py").rename(folder / "demo.py")


def remove_a_file(folder: Path) -> None:
    (folder / "src/demo.py").unlink()


def make_it_a_program(folder: Path) -> None:
    (folder / "src/demo.py").chmod(0o755)


def add_a_link(folder: Path) -> None:
    (folder / "link").symlink_to("src/demo.py")


def add_a_package_called_build(folder: Path) -> None:
    (folder / "build").mkdir()
    (folder / "build/__init__.py").touch()


def add_dist_below_the_top(folder: Path) -> None:
    (folder / "src/dist").mkdir()
    (folder / "src/dist/x").touch()


@pytest.mark.parametrize(
    "change",
    [
        change_text,
        add_a_file,
        move_a_file,
        remove_a_file,
        make_it_a_program,
        add_a_link,
        add_a_package_called_build,
        add_dist_below_the_top,
    ],
)
def test_a_change_that_matters_changes_the_digest(project: Path, change: Callable[[Path], None]) -> None:
    before = local_source(str(project)).digest
    change(project)

    assert local_source(str(project)).digest != before


@pytest.mark.parametrize(
    "path",
    [
        ".git/HEAD",
        ".venv/bin/python",
        "some-environment/pyvenv.cfg",
        "src/__pycache__/demo.cpython-312.pyc",
        "build/lib/demo.py",
        "dist/demo-1.0.tar.gz",
        "src/demo.egg-info/PKG-INFO",
        ".tox/log",
        "node_modules/a/index.js",
        ".mypy_cache/x",
    ],
)
def test_what_tools_leave_behind_does_not_count(project: Path, path: str) -> None:
    before = local_source(str(project)).digest
    (project / path).parent.mkdir(parents=True)
    (project / path).write_text("anything")

    assert local_source(str(project)).digest == before


def test_times_alone_do_not_count(project: Path) -> None:
    before = local_source(str(project)).digest
    os.utime(project / "src/demo.py", ns=(LONG_AGO, LONG_AGO))

    assert local_source(str(project)).digest == before


@pytest.mark.usefixtures("all_settled")
def test_what_has_not_changed_is_not_read_again(
    project: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = local_source(str(project), cache)
    seen = reads(monkeypatch)

    assert local_source(str(project), cache) == first
    assert seen == []

    (project / "src/demo.py").write_text("longer than it was")
    changed = local_source(str(project), cache)

    assert changed.digest != first.digest
    assert seen == ["demo.py"]
    assert changed == local_source(str(project))


@pytest.mark.usefixtures("all_settled")
def test_a_change_that_keeps_size_and_modification_time_is_seen(project: Path, cache: Cache) -> None:
    file = project / "src/demo.py"
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    before = local_source(str(project), cache).digest
    (project / "src/new").write_text("FIRST")
    os.utime(project / "src/new", ns=(LONG_AGO, LONG_AGO))
    (project / "src/new").replace(file)

    assert local_source(str(project), cache).digest != before


def test_what_was_written_just_now_is_not_believed(
    project: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_source(str(project), cache)
    seen = reads(monkeypatch)
    local_source(str(project), cache)

    assert sorted(seen) == ["demo.py", "pyproject.toml"]


def test_a_record_of_another_format_is_not_used(project: Path, cache: Cache) -> None:
    expected = local_source(str(project))
    cache.write(BUCKET, os.path.realpath(project), b'{"format": 2}')

    assert local_source(str(project), cache) == expected


def test_a_folder_without_a_project_is_refused_with_the_one_inside(project: Path) -> None:
    with pytest.raises(NoProject, match="no project in it") as caught:
        local_source(str(project.parent))

    assert caught.value.id == "source-no-project"
    assert caught.value.hint == "There is one in its folder demo."


def test_a_missing_folder_and_a_file_are_no_projects(project: Path) -> None:
    with pytest.raises(NoProject, match="There is no folder"):
        local_source(str(project / "nowhere"))

    with pytest.raises(NoProject, match="is a file"):
        local_source(str(project / "pyproject.toml"))


def test_links_are_not_followed(project: Path) -> None:
    (project / "loop").symlink_to(".")
    (project / "out").symlink_to("/")
    os.mkfifo(project / "pipe")

    assert local_source(str(project)).digest


def test_a_folder_with_too_many_files_is_no_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_folder, "_LARGEST", 2)

    with pytest.raises(LocalFolderUnreadable, match="more than 2 files"):
        local_source(str(project))


def test_a_file_that_vanishes_or_cannot_be_read_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str) -> str:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(local_folder, "file_digest", refused)

    with pytest.raises(LocalFolderUnreadable, match=r"pyproject\.toml cannot be read: Permission denied"):
        local_source(str(project))


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.py", "setup.cfg"])
def test_the_configuration_is_how_the_project_is_built(project: Path, name: str) -> None:
    before = configuration_digest(str(project))
    (project / "src" / "demo.py").write_text("second")

    assert configuration_digest(str(project)) == before

    (project / name).write_text("x = 1\n")

    assert configuration_digest(str(project)) != before


def test_a_file_of_the_configuration_that_is_moved_to_another_name_counts(project: Path) -> None:
    (project / "setup.py").write_text("x = 1\n")
    before = configuration_digest(str(project))
    (project / "setup.py").rename(project / "setup.cfg")

    assert configuration_digest(str(project)) != before
