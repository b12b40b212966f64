"""The Python that a project's environment gets, and the one that it must have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.creation import create_environment
from zephyr.environments.errors import (
    EnvironmentOfAnotherPython,
    InterpreterNotFound,
    PythonUnsupported,
)
from zephyr.environments.facts import query_interpreter
from zephyr.environments.project_python import (
    PythonDemand,
    ignored_pin,
    project_interpreter,
    refuse_other_python,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.fake_pythons import FakePythons
    from zephyr.environments.surroundings import Surroundings
    from zephyr.model.environment import Environment


@pytest.fixture
def add(pythons: FakePythons, tmp_path: Path) -> Callable[[str], str]:
    """Put a Python on PATH: ``add("3.12.1")``."""
    return lambda version: pythons.add(tmp_path / "bin" / f"python{version.rpartition('.')[0]}", version)


@pytest.fixture
def environment(add: Callable[[str], str], here: Surroundings, tmp_path: Path) -> Environment:
    """An environment with Python 3.11.4."""
    base = query_interpreter(add("3.11.4"), here.environ, here.store)

    return create_environment(str(tmp_path / "env"), base, store=here.store)


def demand(here: Surroundings, python: str | None = None, requires: str | None = None) -> PythonDemand:
    return PythonDemand(here.folder, python, requires)


def chosen(here: Surroundings, python: str | None = None, requires: str | None = None) -> str:
    return project_interpreter(demand(here, python, requires), here).version


def test_it_is_one_that_the_project_supports(add: Callable[[str], str], here: Surroundings) -> None:
    for version in ("3.10.2", "3.12.1", "3.11.4"):
        add(version)

    assert chosen(here) == "3.12.1"
    assert chosen(here, requires=">=3.10,<3.12") == "3.11.4"
    assert chosen(here, python="3.10", requires=">=3.10") == "3.10.2"


def test_a_pin_in_the_project_counts_wherever_the_command_runs(
    add: Callable[[str], str], here: Surroundings, tmp_path: Path
) -> None:
    for version in ("3.12.1", "3.11.4"):
        add(version)

    (Path(here.folder) / ".python-version").write_text("3.11\n")
    elsewhere = replace(here, folder=str(tmp_path))

    assert project_interpreter(demand(here), elsewhere).version == "3.11.4"
    assert project_interpreter(demand(here, "3.12"), elsewhere).version == "3.12.1"


def test_a_path_is_meant_from_where_the_command_runs(
    pythons: FakePythons, here: Surroundings, tmp_path: Path
) -> None:
    pythons.add(tmp_path / "tools" / "python", "3.12.1")
    elsewhere = replace(here, folder=str(tmp_path))

    assert project_interpreter(demand(here, "tools/python"), elsewhere).version == "3.12.1"


def test_of_an_environment_its_base_is_taken(
    pythons: FakePythons, add: Callable[[str], str], here: Surroundings, tmp_path: Path
) -> None:
    base = add("3.12.1")
    pythons.environment(tmp_path / "env", "3.12.1", base)
    facts = {"base_executable": base}
    pythons.add(tmp_path / "env" / "bin" / "python", "3.12.1", prefix=str(tmp_path / "env"), **facts)

    assert project_interpreter(demand(here, str(tmp_path / "env")), here).executable == base


@pytest.mark.parametrize("origin", ["option", "pin"])
def test_what_is_asked_for_and_not_supported_is_refused(
    add: Callable[[str], str], here: Surroundings, origin: str
) -> None:
    add("3.11.4")
    python = "3.11" if origin == "option" else None

    if origin == "pin":
        (Path(here.folder) / ".python-version").write_text("3.11\n")

    with pytest.raises(PythonUnsupported) as caught:
        chosen(here, python, ">=3.12")

    asked = "--python 3.11" if origin == "option" else f"{here.folder}/.python-version"
    assert caught.value.message == f"{asked} means Python 3.11.4, and the project requires >=3.12"


def test_none_that_is_supported_is_not_found(add: Callable[[str], str], here: Surroundings) -> None:
    add("3.11.4")

    with pytest.raises(InterpreterNotFound):
        chosen(here, requires=">=3.12")


@pytest.mark.parametrize(
    ("python", "requires"),
    [
        (None, None),
        ("3.11", ">=3.11"),
        ("3.11.4", None),
        (">=3.10", None),
        ("cpython3.11", None),
        ("python3.11", None),
        ("bin/python3.11", None),
        ("env", None),
        (None, ">=3.10,<3.12"),
    ],
)
def test_an_environment_with_the_python_asked_for_will_do(
    environment: Environment, here: Surroundings, tmp_path: Path, python: str | None, requires: str | None
) -> None:
    refuse_other_python(environment, demand(here, python, requires), replace(here, folder=str(tmp_path)))


@pytest.mark.parametrize(
    ("python", "requires", "reason", "wanted"),
    [
        ("3.12", None, "--python asks for 3.12", "3.12"),
        ("3.11.5", None, "--python asks for 3.11.5", "3.11.5"),
        ("3.11t", None, "--python asks for 3.11t", "3.11t"),
        ("pypy", None, "--python asks for pypy", "pypy"),
        ("bin/python3.12", None, "--python asks for bin/python3.12", "bin/python3.12"),
        (None, ">=3.12", "the project requires >=3.12", "'>=3.12'"),
        ("3.11", ">=3.12", "the project requires >=3.12", "'>=3.12'"),
    ],
)
def test_one_with_another_is_refused_with_the_next_step(
    environment: Environment,
    add: Callable[[str], str],
    here: Surroundings,
    tmp_path: Path,
    python: str | None,
    requires: str | None,
    reason: str,
    wanted: str,
) -> None:
    add("3.12.1")

    with pytest.raises(EnvironmentOfAnotherPython) as caught:
        refuse_other_python(environment, demand(here, python, requires), replace(here, folder=str(tmp_path)))

    assert caught.value.id == "environment-of-another-python"
    assert caught.value.message == f"The environment {environment.root} has Python 3.11.4, and {reason}"
    assert f"zephyr venv create --clear --python {wanted} {environment.root}" in (caught.value.hint or "")


def test_another_installation_of_the_same_version_is_another_python(
    environment: Environment, pythons: FakePythons, here: Surroundings, tmp_path: Path
) -> None:
    other = pythons.add(tmp_path / "other" / "bin" / "python3.11", "3.11.4")

    with pytest.raises(EnvironmentOfAnotherPython):
        refuse_other_python(environment, demand(here, other), here)


def test_a_pin_that_is_not_followed_is_told(environment: Environment, here: Surroundings) -> None:
    pin = Path(here.folder) / ".python-version"
    assert ignored_pin(environment, demand(here), here) is None

    pin.write_text("3.11\n")
    assert ignored_pin(environment, demand(here), here) is None

    pin.write_text("3.12\n")
    warning = ignored_pin(environment, demand(here), here) or ""
    assert warning.startswith(f"{environment.root} has Python 3.11.4, and {pin} asks for 3.12")
    assert ignored_pin(environment, demand(here, "3.11"), here) is None
