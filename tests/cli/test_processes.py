"""Commands as processes of their own: signals, pipes, and several at once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.command_line import said
from zephyr import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import CommandLine


def staged(cache: Path) -> list[str]:
    """What a command left in the cache's staging folders."""
    return [str(path) for path in cache.rglob("*") if "staging" in path.parts and path.is_file()]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_download_leaves_nothing(cli: CommandLine, number: int, code: int) -> None:
    cli.index.serve("other", "1.0")
    cli("install", "other")
    cli.index.serve("demo", "1.0", requires=["other"])
    cli.index.misbehave("*/demo-1.0-*.whl", stall=100, ranges="ignore")
    before = sorted(path for path in cli.folder.rglob("*"))

    child = cli.start("install", "-vvv", "demo")
    assert child.stderr is not None

    for line in child.stderr:
        if line.startswith("download: demo"):
            break

    child.send_signal(number)
    result = cli.finish(child)

    assert result.code == code
    assert result.err.endswith("error[interrupted]: Interrupted; nothing is left half done\n")
    assert cli.installed == {"other": "1.0"}
    assert sorted(path for path in cli.folder.rglob("*")) == before
    assert staged(cli.cache) == []


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_a_command_that_a_script_runs_in_the_background_can_be_ended(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.index.misbehave("*/demo-1.0-*.whl", stall=100, ranges="ignore")
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)

    try:
        child = cli.start("install", "-vvv", "demo")
    finally:
        signal.signal(signal.SIGINT, before)

    assert child.stderr is not None

    for line in child.stderr:
        if line.startswith("download: demo"):
            break

    child.send_signal(signal.SIGTERM)
    result = cli.finish(child)

    assert result.code == 143
    assert result.err.endswith("error[interrupted]: Interrupted; nothing is left half done\n")
    assert cli.installed == {}
    assert staged(cli.cache) == []


def test_two_commands_at_once_both_succeed(cli: CommandLine) -> None:
    for name in ("shared", "a", "b"):
        cli.index.serve(name, "1.0", requires=["shared"] if name != "shared" else [])

    children = [cli.start("install", name) for name in ("a", "b")]

    assert [cli.finish(child).code for child in children] == [0, 0]
    assert cli.installed == {"a": "1.0", "b": "1.0", "shared": "1.0"}
    assert cli.index.count("*/shared-1.0-*.whl") == 1
    assert cli("check").code == 0


def test_a_reader_that_goes_away_is_no_failure_worth_words(cli: CommandLine) -> None:
    for number in range(20):
        cli.index.serve(f"package-{number}", "1.0")

    cli("install", *(f"package-{number}" for number in range(20)))
    child = cli.start("list")
    assert child.stdout is not None
    child.stdout.close()
    child.stdout = None
    _, err = child.communicate(timeout=30)

    assert err == ""


def test_the_module_can_be_run(cli: CommandLine) -> None:
    assert cli.finish(cli.start("--version")) == said(out=f"zephyr {__version__}\n")


def test_what_lies_in_the_working_directory_is_never_imported(cli: CommandLine) -> None:
    for name in ("typer", "json", "packaging", "httpx"):
        cli.write(f"{name}.py", "raise SystemExit('imported')\n")

    result = subprocess.run(
        [sys.executable, "-m", "zephyr", "list"], cwd=cli.folder, capture_output=True, text=True, check=False
    )

    assert "imported" not in result.stdout + result.stderr


def test_a_full_disk_is_named_and_leaves_nothing(cli: CommandLine) -> None:
    cli.index.serve("big", "1.0", files={"big/__init__.py": os.urandom(400_000).hex()})
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    runner = f"{limit}; from zephyr.cli.app import run; sys.exit(run(sys.argv[1:]))"
    result = subprocess.run(
        [sys.executable, "-c", runner, "install", "big"],
        cwd=cli.folder,
        env=cli.child_environ(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert re.match(r"error\[disk-full\]: There is no room for .*big-1.0-.*: File too large\n", result.stderr)
    assert cli.installed == {}
    assert staged(cli.cache) == []
