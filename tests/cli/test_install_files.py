"""``zephyr install`` with files that say what: requirements, constraints, projects, groups, scripts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed
from tests.support.source_archives import build_source, serve_backend, write_project
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

SCRIPT = """\
    # /// script
    # requires-python = "{python}"
    # dependencies = ["demo<2"]
    # ///
    print("hello")
    """
PYPROJECT = """\
    [project]
    name = "app"
    version = "1"
    dependencies = ["demo<2"]

    [project.optional-dependencies]
    fast = ["extra"]

    [dependency-groups]
    test = ["tool", { include-group = "base" }]
    base = ["extra"]
    """


@pytest.fixture
def cli(cli: CommandLine) -> CommandLine:
    for name, version in (("demo", "1.0"), ("demo", "2.0"), ("extra", "1.0"), ("tool", "1.0")):
        cli.index.serve(name, version)

    return cli


def serve_text(cli: CommandLine, name: str, text: str) -> str:
    """Serve a text from the index's server and return its address."""
    cli.index.add_bytes("texts", "1", name, text.encode())

    return cli.index.file_url(name)


def test_files_are_had_by_their_address_with_what_they_include(cli: CommandLine) -> None:
    url = serve_text(cli, "requirements.txt", "demo\n-c limits.txt\n")
    serve_text(cli, "limits.txt", "demo<2\n")

    assert cli("install", "-r", url).code == 0
    assert cli.installed == {"demo": "1.0"}


def test_an_address_gets_the_login_that_it_holds_and_no_message_shows_it(cli: CommandLine) -> None:
    serve_text(cli, "requirements.txt", "demo==3\n")
    cli.index.credentials = ("me", "s3cret")
    login = cli.index.url_with_credentials
    said = cli("install", "-i", login, "-r", login.replace("/simple/", "/files/requirements.txt"))

    assert "requirements.txt line 1" in said.err
    assert "s3cret" not in said.out + said.err


def test_an_address_without_a_file_is_told(cli: CommandLine) -> None:
    said = cli("install", "-r", cli.index.file_url("nothing.txt"))

    assert said.code == 1
    assert "nothing.txt" in said.err
    assert "404" in said.err


def test_options_of_a_file_come_after_those_of_the_command_line(cli: CommandLine) -> None:
    cli.write("requirements.txt", f"-i {cli.index.url}\ndemo<2\n")

    assert cli("install", "-i", "http://127.0.0.1:9/simple/", "-r", "requirements.txt").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_path_is_looked_for_here_and_then_beside_the_file(cli: CommandLine) -> None:
    (cli.folder / "sub").mkdir()
    build_wheel("here", "1.0").write(cli.folder)
    build_wheel("here", "1.0").write(cli.folder / "sub")
    build_wheel("beside", "1.0").write(cli.folder / "sub")
    cli.write("sub/requirements.txt", "./here-1.0-py3-none-any.whl\n./beside-1.0-py3-none-any.whl\n")

    assert cli("install", "-r", "sub/requirements.txt").code == 0
    assert cli.installed == {"here": "1.0", "beside": "1.0"}
    shown = cli.python(
        "from importlib.metadata import distribution as d; print(d('here').read_text('direct_url.json'))"
    )
    assert "/sub/" not in shown


@pytest.mark.parametrize("shape", ["./{}[more]", "{}[more]", "demo[more] @ file://{}"])
def test_a_wheel_is_asked_for_with_an_extra(cli: CommandLine, shape: str) -> None:
    cli.index.serve("dep", "1.0")
    wheel = build_wheel("demo", "1.0", extras={"more": ["dep"]}).write(cli.folder)

    assert cli("install", shape.format(wheel if "@" in shape else wheel.name)).code == 0
    assert cli.installed == {"demo": "1.0", "dep": "1.0"}


def test_a_constraint_by_address_is_taken_if_its_name_is_required(cli: CommandLine) -> None:
    serve_backend(cli.index)
    archive = build_source("demo", "1.5")
    (cli.folder / archive.filename).write_bytes(archive.data)
    cli.write("limits.txt", f"demo @ file://{cli.folder}/{archive.filename}\n")

    assert cli("install", "-c", "limits.txt", "extra").code == 0
    assert cli.installed == {"extra": "1.0"}
    assert cli("install", "-c", "limits.txt", "demo").code == 0
    assert cli.installed == {"demo": "1.5", "extra": "1.0"}


def test_config_settings_beside_a_requirement_are_for_it_alone(cli: CommandLine) -> None:
    serve_backend(cli.index)

    for name in ("one", "two"):
        archive = build_source(name, "1.0")
        cli.index.add_bytes(name, "1.0", archive.filename, archive.data)

    write_project(cli.folder / "three", "three")
    cli.write("requirements.txt", "one -C a=1\ntwo\n./three --config-settings b=2 --config-settings b=3\n")

    assert cli("install", "-r", "requirements.txt").code == 0
    shown = cli.python("import one, two, three; print(one.SETTINGS, two.SETTINGS, three.SETTINGS)")
    assert shown == "{'a': '1'} {} {'b': ['2', '3']}\n"


