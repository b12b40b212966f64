"""``zephyr download`` and ``zephyr wheel``: files in a folder, whole and proven; nothing is installed."""

from __future__ import annotations

import os
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, said
from tests.support.git_repositories import Repository
from tests.support.installed_files import put_distribution
from tests.support.source_archives import build_source, project_files, serve_backend, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def offered(cli: CommandLine) -> None:
    cli.index.serve("Demo", "1.0", requires=["dep"])
    cli.index.serve("dep", "1.0")


def _serve_source(cli: CommandLine, name: str) -> None:
    serve_backend(cli.index)
    archive = build_source(name)
    cli.index.add_bytes(name, "1.0", archive.filename, archive.data)


def _files(cli: CommandLine, folder: str) -> list[str]:
    return sorted(os.listdir(cli.folder / folder))


def test_what_an_install_would_take_is_saved(cli: CommandLine) -> None:
    assert cli("download", "-d", "out", "demo") == said(
        out="""
        Saved ./out/Demo-1.0-py3-none-any.whl
        Saved ./out/dep-1.0-py3-none-any.whl
        Successfully downloaded demo dep
        """,
    )
    assert _files(cli, "out") == ["Demo-1.0-py3-none-any.whl", "dep-1.0-py3-none-any.whl"]
    assert cli.installed == {}


@pytest.mark.parametrize("spelling", ["--dest", "--destination-dir", "--destination-directory"])
def test_what_is_there_already_is_kept(cli: CommandLine, spelling: str) -> None:
    cli("download", "-d", "out", "dep")

    assert cli("download", spelling, "out", "dep") == said(
        out="""
        File was already downloaded ./out/dep-1.0-py3-none-any.whl
        Successfully downloaded dep
        """,
    )


@pytest.mark.parametrize(("verb", "setting"), [("download", "DEST"), ("wheel", "WHEEL_DIR")])
def test_the_folder_is_taken_from_settings_of_pip(cli: CommandLine, verb: str, setting: str) -> None:
    cli.configure(**{f"PIP_{setting}": "out"})

    assert cli(verb, "dep").code == 0
    assert _files(cli, "out") == ["dep-1.0-py3-none-any.whl"]


def test_another_file_of_the_same_name_is_replaced(cli: CommandLine) -> None:
    cli.write("dep-1.0-py3-none-any.whl", "broken")

    assert cli("download", "dep").out.startswith("Saved ./dep-1.0-py3-none-any.whl\n")
    assert zipfile.is_zipfile(cli.folder / "dep-1.0-py3-none-any.whl")


def test_what_is_installed_does_not_count(cli: CommandLine) -> None:
    put_distribution(cli.site, "dep", "0.5")

    cli("download", "-d", "out", "dep")
    assert _files(cli, "out") == ["dep-1.0-py3-none-any.whl"]


def test_without_dependencies_or_with_them_alone(cli: CommandLine) -> None:
    cli("download", "-d", "alone", "--no-deps", "demo")
    cli("download", "-d", "rest", "--only-deps", "demo")

    assert _files(cli, "alone") == ["Demo-1.0-py3-none-any.whl"]
    assert _files(cli, "rest") == ["dep-1.0-py3-none-any.whl"]


