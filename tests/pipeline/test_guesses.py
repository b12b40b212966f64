"""Wheels are fetched on a guess: a guess may cost bytes, never time or correctness."""

from __future__ import annotations

import shutil
import threading
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import build_wheel, core_metadata

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine
    from tests.support.faults import Fault
    from tests.support.http_server import Reply, Request


@pytest.fixture
def wrong_guess(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A world in which x 2.0 is decided on and taken back, but not before its wheel was asked for."""
    cli.index.serve("x", "2.0", requires=["z<2"])
    cli.index.serve("x", "1.0")

    for version in ("1.0", "1.1", "1.2"):
        cli.index.serve("y", version, requires=["w"])

    cli.index.serve("w", "1.0", requires=["z>=2"])
    cli.index.serve("z", "1.0")
    cli.index.serve("z", "2.0")
    asked_for = threading.Event()
    answer = cli.index._answer  # pyright: ignore[reportPrivateUsage]

    def later(request: Request) -> Reply:
        if fnmatch(request.path, "*/x-2.0-*.whl"):
            asked_for.set()
        elif request.path == "/simple/w/":
            asked_for.wait(timeout=5)

        return answer(request)

    monkeypatch.setattr(cli.index, "_answer", later)

    return cli


def test_a_guess_that_is_taken_back_is_given_up(wrong_guess: CommandLine) -> None:
    wrong_guess.index.misbehave("*/x-2.0-*.whl", stall=10, ranges="ignore")

    assert wrong_guess("install", "x", "y").code == 0
    assert wrong_guess.installed == {"x": "1.0", "y": "1.2", "w": "1.0", "z": "2.0"}
    assert wrong_guess.index.count("*/x-2.0-*.whl") == 1


@pytest.mark.parametrize("fault", [{"lie_about_hash": True}, {"status": 404}, {"body": b"no wheel"}])
def test_a_guess_that_fails_does_no_harm(wrong_guess: CommandLine, fault: Fault) -> None:
    wrong_guess.index.misbehave("*/x-2.0-*.whl", **fault)
    result = wrong_guess("install", "x", "y")

    assert (result.code, "x-2.0" in result.err) == (0, False)
    assert wrong_guess.index.count("*/x-2.0-*.whl") >= 1


def test_metadata_that_lies_is_refused_however_the_wheel_came(cli: CommandLine) -> None:
    wheel = build_wheel("demo", "1.0")
    cli.index.add_file(wheel)
    cli("install", "demo")
    cli.make_environment("other")
    cli.index.add_file(wheel, sibling=core_metadata("demo", "1.0", ["more"]))
    cli.index.serve("more", "1.0")
    (known,) = cli.cache.glob("metadata-*")
    shutil.rmtree(known)
    result = cli("install", "--refresh", "-p", "other", "demo")

    assert result.code == 1
    assert result.err.startswith("error[metadata-mismatch]: demo-1.0-py3-none-any.whl: ")
    assert cli("list", "-p", "other").out == ""


def test_metadata_that_is_only_written_differently_is_no_lie(cli: CommandLine) -> None:
    sibling = "Metadata-Version: 2.1\nName: DEMO\nVersion: 1.0.0\nRequires-Dist: More >= 1\n"
    cli.index.serve("demo", "1.0", requires=["more>=1"], sibling=sibling)
    cli.index.serve("more", "1.0")

    assert cli("install", "demo").code == 0
