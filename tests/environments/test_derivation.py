"""What follows from an interpreter's answer, and from one interpreter for its relatives."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.environments.conftest import INSTALLATIONS, ask_once
from zephyr.environments.answer import interpreter_from_answer
from zephyr.environments.derivation import (
    base_of,
    for_python_version,
    in_environment,
)
from zephyr.environments.errors import InterpreterBroken, InvalidPythonRequest
from zephyr.environments.facts import ask

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.model.interpreter import Interpreter


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    """What the probe says of the installation that runs the tests."""
    return ask(INSTALLATIONS[0], {"PATH": os.defpath})


def test_another_version_on_this_platform_is_like_the_real_one(base: Interpreter) -> None:
    for path in INSTALLATIONS:
        real = ask_once(path)
        derived = for_python_version(base, real.version)

        assert derived.tags == real.tags
        assert derived.markers == real.markers
        assert (derived.version, derived.cache_tag) == (real.version, real.cache_tag)


def test_without_a_patch_the_first_is_meant(base: Interpreter) -> None:
    derived = for_python_version(base, "3.9")

    assert derived.version == derived.markers["python_full_version"] == "3.9.0"
    assert derived.markers["python_version"] == "3.9"


@pytest.mark.parametrize("version", ["", "3", "2.7", "four", ">=3.8", "3.9.1.2", "3.12\n"])
def test_what_is_no_version_is_refused(base: Interpreter, version: str) -> None:
    with pytest.raises(InvalidPythonRequest):
        for_python_version(base, version)


def test_free_threading_and_debugging_are_kept_where_they_exist(answer: dict[str, Any]) -> None:
    threaded = interpreter_from_answer({**answer, "free_threaded": True, "debug": 1})

    assert for_python_version(threaded, "3.14").tags[0].split("-")[:2] == ["cp314", "cp314td"]
    assert for_python_version(threaded, "3.12").tags[0].split("-")[:2] == ["cp312", "cp312d"]


def test_a_pypy_stays_a_pypy(answer: dict[str, Any]) -> None:
    markers = {
        **answer["markers"],
        "implementation_name": "pypy",
        "python_version": "3.9",
        "python_full_version": "3.9.18",
    }
    pypy = interpreter_from_answer(
        {**answer, "markers": markers, "extension_suffix": ".pypy39-pp73-x86_64-linux-gnu.so"}
    )

    assert pypy.tags[0].startswith("pp39-pypy39_pp73-")
    assert for_python_version(pypy, "3.10").tags[0].startswith("pp310-pypy310_pp73-")


@pytest.mark.parametrize("missing", ["markers", "paths", "prefix", "platform", "magic", "free_threaded"])
def test_an_answer_that_lacks_something_is_broken(answer: dict[str, Any], missing: str) -> None:
    with pytest.raises(InterpreterBroken, match="incomplete"):
        interpreter_from_answer({key: value for key, value in answer.items() if key != missing})


def test_a_version_built_from_a_checkout_loses_its_plus(answer: dict[str, Any]) -> None:
    markers = {**answer["markers"], "python_full_version": "3.15.0a1+"}

    assert interpreter_from_answer({**answer, "markers": markers}).version == "3.15.0a1"


def test_a_free_threaded_environment_has_its_own_library(base: Interpreter) -> None:
    threaded = replace(base, free_threaded=True, version="3.13.1")
    environment = in_environment(threaded, "/srv/env", "/opt/python/bin/python3.13t")

    assert environment.scheme.purelib == "/srv/env/lib/python3.13t/site-packages"
    assert environment.scheme.headers == "/srv/env/include/site/python3.13"


def test_a_python_with_lib64_keeps_it_in_environments(base: Interpreter) -> None:
    scheme = replace(base.scheme, platlib="/usr/local/lib64/python3.12/site-packages")
    environment = in_environment(
        replace(base, scheme=scheme, version="3.12.1"), "/srv/env", "/usr/bin/python3.12"
    )

    assert environment.scheme.platlib == "/srv/env/lib64/python3.12/site-packages"
    assert environment.scheme.purelib == "/srv/env/lib/python3.12/site-packages"


def test_a_managed_base_makes_free_environments(base: Interpreter) -> None:
    managed = replace(base, externally_managed="Hands off")

    assert in_environment(managed, "/srv/env", managed.executable).externally_managed is None


def installation(tmp_path: Path, base: Interpreter) -> Interpreter:
    """An installation of Python 3.12 in a folder: names only, nothing to run."""
    folder = tmp_path / "python-3.12.1" / "bin"
    folder.mkdir(parents=True)
    (folder / "python3.12").touch()
    (folder / "python3").symlink_to("python3.12")

    return replace(
        base,
        version="3.12.1",
        base_prefix=str(tmp_path / "python-3.12.1"),
        base_executable=str(folder / "python3"),
    )


def test_environments_lean_on_the_exact_name_in_the_installation(tmp_path: Path, base: Interpreter) -> None:
    found = installation(tmp_path, base)

    assert base_of(found) == f"{found.base_prefix}/bin/python3.12"


def test_links_into_the_installation_are_followed_just_far_enough(tmp_path: Path, base: Interpreter) -> None:
    found = installation(tmp_path, base)
    (tmp_path / "latest").symlink_to("python-3.12.1")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "python").symlink_to("../latest/bin/python3")
    latest = str(tmp_path / "latest")

    for base_prefix, executable in ((latest, f"{latest}/bin/python3.12"), (found.base_prefix, None)):
        linked = replace(found, base_prefix=base_prefix, base_executable=str(tmp_path / "tools" / "python"))

        assert base_of(linked) == (executable or f"{found.base_prefix}/bin/python3.12")


def test_links_in_a_circle_come_to_an_end(tmp_path: Path, base: Interpreter) -> None:
    (tmp_path / "python").symlink_to("python3")
    (tmp_path / "python3").symlink_to("python")

    assert base_of(replace(base, base_executable=str(tmp_path / "python"))).startswith(str(tmp_path))
