"""``zephyr export``: what other tools install, from the lock and without resolving."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.command_line import failed, said
from tests.support.locks import file_of, lock_text, package
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

FOR = ("--platform", "linux-x86_64", "--python-version", "3.12")
HEADER = "# Made by zephyr export from pylock.toml for Python 3.12 on linux-x86_64\n"


def served(cli: CommandLine, name: str, version: str, **keys: Any) -> dict[str, Any]:
    """Serve a wheel and return its entry."""
    wheel = cli.index.serve(name, version)

    return package(name, version, wheels=[file_of(cli.index, wheel)], index=cli.index.url, **keys)


def digest(name: str, version: str) -> str:
    return hashlib.sha256(build_wheel(name, version).data).hexdigest()


@pytest.fixture
def project(cli: CommandLine) -> CommandLine:
    """A project that needs a, with tests in a group that is off by default."""
    cli.write(
        "pylock.toml",
        lock_text(
            served(cli, "a", "1.0", dependencies=[{"name": "b"}]),
            served(cli, "b", "2.0"),
            served(cli, "check", "3.0", marker="'tests' in dependency_groups"),
            package("demo", directory={"path": ".", "editable": True}),
            dependency_groups=["tests"],
        ),
    )

    return cli


def test_requirements_go_to_standard_output(project: CommandLine) -> None:
    assert project("export", "--no-install-project", *FOR) == said(
        out=f"""
        {HEADER.strip()}
        a==1.0 \\
            --hash=sha256:[HASH]
        b==2.0 \\
            --hash=sha256:[HASH]
        """
    )
    assert digest("a", "1.0") in project("export", *FOR, raw=True).out


def test_the_project_has_no_hash_and_that_is_told(project: CommandLine) -> None:
    result = project("export", *FOR)

    assert result.out.endswith("-e .\n")
    assert (
        result.err
        == said("""
        warning: No hash can be given for demo: pip takes all requirements with hashes, or none
        hint: Leave hashes out with --no-hashes, or the project itself with --no-install-project.
    """).err
    )
    assert project("export", "--no-hashes", *FOR) == said(out=f"{HEADER}a==1.0\nb==2.0\n-e .\n")


def test_groups_are_chosen(project: CommandLine) -> None:
    result = project("export", "--no-hashes", "--no-install-project", "--group", "tests", *FOR)

    assert result.out == f"{HEADER}a==1.0\nb==2.0\ncheck==3.0\n"


def test_it_is_written_to_a_file_in_one_step(project: CommandLine) -> None:
    arguments = ("export", "--no-hashes", "-o", "requirements.txt", *FOR)

    assert project(*arguments) == said()
    assert (project.folder / "requirements.txt").read_text() == f"{HEADER}a==1.0\nb==2.0\n-e .\n"
    assert sorted(os.listdir(project.folder)) == [".venv", "pylock.toml", "requirements.txt"]


def test_a_file_that_cannot_be_written_is_an_error(project: CommandLine) -> None:
    result = project("export", "--no-hashes", "-o", "no/requirements.txt", *FOR)

    assert result.code == 1
    assert result.err.startswith("error[export-unwritable]: no/requirements.txt cannot be written")


def test_the_lock_itself_is_not_overwritten(project: CommandLine) -> None:
    before = (project.folder / "pylock.toml").read_bytes()

    assert project("export", "--format", "pylock.toml", "-o", "./pylock.toml") == failed(
        """
        error[export-over-lock]: ./pylock.toml is the lock itself: an export for one environment must not take its place
        hint: Name another file with -o, for example pylock.deploy.toml.
        """,
        code=2,
    )
    assert (project.folder / "pylock.toml").read_bytes() == before


def test_a_lock_for_one_environment_is_written_under_a_locks_name(project: CommandLine) -> None:
    (project.folder / "deploy").mkdir()
    arguments = ("export", "--format", "pylock.toml", "--group", "tests", *FOR)

    assert project(*arguments, "-o", "deploy/pylock.server.toml") == said()
    assert project(*arguments, "-o", "deploy/lock.toml").err.startswith("error[lock-name-invalid]")

    single = tomllib.loads((project.folder / "deploy" / "pylock.server.toml").read_text())
    assert [each["name"] for each in single["packages"]] == ["a", "b", "check", "demo"]
    assert single["packages"][3]["directory"]["path"] == ".."
    assert "marker" not in single["packages"][2]


def test_a_lock_always_has_hashes(project: CommandLine) -> None:
    result = project("export", "--format", "pylock.toml", "--no-hashes", *FOR)

    assert result.code == 2
    assert result.err.startswith("error[conflicting-options]: --no-hashes")


def test_the_same_lock_gives_the_same_text_anywhere(
    project: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(project.folder / "pylock.toml")
    here = project("export", *FOR, raw=True)
    monkeypatch.chdir(project.folder.parent)

    assert project("export", path, *FOR, raw=True) == here


def test_what_the_lock_does_not_support_is_refused(project: CommandLine) -> None:
    project.write(
        "pylock.toml", lock_text(requires_python=">=3.13", environments=["sys_platform == 'linux'"])
    )

    assert project("export", *FOR).err.startswith("error[lock-python-mismatch]")
    assert project("export", "--python-version", "3.13", "--platform", "windows-x86_64").err.startswith(
        "error[lock-environment-mismatch]"
    )


@pytest.mark.parametrize(
    ("platform", "reason"), [("linux-x68_64", "platform-unknown"), ("macos", "platform-ambiguous")]
)
def test_a_platform_is_one_that_is_known(project: CommandLine, platform: str, reason: str) -> None:
    result = project("export", "--platform", platform, "--python-version", "3.12")

    assert result.code == 2
    assert result.err.startswith(f"error[{reason}]")


def test_a_python_version_is_a_version(project: CommandLine) -> None:
    for platform in ((), ("--platform", "linux-x86_64")):
        result = project("export", "--python-version", "three", *platform)

        assert (result.code, result.err[:30]) == (2, "error[invalid-python-request]:")


def test_by_default_it_is_for_the_environment_of_the_project(project: CommandLine) -> None:
    result = project("export", "--no-hashes", raw=True)

    assert f"for Python {project.environment.interpreter.version} on {sys.platform} " in result.out


def test_an_address_is_written_as_it_is(cli: CommandLine) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    vcs = {"type": "git", "url": "ssh://git@git.example/demo", "commit-id": commit}
    cli.write("pylock.toml", lock_text(package("demo", vcs=vcs)))

    assert cli("export", *FOR).out == f"{HEADER}demo @ git+ssh://git@git.example/demo@{commit}\n"


@pytest.mark.parametrize("kind", ["requirements.txt", "pylock.toml"])
def test_zephyr_installs_what_it_exported(project: CommandLine, kind: str) -> None:
    name = "pylock.deploy.toml" if kind == "pylock.toml" else "deploy.txt"
    assert project("export", "--no-install-project", "--format", kind, "-o", name).code == 0

    assert project("install", "-r", name).code == 0
    assert project.installed == {"a": "1.0", "b": "2.0"}


PIP = ("pip", "--disable-pip-version-check", "--python", ".venv", "install", "--no-cache-dir")
UV = ("uv", "pip", "install", "--no-cache", "--no-config", "--python", ".venv")


@pytest.mark.parametrize("tool", [PIP, UV], ids=["pip", "uv"])
def test_other_tools_install_it_with_its_hashes(project: CommandLine, tool: tuple[str, ...]) -> None:
    assert project("export", "--no-install-project", "-o", "deploy.txt").code == 0
    command = [sys.executable, "-m", *tool, "--require-hashes", "-i", project.index.url, "-r", "deploy.txt"]
    subprocess.run(command, cwd=project.folder, check=True, capture_output=True, timeout=50)

    assert project.installed == {"a": "1.0", "b": "2.0"}
