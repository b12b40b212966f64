"""Sources as a user meets them: archives of an index, folders, editable installs, repositories."""

from __future__ import annotations

import contextlib
import hashlib
import os
import select
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.git_repositories import HAS_GIT, Repository
from tests.support.source_archives import build_source, serve_backend, write_project

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


needs_git = pytest.mark.skipif(not HAS_GIT, reason="needs git")


def serve_source(cli: CommandLine, name: str, version: str = "1.0", **options: Any) -> None:
    archive = build_source(name, version, **options)
    cli.index.add_bytes(name, version, archive.filename, archive.data)


def repository_of(folder: Path, subdirectory: str = "") -> tuple[Repository, str]:
    """Make a repository with the project demo in it; return it and its commit."""
    repository = Repository(folder)
    write_project(folder / subdirectory, "demo")

    return repository, repository.commit({})


def processes_with(words: str) -> list[int]:
    """Return the processes whose command lines have these words."""
    found: list[int] = []

    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if words.encode() in path.read_bytes():
                found.append(int(path.parent.name))

    return found


def ends(process: int, limit: float = 20) -> bool:
    """Tell whether a process ends within ``limit`` seconds."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True

    try:
        return bool(select.select([handle], [], [], limit)[0])
    finally:
        os.close(handle)


@pytest.fixture(autouse=True)
def backend(cli: CommandLine) -> None:
    serve_backend(cli.index)


@pytest.mark.parametrize("static", [True, False])
def test_a_source_archive_is_built_where_there_is_no_wheel(cli: CommandLine, static: bool) -> None:
    serve_source(cli, "demo", requires=["dep"], static=static)
    cli.index.serve("dep", "2.0")

    assert cli("install", "demo").code == 0
    assert cli.installed == {"demo": "1.0", "dep": "2.0"}


def test_what_was_built_is_not_built_again(cli: CommandLine) -> None:
    serve_source(cli, "demo")
    cli("install", "demo")
    cli("uninstall", "-y", "demo")
    before = len(cli.index.requests)

    assert cli("install", "demo").code == 0
    assert cli.installed == {"demo": "1.0"}
    assert len(cli.index.requests) == before


def test_two_commands_at_once_build_a_source_once(cli: CommandLine) -> None:
    serve_source(cli, "demo")
    environments = [cli.make_environment(name).root for name in ("a", "b")]
    children = [cli.start("install", "-v", "-p", environment, "demo") for environment in environments]
    results = [cli.finish(child) for child in children]

    assert [result.code for result in results] == [0, 0]
    assert sum(result.err.count("Building demo") for result in results) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGKILL", -9)])
def test_a_build_that_is_interrupted_leaves_nothing_that_runs_or_counts(
    cli: CommandLine, number: str, code: int
) -> None:
    cli.index.serve("slow", "1.0", files={"slow.py": "import time\ntime.sleep(1000)\n"})
    slow = '[build-system]\nrequires = ["slow"]\nbuild-backend = "slow"\n'
    serve_source(cli, "demo", pyproject=slow)
    child = cli.start("install", "-v", "demo")
    assert child.stderr is not None
    assert any(line.startswith("Building demo") for line in child.stderr)

    child.send_signal(signal.Signals[number])

    assert cli.finish(child).code == code
    assert all(ends(process) for process in processes_with(str(cli.folder)))
    assert cli.installed == {}

    cli.index.serve("other", "1.0")

    assert cli("install", "other").code == 0
    assert not [path for path in (cli.cache / "staging").rglob("*") if path.is_file()]
    assert not (cli.cache / "built-wheels-v1").exists()


def test_a_newer_source_is_preferred_to_an_older_wheel_unless_it_may_not_be_built(cli: CommandLine) -> None:
    cli.index.serve("demo", "0.9")
    serve_source(cli, "demo")

    for options, version in (
        (["--only-binary", "demo"], "0.9"),
        (["--no-build"], "0.9"),
        (["--no-build-package", "demo"], "0.9"),
        (["--prefer-binary"], "0.9"),
        ([], "1.0"),
    ):
        assert cli("install", "--reinstall", "-U", "demo", *options).code == 0
        assert cli.installed == {"demo": version}, options


def test_without_binaries_a_wheel_is_left_for_the_source_but_not_for_build_requirements(
    cli: CommandLine,
) -> None:
    cli.index.serve("demo", "1.0", files={"from_wheel.py": ""})
    serve_source(cli, "demo")

    assert cli("install", "--no-binary", ":all:", "demo").code == 0
    assert cli.index.count("*/demo-1.0.tar.gz") == 1
    assert cli.index.count("*/demo-1.0-py3-none-any.whl") == 0


def test_config_settings_reach_the_backend(cli: CommandLine) -> None:
    serve_source(cli, "demo")
    cli("install", "demo", "-C", "one=1", "-C", "two=a", "-C", "two=b")
    shown = cli.python("import demo; print(demo.SETTINGS)")

    assert shown == "{'one': '1', 'two': ['a', 'b']}\n"


def test_build_constraints_bound_build_requirements(cli: CommandLine) -> None:
    cli.index.serve("test-backend", "2.0", files={"test_backend.py": "raise SystemExit('too new')"})
    serve_source(cli, "demo")
    (cli.folder / "limits.txt").write_text("test-backend<2\n")

    assert cli("install", "demo", "-b", "limits.txt").code == 0


def test_a_build_that_fails_says_where_its_log_is_and_changes_nothing(cli: CommandLine) -> None:
    serve_source(
        cli, "demo", module="", pyproject='[build-system]\nrequires = []\nbuild-backend = "nowhere"\n'
    )
    said = cli("install", "demo")

    assert said.code == 1
    assert said.err.startswith("error[build-")
    assert cli.installed == {}


def test_a_folder_is_installed_and_installed_again_when_it_changed(cli: CommandLine) -> None:
    write_project(cli.folder / "project", "demo", requires=["dep"])
    cli.index.serve("dep", "1.0")

    assert cli("install", "./project").code == 0
    assert cli.installed == {"demo": "1.0", "dep": "1.0"}

    (cli.folder / "project" / "module.py").write_text("x = 2\n")

    assert cli("install", "./project").code == 0
    assert cli.python("import demo; print(demo.x)") == "2\n"


def test_edits_of_an_editable_install_are_seen_at_once(cli: CommandLine) -> None:
    write_project(cli.folder / "project", "demo")

    assert cli("install", "-e", "./project").code == 0

    (cli.folder / "project" / "src" / "demo.py").write_text("x = 'edited'\n")

    assert cli.python("import demo; print(demo.x)") == "edited\n"
    assert "project" in cli("list").out


@needs_git
def test_a_repository_is_installed_with_its_commit_recorded(cli: CommandLine) -> None:
    repository, commit = repository_of(cli.folder / "repository")
    repository.tag("v1")
    url = f"git+{repository.url}@v1"

    assert cli("install", url).code == 0
    assert cli("freeze", raw=True).out == f"demo @ git+{repository.url}@{commit}\n"
    assert "Nothing to do" in cli("install", url).err


@needs_git
def test_a_branch_that_moved_is_installed_again(cli: CommandLine) -> None:
    repository, _ = repository_of(cli.folder / "repository")
    cli("install", f"git+{repository.url}@main")
    repository.commit({"module.py": "x = 'moved'\n"})

    assert cli("install", f"git+{repository.url}@main").code == 0
    assert cli.python("import demo; print(demo.x)") == "moved\n"


@needs_git
def test_a_subdirectory_is_frozen_so_that_it_installs_again(cli: CommandLine) -> None:
    repository, commit = repository_of(cli.folder / "repository", "packages/inner")
    cli("install", f"git+{repository.url}#subdirectory=packages/inner")
    frozen = cli("freeze", raw=True).out

    assert frozen == f"demo @ git+{repository.url}@{commit}#subdirectory=packages/inner\n"

    cli.write("frozen.txt", frozen)

    assert cli("install", "-r", "frozen.txt").code == 0
    assert cli("freeze", raw=True).out == frozen


@needs_git
def test_an_editable_repository_is_a_working_copy_that_follows_its_branch_and_keeps_edits(
    cli: CommandLine,
) -> None:
    repository, commit = repository_of(cli.folder / "repository")
    place = f"git+{repository.url}@main#egg=demo"
    copy = Path(cli.site).parents[2] / "src" / "demo"

    assert cli("install", place).code == 0
    assert cli("install", "-e", place).code == 0
    assert cli("freeze", raw=True).out == f"-e git+{repository.url}@{commit}#egg=demo\n"

    (copy / "notes").write_text("mine")
    (copy / "src" / "demo.py").write_text("x = 'edited'\n")

    assert cli.python("import demo; print(demo.x)") == "edited\n"

    repository.commit({"README": "newer"})

    assert cli("install", "-e", place).code == 0
    assert (copy / "README").read_text() == "newer"
    assert (copy / "notes").read_text() == "mine"
    assert cli.python("import demo; print(demo.x)") == "edited\n"
    assert [path.name for path in copy.parent.iterdir()] == ["demo"]


@needs_git
def test_edits_in_a_working_copy_are_never_overwritten(cli: CommandLine) -> None:
    repository, _ = repository_of(cli.folder / "repository")
    place = f"git+{repository.url}@main#egg=demo"
    edited = Path(cli.site).parents[2] / "src" / "demo" / "module.py"
    repository.commit({"module.py": "x = 1\n"})
    cli("install", "-e", place)
    edited.write_text("x = 'mine'\n")
    repository.commit({"module.py": "x = 2\n"})
    said = cli("install", "-e", place)

    assert said.code == 1
    assert "would be overwritten" in said.err
    assert "git stash" in said.err
    assert edited.read_text() == "x = 'mine'\n"


@needs_git
def test_a_reference_that_is_missing_leaves_no_working_copy(cli: CommandLine) -> None:
    repository, _ = repository_of(cli.folder / "repository")
    said = cli("install", "-e", f"git+{repository.url}@nowhere#egg=demo")

    assert "git-reference-missing" in said.err
    assert not (Path(cli.site).parents[2] / "src").exists()


@needs_git
def test_a_folder_in_the_way_of_a_working_copy_is_left_alone(cli: CommandLine) -> None:
    repository, _ = repository_of(cli.folder / "repository")
    mine = Path(cli.site).parents[2] / "src" / "demo" / "mine"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    said = cli("install", "-e", f"git+{repository.url}#egg=demo")

    assert said.code == 1
    assert "git-working-copy-in-the-way" in said.err
    assert mine.read_text() == "mine"
    assert [path.name for path in mine.parents[1].iterdir()] == ["demo"]


def test_a_project_with_another_name_than_asked_for_is_refused(cli: CommandLine) -> None:
    write_project(cli.folder / "project", "demo")
    said = cli("install", f"other @ {(cli.folder / 'project').as_uri()}")

    assert said.code == 1
    assert "source-name-mismatch" in said.err


def test_a_folder_without_a_project_is_refused(cli: CommandLine) -> None:
    (cli.folder / "empty").mkdir()
    said = cli("install", "./empty")

    assert said.code != 0
    assert "source-no-project" in said.err


def test_projects_that_need_each_other_to_be_built_are_an_error_that_shows_the_chain(
    cli: CommandLine,
) -> None:
    needs = '[build-system]\nrequires = ["{}"]\nbuild-backend = "test_backend"\n'
    serve_source(cli, "one", pyproject=needs.format("two"))
    serve_source(cli, "two", pyproject=needs.format("one"))
    said = cli("install", "one")

    assert said.code == 1
    assert "one" in said.err
    assert "two" in said.err
    assert "cycle" in said.err


def test_an_archive_is_held_to_its_hash(cli: CommandLine) -> None:
    archive = build_source("demo")
    (cli.folder / archive.filename).write_bytes(archive.data)
    right, wrong = hashlib.sha256(archive.data).hexdigest(), "0" * 64

    for line in (f"./{archive.filename} --hash=sha256:{wrong}", f"./{archive.filename}#sha256={wrong}"):
        cli.write("requirements.txt", line)
        assert cli("install", "-r", "requirements.txt").code == 1
        assert cli.installed == {}

    cli.write("requirements.txt", f"./{archive.filename} --hash=sha256:{right}")

    assert cli("install", "-r", "requirements.txt").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_source_of_the_index_is_held_to_the_hashes_of_the_requirements(cli: CommandLine) -> None:
    cli.index.hashes = False
    serve_source(cli, "demo")
    wrong = "0" * 64
    cli.write("requirements.txt", f"demo==1.0 --hash=sha256:{wrong}")
    said = cli("install", "-r", "requirements.txt")

    assert said.code == 1
    assert "hash-not-allowed" in said.err
    assert cli.installed == {}


def test_what_is_ignored_in_an_address_is_told(cli: CommandLine) -> None:
    write_project(cli.folder / "project", "demo")
    said = cli("install", f"demo @ {(cli.folder / 'project').as_uri()}#unknown=1")

    assert said.code == 0
    assert "warning: " in said.err
    assert "unknown" in said.err


@pytest.mark.parametrize(
    ("wheels", "named"), [(["0.8", "0.9", "1.1"], "0.9"), (["1.1", "1.2"], "1.1")], ids=["older", "newer"]
)
def test_a_build_that_fails_names_the_nearest_version_that_has_a_wheel(
    cli: CommandLine, wheels: list[str], named: str
) -> None:
    for version in wheels:
        cli.index.serve("demo", version)

    serve_source(cli, "demo", pyproject='[build-system]\nrequires = []\nbuild-backend = "nowhere"\n')
    said = cli("install", "demo==1.0")

    assert said.code == 1
    assert f"demo {named} has a wheel for this Python: require demo=={named} to take it." in said.err


def test_nothing_is_said_of_wheels_where_they_are_forbidden(cli: CommandLine) -> None:
    cli.index.serve("demo", "0.9")
    serve_source(cli, "demo", pyproject='[build-system]\nrequires = []\nbuild-backend = "nowhere"\n')

    assert "has a wheel" not in cli("install", "demo==1.0", "--no-binary", "demo").err
