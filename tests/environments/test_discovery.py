"""The interpreter that is meant is found, where people look for it first."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet

from zephyr.environments import windows
from zephyr.environments.discovery import find_interpreter
from zephyr.environments.errors import (
    InterpreterBroken,
    InterpreterNotFound,
    InvalidPythonRequest,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.fake_pythons import FakePythons
    from zephyr.environments.surroundings import Surroundings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The one folder on PATH."""
    return tmp_path / "bin"


def found(request: str | None, here: Surroundings, requires: str | None = None) -> str:
    specifier = SpecifierSet(requires) if requires is not None else None

    return find_interpreter(request, here, requires_python=specifier).executable


def test_a_version_is_found_whatever_its_name(path: Path, pythons: FakePythons, here: Surroundings) -> None:
    newer = pythons.add(path / "python3", "3.12.1")
    older = pythons.add(path / "python3.9", "3.9.2")

    assert found("3.12", here) == found("3.12.1", here) == found(">=3.11,<3.13", here) == newer
    assert found("3.9", here) == found("<3.10", here) == found("cpython3.9", here) == older


def test_earlier_folders_of_path_come_first(path: Path, pythons: FakePythons, here: Surroundings) -> None:
    first = pythons.add(path.parent / "first" / "python3", "3.12.1")
    pythons.add(path / "python3", "3.12.9")
    both = replace(here, environ={**here.environ, "PATH": f"{os.path.dirname(first)}:{path}"})

    assert found("3.12", both) == first


def test_names_that_speak_of_another_version_are_not_run(
    path: Path, here: Surroundings, pythons: FakePythons, script: Callable[[Path, str], str]
) -> None:
    script(path / "python3.10", f": > {path}/ran")
    script(path / "python2", f": > {path}/ran")
    wanted = pythons.add(path / "python3.12", "3.12.1")

    assert found("3.12", here) == wanted
    assert not (path / "ran").exists()


def test_broken_ones_are_passed_over_and_told_in_the_end(
    path: Path, pythons: FakePythons, here: Surroundings, script: Callable[[Path, str], str]
) -> None:
    broken = script(path / "python3", "exit 7")
    wanted = pythons.add(path / "python3.12", "3.12.1")

    assert found("3.12", here) == wanted

    with pytest.raises(InterpreterNotFound, match=r"3\.13") as caught:
        found("3.13", here)

    assert any(broken in line and "status 7" in line for line in caught.value.details)


def test_a_name_is_looked_up_on_path(path: Path, pythons: FakePythons, here: Surroundings) -> None:
    mine = pythons.add(path / "my-python", "3.12.1")

    assert found("my-python", here) == mine

    with pytest.raises(InterpreterNotFound, match="no 'other' on PATH"):
        found("other", here)


