"""The environment that a command means, and what it must not change."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zephyr.environments import active, opening
from zephyr.environments.creation import create_environment
from zephyr.environments.errors import (
    EnvironmentBroken,
    ExternallyManaged,
    InterpreterNotFound,
    NoEnvironment,
)
from zephyr.environments.selection import Choice, ConflictingDestinations, select_environment

if TYPE_CHECKING:
    from tests.support.fake_pythons import FakePythons
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.interpreter import Interpreter


@pytest.fixture
def project(here: Surroundings) -> Path:
    return Path(here.folder)


def root_of(choice: Choice, here: Surroundings) -> str:
    return select_environment(choice, here).root


def make(path: Path, base: Interpreter, here: Surroundings) -> str:
    return create_environment(str(path), base, store=here.store).root


def test_outside_of_any_environment_the_next_step_is_told(here: Surroundings) -> None:
    with pytest.raises(NoEnvironment) as caught:
        select_environment(Choice(), here)

    assert caught.value.id == "no-environment"
    assert "zephyr venv create" in (caught.value.hint or "")
    assert here.folder in caught.value.message


def test_the_order_is_option_then_active_then_here(
    base: Interpreter, here: Surroundings, tmp_path: Path
) -> None:
    named = make(tmp_path / "named", base, here)
    active = make(tmp_path / "active", base, here)
    conda = make(tmp_path / "conda", base, here)
    local = make(Path(here.folder) / ".venv", base, here)
    with_conda = replace(here, environ={**here.environ, "CONDA_PREFIX": conda})
    with_both = replace(here, environ={**with_conda.environ, "VIRTUAL_ENV": active})

    assert root_of(Choice(python=named), with_both) == named
    assert root_of(Choice(), with_both) == active
    assert root_of(Choice(), with_conda) == conda
    assert root_of(Choice(), here) == local


def test_an_environment_is_meant_by_its_folder_or_its_interpreter(
    base: Interpreter, here: Surroundings, project: Path
) -> None:
    root = make(project / "env", base, here)

    for python in ("env", "./env", "env/bin/python", f"{root}/bin/python3"):
        environment = select_environment(Choice(python=python), here)
        assert (environment.root, environment.kind) == (root, "virtual")
        assert environment.scheme.purelib.startswith(root)


def test_one_above_is_found_up_to_home(base: Interpreter, here: Surroundings, project: Path) -> None:
    above = make(project.parent / ".venv", base, here)
    deeper = project / "src" / "package"
    deeper.mkdir(parents=True)

    assert root_of(Choice(), replace(here, folder=str(deeper))) == above


def test_one_beyond_home_is_not(base: Interpreter, here: Surroundings, project: Path) -> None:
    make(project.parent.parent / ".venv", base, here)

    with pytest.raises(NoEnvironment):
        select_environment(Choice(), here)


def test_one_of_another_user_is_passed_over_and_told(
    base: Interpreter, here: Surroundings, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(project / ".venv", base, here)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)

    with pytest.raises(NoEnvironment) as caught:
        select_environment(Choice(), here)

    assert "another user" in caught.value.details[0]


def test_a_link_of_ours_to_a_folder_of_another_user_is_not_ours(
    base: Interpreter, here: Surroundings, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = make(tmp_path / "theirs", base, here)
    (project / ".venv").symlink_to(theirs)
    genuine = os.stat

    class Foreign:
        st_uid = 12345

    def stat(path: str, **options: bool) -> object:
        return Foreign() if path == str(project / ".venv") else genuine(path, **options)

    monkeypatch.setattr(os, "stat", stat)

    assert not active.is_owned(str(project / ".venv"))


def test_the_base_environment_of_conda_is_not_chosen(
    base: Interpreter, here: Surroundings, tmp_path: Path
) -> None:
    conda = make(tmp_path / "conda", base, here)
    environ = {**here.environ, "CONDA_PREFIX": conda, "CONDA_DEFAULT_ENV": "base"}

    with pytest.raises(NoEnvironment):
        select_environment(Choice(), replace(here, environ=environ))


def test_a_version_means_the_active_environment_if_it_is_of_it(
    base: Interpreter, here: Surroundings, project: Path, tmp_path: Path, pythons: FakePythons
) -> None:
    local = make(project / ".venv", base, here)
    other = pythons.add(tmp_path / "bin" / "python3.99", "3.99.1")

    assert root_of(Choice(python=base.minor), here) == local

    environment = select_environment(Choice(python="3.99"), here)
    assert environment.interpreter.executable == other
    assert environment.kind == "system"


def test_system_means_the_interpreter_on_path(
    base: Interpreter, here: Surroundings, project: Path, tmp_path: Path, pythons: FakePythons
) -> None:
    make(project / ".venv", base, here)
    usual = pythons.add(tmp_path / "bin" / "python3", "3.12.1")
    environment = select_environment(Choice(system=True), here)

    assert environment.interpreter.executable == usual
    assert environment.kind == "system"


def test_managed_interpreters_are_changed_by_the_insistent_only(
    here: Surroundings, tmp_path: Path, pythons: FakePythons
) -> None:
    library = tmp_path / "lib"
    library.mkdir()
    (library / "EXTERNALLY-MANAGED").write_text("[externally-managed]\nError=Use apt.\n Really.\n")
    paths = {**pythons.answer["paths"], "stdlib": str(library)}
    python = pythons.add(tmp_path / "bin" / "python3", "3.12.1", paths=paths)

    with pytest.raises(ExternallyManaged) as caught:
        select_environment(Choice(python=python), here)

    assert caught.value.details == ("Use apt.", "Really.")
    assert "--break-system-packages" in (caught.value.hint or "")
    assert root_of(Choice(python=python, break_system_packages=True), here) == "/opt/python-3.12.1"
    assert select_environment(Choice(python=python), here, changes=False).kind == "system"
    assert select_environment(Choice(python=python, target="lib"), here).kind == "target"


def test_a_target_is_a_folder_for_everything(
    here: Surroundings, tmp_path: Path, pythons: FakePythons
) -> None:
    pythons.add(tmp_path / "bin" / "python3", "3.12.1")
    environment = select_environment(Choice(target="vendor"), here)
    root = f"{here.folder}/vendor"

    assert (environment.kind, environment.root) == ("target", root)
    assert environment.scheme.purelib == environment.scheme.platlib == environment.scheme.data == root
    assert environment.scheme.scripts == f"{root}/bin"
    assert not os.path.exists(root)


@pytest.mark.parametrize(("option", "own"), [("prefix", "python3.12"), ("target", "python")])
def test_headers_go_where_pip_puts_them(
    here: Surroundings, pythons: FakePythons, tmp_path: Path, option: str, own: str
) -> None:
    python = pythons.add(tmp_path / "python", "3.12.1")
    virtual = pythons.environment(tmp_path / "virtual", "3.12.1", python)

    def headers(python: str) -> str:
        choice = Choice(prefix="/opt/app") if option == "prefix" else Choice(target="/opt/app")

        return select_environment(replace(choice, python=python), here).scheme.folder("headers", "demo")

    assert headers(python) == f"/opt/app/include/{own}/demo"
    assert headers(virtual) == "/opt/app/include/site/python3.12/demo"


def test_a_prefix_has_the_folders_of_an_installation(
    here: Surroundings, pythons: FakePythons, tmp_path: Path
) -> None:
    python = pythons.add(tmp_path / "python", "3.12.1")
    environment = select_environment(Choice(prefix="/opt/app", python=python), here)

    assert environment.kind == "prefix"
    assert environment.scheme.purelib == "/opt/app/lib/python3.12/site-packages"
    assert environment.scheme.folder("headers", "demo") == "/opt/app/include/python3.12/demo"
    assert environment.scheme.data == environment.root == "/opt/app"


def test_the_active_environment_lends_its_interpreter_to_a_target(
    base: Interpreter, here: Surroundings, project: Path
) -> None:
    root = make(project / ".venv", base, here)

    assert select_environment(Choice(target="x"), here).interpreter.prefix == root


@pytest.mark.parametrize(
    "choice",
    [
        Choice(system=True, target="/t"),
        Choice(prefix="/p", target="/t"),
        Choice(system=True, prefix="/p"),
        Choice(user=True, prefix="/p"),
        Choice(user=True, target="/t"),
        Choice(root="/r", target="/t"),
    ],
)
def test_options_that_exclude_each_other_are_refused(here: Surroundings, choice: Choice) -> None:
    with pytest.raises(ConflictingDestinations, match="Can not combine"):
        select_environment(choice, here)


def broken(here: Surroundings, choice: Choice | None = None) -> EnvironmentBroken:
    with pytest.raises(EnvironmentBroken) as caught:
        select_environment(choice or Choice(), here)

    return caught.value


def test_a_link_that_leads_nowhere_is_told(here: Surroundings, project: Path) -> None:
    (project / ".venv").symlink_to("gone")

    assert "a link that leads nowhere" in broken(here).message


def test_a_file_in_its_place_is_told(here: Surroundings, project: Path) -> None:
    (project / ".venv").write_text("name\n")

    assert "it is a file" in broken(here).message


def test_an_empty_folder_is_told(here: Surroundings, project: Path) -> None:
    (project / ".venv").mkdir()

    assert "neither pyvenv.cfg nor an interpreter" in broken(here).message


def test_a_python_that_is_gone_is_told_with_its_path(
    here: Surroundings, project: Path, base: Interpreter
) -> None:
    make(project / ".venv", base, here)
    (project / ".venv" / "bin" / "python").unlink()
    (project / ".venv" / "bin" / "python").symlink_to("/opt/python-3.7/bin/python3.7")
    error = broken(here)

    assert "/opt/python-3.7/bin/python3.7" in error.message
    assert f"zephyr venv create --clear {project}/.venv" in (error.hint or "")

    (project / ".venv" / "bin" / "python").unlink()
    assert "it was made from one in" in broken(here).message


def test_an_environment_that_lost_its_configuration_is_not_taken_for_its_base(
    here: Surroundings, project: Path, base: Interpreter
) -> None:
    make(project / ".venv", base, here)
    (project / ".venv" / "pyvenv.cfg").unlink()

    assert f"belongs to {base.prefix}" in broken(here).message


def test_an_interpreter_that_does_not_work_is_told(here: Surroundings, project: Path) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    python = project / ".venv" / "bin" / "python"
    python.write_text("#!/bin/sh\necho no library >&2; exit 127\n")
    python.chmod(0o755)
    error = broken(here)

    assert "does not work" in error.message
    assert error.details[-1] == "no library"


def test_the_variable_that_names_a_missing_folder_is_told(here: Surroundings) -> None:
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        error = broken(replace(here, environ={**here.environ, variable: "/gone"}))

        assert error.message == f"{variable} names /gone, but there is no such folder"
        assert f"unset {variable}" in (error.hint or "")


def test_a_path_that_is_not_there_is_not_found(here: Surroundings) -> None:
    with pytest.raises(InterpreterNotFound):
        select_environment(Choice(python="./absent"), here)


def test_an_environment_that_was_moved_is_where_it_is_now(
    here: Surroundings, project: Path, base: Interpreter
) -> None:
    make(project / "old", base, here)
    (project / "old").rename(project / ".venv")

    assert root_of(Choice(), here) == str(project / ".venv")


def test_an_environment_of_conda_is_an_environment(
    tmp_path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    (tmp_path / "conda" / "conda-meta").mkdir(parents=True)
    python = pythons.add(
        tmp_path / "conda" / "bin" / "python",
        "3.12.1",
        prefix=str(tmp_path / "conda"),
        base_prefix=str(tmp_path / "conda"),
    )
    found = select_environment(Choice(python=python), here)

    assert (found.kind, found.root) == ("virtual", str(tmp_path / "conda"))
    assert opening.environment_at(str(tmp_path / "conda"), here).root == found.root
