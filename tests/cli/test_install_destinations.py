"""Where packages go: the active environment, a named one, a prefix, a folder; and where they do not."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import failed, installed_in, said, this_interpreter
from tests.support.git_repositories import HAS_GIT, Repository
from tests.support.source_archives import serve_backend, write_project
from zephyr.environments.facts import MARK, ask

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def demo(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0", console_scripts=["demo=demo:main"])


def test_the_active_environment_comes_before_the_folders_own(cli: CommandLine) -> None:
    active = cli.make_environment("active")
    cli.configure(VIRTUAL_ENV=active.root)

    assert cli("install", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/active
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert (installed_in(active), cli.installed) == ({"demo": "1.0"}, {})


def test_an_environment_can_be_named_by_its_folder_or_its_interpreter(cli: CommandLine) -> None:
    one = cli.make_environment("one")
    two = cli.make_environment("two")

    cli("install", "--python", "one", "demo")
    cli("install", "-p", two.interpreter.executable, "demo")
    assert installed_in(one) == installed_in(two) == {"demo": "1.0"}


def test_without_any_environment_it_says_what_to_do(cli: CommandLine) -> None:
    shutil.rmtree(cli.environment.root)

    assert cli("install", "demo") == failed("""
        error[no-environment]: There is no environment: none is active, and no .venv is in [DIR] or above it
        hint: Make an environment with: zephyr venv create (or name one with --python, or the interpreter itself with --system).
    """)


def test_an_active_environment_that_is_gone(cli: CommandLine) -> None:
    cli.configure(VIRTUAL_ENV=f"{cli.folder}/gone")

    assert cli("install", "demo") == failed("""
        error[environment-broken]: VIRTUAL_ENV names [DIR]/gone, but there is no such folder
        hint: activate another environment, or unset VIRTUAL_ENV
    """)


def test_a_python_that_is_not_there(cli: CommandLine) -> None:
    cli.only_pythons(str(cli.folder))

    assert cli("install", "--python", "3.99", "demo") == failed("""
        error[interpreter-not-found]: Python 3.99 was not found on PATH or among pyenv's versions
        hint: Install it, or name one by path with --python.
    """)
    assert cli("install", "--python", "./no/such/python", "demo") == failed("""
        error[interpreter-not-found]: There is no Python interpreter at [DIR]/no/such/python
        hint: Name another with --python, by version or by path.
    """)


def test_a_prefix_is_laid_out_as_an_environment(cli: CommandLine) -> None:
    assert cli("install", "--prefix", "tree", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/tree
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    scripts = os.path.basename(cli.environment.scheme.scripts)
    assert os.path.isfile(cli.folder / "tree" / scripts / "demo")
    assert cli.installed == {}


def test_a_prefix_may_be_there_with_something_in_it(cli: CommandLine) -> None:
    (cli.folder / "tree" / "lib").mkdir(parents=True)

    assert cli("install", "--prefix", "tree", "demo").code == 0


def test_a_target_folder_gets_the_modules_themselves(cli: CommandLine) -> None:
    assert cli("install", "--target", "modules", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/modules
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert {"demo", "demo-1.0.dist-info"} <= set(os.listdir(cli.folder / "modules"))
    assert ".zephyr" not in os.listdir(cli.folder / "modules")
    assert cli.installed == {}


@pytest.mark.skipif(os.name == "nt", reason="a script stands in for the interpreter")
def test_a_python_of_the_distribution_is_left_alone(cli: CommandLine) -> None:
    python = _managed_python(cli.folder / "system")

    assert cli("install", "--python", python, "demo") == failed("""
        error[externally-managed]: The packages of [DIR]/system/bin/python3 are kept by another package manager (PEP 668)
          Use your package manager:
          apt install python3-xyz
        hint: Make an environment with: zephyr venv create (or insist, at the risk of breaking the system, with --break-system-packages).
    """)
    cli.only_pythons(os.path.dirname(python))
    assert cli("install", "--system", "demo").err.startswith("error[externally-managed]")
    assert cli("install", "--system", "--dry-run", "demo") == said("""
        Resolved 1 package in [TIME]
        Would change 1 package:
         + demo==1.0
    """).printing("Would install demo-1.0")
    assert cli("install", "--system", "--break-system-packages", "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/system
         + demo==1.0
    """).printing("Successfully installed demo-1.0")


def _managed_python(root: Path) -> str:
    """An interpreter that only answers, and whose packages another package manager keeps (PEP 668)."""
    answer = ask(this_interpreter().executable, dict(os.environ))
    library = root / "lib" / "python3"
    paths = {"stdlib": library, "platstdlib": library, "purelib": library / "site-packages"}
    paths |= {"platlib": library / "site-packages", "scripts": root / "bin", "data": root}
    paths |= {"include": root / "include", "platinclude": root / "include"}
    library.mkdir(parents=True)
    (library / "EXTERNALLY-MANAGED").write_text(
        "[externally-managed]\nError=Use your package manager:\n    apt install python3-xyz\n"
    )
    python = root / "bin" / "python3"
    answer |= dict.fromkeys(("executable", "base_executable"), str(python))
    answer |= dict.fromkeys(("prefix", "base_prefix"), str(root))
    answer["paths"] = {name: str(path) for name, path in paths.items()}
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{MARK}{json.dumps(answer)}\nEND\n")
    python.chmod(0o755)

    return str(python)