def test_a_name_that_is_not_on_path_stands_for_its_version(
    path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    wanted = pythons.add(path / "python3", "3.11.4")

    assert found("python3.11", here) == wanted


def test_what_was_named_exactly_is_the_error_when_broken(
    path: Path, here: Surroundings, script: Callable[[Path, str], str]
) -> None:
    broken = script(path / "python3.12", "exit 7")

    for request in ("python3.12", broken):
        with pytest.raises(InterpreterBroken, match="status 7"):
            found(request, here)


def test_a_path_may_be_an_interpreter_or_its_folder(
    tmp_path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    wanted = pythons.add(tmp_path / "opt" / "bin" / "python3", "3.12.1")

    assert found(wanted, here) == found(str(tmp_path / "opt"), here) == found("../../opt", here) == wanted

    with pytest.raises(InterpreterNotFound, match="holds no Python interpreter"):
        found(str(tmp_path), here)


def test_an_environment_named_by_path_is_not_its_base(
    tmp_path: Path, path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    base = pythons.add(path / "python3.12", "3.12.1")
    inside = pythons.environment(tmp_path / "env", "3.12.1", base)
    active = replace(here, environ={**here.environ, "PATH": f"{tmp_path}/env/bin:{path}"})

    assert found(str(tmp_path / "env"), active) == found("python3", active).removesuffix("3") == inside
    assert found("3.12", active) == found(None, active) == base


def test_without_a_request_the_first_python3_counts(
    path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    usual = pythons.add(path / "python3", "3.11.4")
    pythons.add(path / "python3.13", "3.13.0")

    assert found(None, here) == usual


def test_without_a_request_the_requirements_decide(
    path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    pythons.add(path / "python3", "3.11.4")
    second = pythons.add(path.parent / "more" / "python3", "3.12.0")
    newest = pythons.add(path / "python3.13", "3.13.0")
    both = replace(here, environ={**here.environ, "PATH": f"{path}:{os.path.dirname(second)}"})

    assert found(None, both, ">=3.12") == second
    assert found(None, both, ">=3.13") == newest

    with pytest.raises(InterpreterNotFound, match=r"a Python >=3\.14"):
        found(None, both, ">=3.14")


def test_a_version_file_here_or_above_decides(path: Path, pythons: FakePythons, here: Surroundings) -> None:
    pythons.add(path / "python3", "3.11.4")
    pinned = pythons.add(path / "python3.9", "3.9.2")
    (Path(here.folder).parent / ".python-version").write_text("3.9\n")

    assert found(None, here) == pinned
    assert found("3.11", here) == str(path / "python3")

    (Path(here.folder) / ".python-version").write_text("system\n")
    assert found(None, here) == str(path / "python3")


def test_a_version_file_beyond_home_does_not(path: Path, pythons: FakePythons, here: Surroundings) -> None:
    usual = pythons.add(path / "python3", "3.11.4")
    (Path(here.environ["HOME"]).parent / ".python-version").write_text("3.9\n")

    assert found(None, here) == usual


def test_a_version_file_that_asks_for_nothing_there_is_named(here: Surroundings) -> None:
    file = Path(here.folder) / ".python-version"
    file.write_text("3.9\n")

    with pytest.raises(InterpreterNotFound, match=r"3\.9.*\.python-version"):
        found(None, here)

    file.write_text("***\n")

    with pytest.raises(InvalidPythonRequest, match=r"\.python-version"):
        found(None, here)


def test_versions_of_pyenv_are_found_and_its_idle_shims_not_run(
    path: Path, pythons: FakePythons, here: Surroundings, script: Callable[[Path, str], str]
) -> None:
    root = Path(here.environ["HOME"]) / ".pyenv"
    wanted = pythons.add(root / "versions" / "3.12.1" / "bin" / "python", "3.12.1")
    script(root / "shims" / "python3.12", f": > {path}/ran; exit 127")
    script(root / "shims" / "python3.8", f": > {path}/ran; exit 127")
    shims = replace(here, environ={**here.environ, "PATH": str(root / "shims")})

    assert found("3.12", shims) == found("python3.12", shims) == wanted

    with pytest.raises(InterpreterNotFound):
        found(">=3.13", shims)

    assert not (path / "ran").exists()


def test_a_version_file_may_name_a_version_of_pyenv(pythons: FakePythons, here: Surroundings) -> None:
    root = Path(here.environ["HOME"]) / ".pyenv"
    wanted = pythons.add(root / "versions" / "my-env" / "bin" / "python", "3.12.1")
    (Path(here.folder) / ".python-version").write_text("my-env\n")

    assert found(None, here) == wanted


def test_prereleases_are_taken_when_there_is_nothing_else(
    path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    early = pythons.add(path / "python3", "3.15.0b1")
    assert found(None, here) == found("3.15", here) == found(">=3.11", here) == early

    final = pythons.add(path / "python3.14", "3.14.0")
    assert found(None, here) == found(">=3.11", here) == final
    assert found("3.15", here) == early


def test_free_threaded_builds_are_for_those_who_ask(
    path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    threaded = pythons.add(path / "python3", "3.14.0", free_threaded=True)
    usual = pythons.add(path / "python3.14", "3.14.0")

    assert found("3.14", here) == usual
    assert found("3.14t", here) == threaded


def test_other_implementations_are_found_by_name(
    path: Path, pythons: FakePythons, here: Surroundings
) -> None:
    pythons.add(path / "python3", "3.10.1")
    pypy = pythons.add(
        path / "pypy3.10",
        "3.10.14",
        implementation="pypy",
        extension_suffix=".pypy310-pp73-x86_64-linux-gnu.so",
    )

    assert found("pypy", here) == found("pypy@3.10", here) == pypy


def test_what_is_registered_is_found_too(
    tmp_path: Path, pythons: FakePythons, here: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered = pythons.add(tmp_path / "Program Files" / "python", "3.12.1")
    monkeypatch.setattr(windows, "registered_executables", lambda: [registered])

    assert found("3.12", here) == registered