def test_the_dependencies_of_a_project_can_be_installed_with_extras(cli: CommandLine) -> None:
    cli.write("pyproject.toml", PYPROJECT)

    assert cli("install", "-r", "pyproject.toml").code == 0
    assert cli.installed == {"demo": "1.0"}
    assert cli("install", "-r", "pyproject.toml", "--extra", "Fast").code == 0
    assert cli.installed == {"demo": "1.0", "extra": "1.0"}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("--extra", "fats", "-r", "pyproject.toml"), "extra-unknown", "There is no extra fats"),
        (("--all-extras", "demo"), "extra-unknown", "no project that could have any"),
        (("--group", "tset"), "group-unknown", "There is no dependency group 'tset' in pyproject.toml"),
        (("--group", "no/pyproject.toml:test"), "pyproject-missing", "no/pyproject.toml not found"),
        (("--group", "other.toml:test"), "group-invalid", "group paths use local 'pyproject.toml' files"),
        (
            ("--requirements-from-script", "a.py", "--requirements-from-script", "b.py"),
            "conflicting-options",
            "--requirements-from-script can only be given once",
        ),
        (("--requirements-from-script", "a.py"), "script-missing", "There is no script at a.py"),
    ],
)
def test_what_a_project_does_not_have_is_told(
    cli: CommandLine, arguments: tuple[str, ...], error: str, message: str
) -> None:
    cli.write("pyproject.toml", PYPROJECT)
    said = cli("install", *arguments)

    assert said.err.startswith(f"error[{error}]: ")
    assert message in said.err
    assert said.code != 0


def test_dependencies_that_only_a_backend_knows_are_refused(cli: CommandLine) -> None:
    cli.write("pyproject.toml", '[project]\nname = "app"\nversion = "1"\ndynamic = ["dependencies"]\n')

    assert cli("install", "-r", "pyproject.toml") == failed(
        """
        error[dependencies-dynamic]: pyproject.toml: dependencies are dynamic, so only the build backend knows them
        hint: Install the project itself by its folder.
        """,
        code=2,
    )


def test_a_dependency_group_is_installed_with_what_it_includes(cli: CommandLine) -> None:
    (cli.folder / "sub").mkdir()
    cli.write("sub/pyproject.toml", PYPROJECT)

    assert cli("install", "--group", "sub/pyproject.toml:test").code == 0
    assert cli.installed == {"extra": "1.0", "tool": "1.0"}


@pytest.mark.parametrize("option", ["--requirements-from-script", "-r"])
def test_what_a_script_needs_is_installed(cli: CommandLine, option: str) -> None:
    cli.write("run.py", SCRIPT.format(python=">=3.8"))

    assert cli("install", option, "run.py").code == 0
    assert cli.installed == {"demo": "1.0"}


def test_a_script_for_another_python_is_refused(cli: CommandLine) -> None:
    cli.write("run.py", SCRIPT.format(python=f"!={sys.version_info.major}.{sys.version_info.minor}.*"))
    said = cli("install", "--requirements-from-script", "run.py")

    assert said.code == 1
    assert "Script 'run.py' requires a different Python" in said.err
    assert cli.installed == {}


def test_what_is_ignored_in_a_file_is_warned_of(cli: CommandLine) -> None:
    cli.write("requirements.txt", "demo<2 --pre\n--hash sha256:aa\n")
    said = cli("install", "-r", "requirements.txt")

    assert said.code == 0
    assert "warning: requirements.txt line 1: --pre has no effect beside a requirement" in said.err
    assert "warning: requirements.txt line 2: --hash belongs to no requirement" in said.err


def test_overrides_and_build_constraints_are_had_by_their_address_too(cli: CommandLine) -> None:
    serve_backend(cli.index)
    archive = build_source("app", requires=["demo>=2"])
    cli.index.add_bytes("app", "1.0", archive.filename, archive.data)
    overrides = serve_text(cli, "overrides.txt", "demo<2\n")
    limits = serve_text(cli, "limits.txt", "test-backend<1\n")

    assert "test-backend" in cli("install", "app", "--build-constraint", limits).err
    assert cli("install", "app", "--override", overrides).code == 0
    assert cli.installed == {"app": "1.0", "demo": "1.0"}


def test_what_a_file_at_an_address_lists_is_uninstalled(cli: CommandLine) -> None:
    cli("install", "demo", "extra")
    cli("uninstall", "-y", "-r", serve_text(cli, "gone.txt", "demo\n"))

    assert cli.installed == {"extra": "1.0"}