def test_the_folder_may_have_spaces_and_letters_of_all_kinds(cli: CommandLine) -> None:
    place = cli.make_environment("mein Ördner 環境")

    assert cli("install", "-p", place.root, "demo") == said("""
        Resolved 1 package in [TIME]
        Changed 1 package in [TIME], [DIR]/mein Ördner 環境
         + demo==1.0
    """).printing("Successfully installed demo-1.0")
    assert installed_in(place) == {"demo": "1.0"}


def test_a_target_keeps_what_it_has_unless_it_is_upgraded(cli: CommandLine) -> None:
    cli.index.serve("demo", "2.0", requires=["dep"])
    cli.index.serve("dep", "1.0")
    cli("install", "--target", "modules", "demo==1.0")

    assert cli("install", "-t", "modules", "demo==2.0") == said("""
        warning: Target directory [DIR]/modules/demo-1.0.dist-info already exists. Specify --upgrade to force replacement.
        Resolved 2 packages in [TIME]
        Changed 1 package in [TIME], [DIR]/modules
         + dep==1.0
    """).printing("Successfully installed dep-1.0")
    assert cli("install", "-t", "modules", "--upgrade", "demo").out == "Successfully installed demo-2.0\n"


def test_what_the_environment_has_does_not_count_for_a_target(cli: CommandLine) -> None:
    cli("install", "demo")

    assert cli("install", "-t", "modules", "demo").out == "Successfully installed demo-1.0\n"


def test_a_target_must_be_a_folder(cli: CommandLine) -> None:
    cli.write("modules", "")

    assert cli("install", "-t", "modules", "demo") == failed("""
        error[target-not-a-folder]: --target [DIR]/modules exists but is not a directory, will not continue
        hint: Name a folder, which need not exist yet.
    """)


def test_a_root_holds_the_folders_of_the_environment(cli: CommandLine) -> None:
    assert cli("install", "--root", "image", "demo").out == "Successfully installed demo-1.0\n"
    image = f"{cli.folder}/image"
    script = Path(f"{image}{cli.environment.scheme.scripts}/demo")

    assert os.path.isdir(f"{image}{cli.site}/demo-1.0.dist-info")
    assert cli.environment.interpreter.executable in script.read_text(encoding="utf-8")
    assert cli.installed == {}


def test_a_prefix_may_be_below_a_root(cli: CommandLine) -> None:
    cli("install", "--root", "image", "--prefix", "/opt/demo", "demo")
    scripts = os.path.basename(cli.environment.scheme.scripts)

    assert os.path.isfile(cli.folder / "image" / "opt" / "demo" / scripts / "demo")


def test_an_environment_does_not_look_into_the_users_folders(cli: CommandLine) -> None:
    assert cli("install", "--user", "demo") == failed("""
        error[user-site-invisible]: Can not perform a '--user' install. User site-packages are not visible in this virtualenv
        hint: Leave --user out to install into the environment, or name a Python outside with --python.
    """)
    assert cli("install", "--user", "--no-user", "demo").code == 0


def test_an_environment_that_shares_its_base_does(cli: CommandLine) -> None:
    configuration = cli.folder / ".venv" / "pyvenv.cfg"
    text = configuration.read_text(encoding="utf-8")
    configuration.write_text(text.replace("packages = false", "packages = true"), encoding="utf-8")
    cli.configure(PYTHONUSERBASE=str(cli.folder / "mine"))

    assert cli("install", "--user", "demo").out == "Successfully installed demo-1.0\n"
    assert [path.parent.name for path in (cli.folder / "mine").rglob("demo-1.0.dist-info")] == [
        "site-packages"
    ]
    assert os.path.isfile(cli.folder / "mine" / "bin" / "demo")
    assert cli.installed == {}
    assert cli("install", "--user", "demo").out.startswith("Requirement already satisfied: demo in ")


@pytest.mark.skipif(os.name == "nt", reason="a script stands in for the interpreter")
def test_the_users_folders_beside_a_python_of_the_distribution(cli: CommandLine) -> None:
    python = _managed_python(cli.folder / "system")
    cli.configure(PYTHONUSERBASE=str(cli.folder / "mine"))

    assert cli("install", "--user", "-p", python, "demo").err.startswith("error[externally-managed]")
    assert cli("install", "--user", "-p", python, "--break-system-packages", "demo").code == 0
    assert list((cli.folder / "mine").rglob("demo-1.0.dist-info"))
    assert cli("install", "--root", "image", "-p", python, "demo").code == 0


@pytest.mark.skipif(os.name == "nt", reason="a script stands in for the interpreter")
def test_an_environment_can_be_required(cli: CommandLine) -> None:
    python = _managed_python(cli.folder / "system")

    assert cli("install", "--require-virtualenv", "-p", python, "demo") == failed(
        """
        error[virtual-environment-required]: [DIR]/system/bin/python3 belongs to no virtual environment, and --require-virtualenv allows nothing else
        hint: Make an environment with: zephyr venv create (or activate one).
        """,
        code=3,
    )
    assert cli("install", "--require-virtualenv", "demo").code == 0


@pytest.mark.skipif(not HAS_GIT, reason="needs git")
def test_editable_repositories_are_checked_out_where_that_is_asked(cli: CommandLine) -> None:
    serve_backend(cli.index)
    repository = Repository(cli.folder / "repository")
    write_project(cli.folder / "repository", "local")
    repository.commit({})

    assert cli("install", "--src", "work", "-e", f"git+{repository.url}#egg=local").code == 0
    assert os.path.isfile(cli.folder / "work" / "local" / "pyproject.toml")