def test_it_works_outside_of_any_environment(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = cli.folder.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.chdir(elsewhere)

    assert cli("download", "dep").code == 0
    assert os.listdir(elsewhere) == ["dep-1.0-py3-none-any.whl"]


def test_files_for_another_platform(cli: CommandLine) -> None:
    cli.index.serve("native", "1.0", tag="cp310-cp310-manylinux2010_x86_64")
    cli.index.serve("native", "2.0", tag="cp310-cp310-win_amd64")
    foreign = ("--platform", "manylinux2014_x86_64", "--python-version", "310", "--abi", "cp310")

    assert cli("download", "-d", "out", *foreign, "native").err.startswith("error[platform-needs-wheels]: ")
    assert cli("download", "-d", "out", "--only-binary=:all:", *foreign, "native").code == 0
    assert cli("download", "-d", "out", "--no-deps", *foreign, "native").code == 0
    assert _files(cli, "out") == ["native-1.0-cp310-cp310-manylinux2010_x86_64.whl"]


def test_a_source_stays_a_source(cli: CommandLine) -> None:
    _serve_source(cli, "thing")

    assert cli("download", "-d", "out", "thing").out.endswith("Successfully downloaded thing\n")
    assert _files(cli, "out") == ["thing-1.0.tar.gz"]


def test_a_folder_is_here_already(cli: CommandLine) -> None:
    serve_backend(cli.index)
    write_project(cli.folder / "project", "thing", requires=["dep"])

    assert cli("download", "-d", "out", "./project") == said(
        out="""
        Saved ./out/dep-1.0-py3-none-any.whl
        Not copying link to destination directory since it is a directory: file://[DIR]/project
        Successfully downloaded thing dep
        """,
    )


def test_a_repository_becomes_an_archive(cli: CommandLine, tmp_path: Path) -> None:
    serve_backend(cli.index)
    repository = Repository(tmp_path / "repository")
    repository.commit({path: text for path, text in project_files("thing").items() if path != "PKG-INFO"})

    assert cli("download", "-d", "out", f"git+{repository.url}").code == 0
    assert _files(cli, "out") == ["thing-1.0.zip"]

    with zipfile.ZipFile(cli.folder / "out" / "thing-1.0.zip") as archive:
        assert "thing/pyproject.toml" in archive.namelist()
        assert not [name for name in archive.namelist() if ".git" in name]


def test_an_archive_by_its_place_keeps_its_name(cli: CommandLine) -> None:
    serve_backend(cli.index)
    (cli.folder / "My-Archive.tar.gz").write_bytes(build_source("thing").data)

    assert cli("download", "-d", "out", "./My-Archive.tar.gz").code == 0
    assert _files(cli, "out") == ["My-Archive.tar.gz"]


def test_hashes_are_checked(cli: CommandLine) -> None:
    cli.write("requirements.txt", f"dep==1.0 --hash=sha256:{'0' * 64}\n")

    result = cli("download", "-d", "out", "-r", "requirements.txt")
    assert result.code == 1
    assert not (cli.folder / "out").exists()


def test_nothing_is_left_of_a_download_that_failed(cli: CommandLine) -> None:
    cli.index.misbehave("*/dep-1.0-*.whl", status=404)

    assert cli("download", "-d", "out", "demo").code == 1
    assert not (cli.folder / "out").exists()


def test_nothing_named(cli: CommandLine) -> None:
    assert cli("download") == failed("""
        error[nothing-asked]: You must give at least one requirement to download
        hint: Name packages, or a requirements file with -r.
    """)


def test_quiet_says_nothing(cli: CommandLine) -> None:
    assert cli("download", "-q", "dep") == said()


def test_wheels_are_downloaded_or_built(cli: CommandLine) -> None:
    _serve_source(cli, "thing")
    cli.index.serve("user", "1.0", requires=["thing"])

    assert cli("wheel", "-w", "house", "user") == said(
        out="""
        Saved ./house/user-1.0-py3-none-any.whl
        Saved ./house/thing-1.0-py3-none-any.whl
        Successfully built thing
        """,
    )
    assert _files(cli, "house") == ["thing-1.0-py3-none-any.whl", "user-1.0-py3-none-any.whl"]
    assert cli("install", "--no-index", "-f", "house", "user").code == 0
    assert cli.installed == {"thing": "1.0", "user": "1.0"}


@pytest.mark.parametrize(
    "words", [("./project",), ("-e", "./project"), ("--no-verify", "--editable", "project")]
)
def test_a_project_is_built_as_it_would_be_published(cli: CommandLine, words: tuple[str, ...]) -> None:
    serve_backend(cli.index)
    write_project(cli.folder / "project", "thing")

    assert cli("wheel", "--wheel-dir", "house", *words).out.endswith("Successfully built thing\n")

    with zipfile.ZipFile(cli.folder / "house" / "thing-1.0-py3-none-any.whl") as archive:
        assert "thing.py" in archive.namelist()


def test_a_build_that_fails_leaves_no_wheel(cli: CommandLine) -> None:
    cli.write("broken.txt", "")
    write_project(cli.folder / "project", "thing")

    assert cli("wheel", "-w", "house", "--no-index", "./project").code == 1
    assert not (cli.folder / "house").exists()
