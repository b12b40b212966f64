"""Everything that people write after --python."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zephyr.environments.errors import InvalidPythonRequest
from zephyr.environments.request import (
    NameRequest,
    PathRequest,
    VersionRequest,
    parse_request,
    version_in_name,
)

if TYPE_CHECKING:
    from pathlib import Path

    from zephyr.model.interpreter import Interpreter


@pytest.mark.parametrize(
    ("text", "specifier", "implementation", "free_threaded"),
    [
        ("3", "==3.*", None, False),
        ("3.12", "==3.12.*", None, False),
        ("3.12.1", "==3.12.1", None, False),
        ("3.15.0a1", "==3.15.0a1", None, False),
        ("3.14t", "==3.14.*", None, True),
        ("3.14+freethreaded", "==3.14.*", None, True),
        ("312", "==3.12.*", None, False),
        ("cp312", "==3.12.*", "cpython", False),
        ("cpython3.12", "==3.12.*", "cpython", False),
        ("cpython@3.12.1", "==3.12.1", "cpython", False),
        ("pypy-3.10", "==3.10.*", "pypy", False),
        ("pypy", "", "pypy", False),
        (">=3.11,<3.13", "<3.13,>=3.11", None, None),
        (" ~=3.11 ", "~=3.11", None, None),
    ],
)
def test_versions(text: str, specifier: str, implementation: str | None, free_threaded: bool | None) -> None:
    request = parse_request(text, "/")

    assert isinstance(request, VersionRequest)
    assert str(request.specifier or "") == specifier
    assert (request.implementation, request.free_threaded) == (implementation, free_threaded)


def test_names_are_looked_up_and_may_speak_of_a_version() -> None:
    named = parse_request("python3.11", "/")
    other = parse_request("my-python", "/")

    assert isinstance(named, NameRequest)
    assert named.otherwise is not None
    assert str(named.otherwise.specifier) == "==3.11.*"
    assert other == NameRequest("my-python")


@pytest.mark.parametrize("text", ["./env", "env/bin/python", "/usr/bin/python3", ".", ".."])
def test_whatever_looks_like_a_path_is_one(tmp_path: Path, text: str) -> None:
    request = parse_request(text, str(tmp_path))

    assert isinstance(request, PathRequest)
    assert request.path.startswith("/")
    assert ".." not in request.path


def test_a_folder_here_is_a_path_without_a_slash(tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()

    assert parse_request("env", str(tmp_path)) == PathRequest(str(tmp_path / "env"))


def test_a_tilde_is_the_home_folder(clean_environment: Path) -> None:
    assert parse_request("~/env", "/") == PathRequest(str(clean_environment / "env"))


@pytest.mark.parametrize("text", ["", "  ", ">=x", "==", "-p", "a b", "3.12.1.4", "3.x", "$(x)"])
def test_anything_else_is_refused_with_its_origin(text: str) -> None:
    with pytest.raises(InvalidPythonRequest, match=r"\.python-version"):
        parse_request(text, "/", origin=".python-version")


def test_a_range_takes_any_build_and_a_number_the_usual_one(base: Interpreter) -> None:
    threaded = replace(base, version="3.14.0", free_threaded=True)
    usual = replace(base, version="3.14.0")
    admitted = {
        text: [request.admits(each) for each in (usual, threaded)]
        for text in ("3.14", "3.14t", ">=3.14")
        if isinstance(request := parse_request(text, "/"), VersionRequest)
    }

    assert admitted == {"3.14": [True, False], "3.14t": [False, True], ">=3.14": [True, True]}


@pytest.mark.parametrize("text", ["3.15", ">=3.14", "3", "cpython"])
def test_prereleases_are_for_those_who_have_nothing_else(base: Interpreter, text: str) -> None:
    request = parse_request(text, "/")
    early = replace(base, version="3.15.0b2")

    assert isinstance(request, VersionRequest)
    assert not request.admits(early)
    assert request.admits(early, prereleases=True)


def test_a_prerelease_named_exactly_is_admitted(base: Interpreter) -> None:
    request = parse_request("3.15.0b2", "/")

    assert isinstance(request, VersionRequest)
    assert request.admits(replace(base, version="3.15.0b2"))


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("python", ""),
        ("python3", "3"),
        ("python3.11", "3.11"),
        ("python3.13t", "3.13"),
        ("pypy3.10", "3.10"),
        ("python.exe", ""),
        ("python3-config", None),
        ("python3.11.bak", None),
        ("pythonw", None),
    ],
)
def test_names_of_interpreters_are_told_from_others(name: str, version: str | None) -> None:
    assert version_in_name(name) == version
