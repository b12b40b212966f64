"""``--timings`` as it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

LOADED = "import sys; from zephyr.cli.app import run; run(sys.argv[1:]); print(*sys.modules)"


def test_an_install_tells_where_its_time_went(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    told = cli("install", "--timings", "demo", raw=True)

    assert cli.installed == {"demo": "1.0"}
    assert told.err.startswith("Timings of zephyr install: ")
    assert "\nCritical path\n" in told.err
    assert {"start", "look", "resolve", "listing", "metadata", "download", "unpack"} <= first_words(told.err)


def test_a_lock_and_a_sync_tell_it_too(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli.write("pyproject.toml", '[project]\nname = "mine"\nversion = "1"\ndependencies = ["demo"]\n')
    locked = cli("lock", "--timings", raw=True)
    synced = cli("sync", "--timings", "--no-install-project", raw=True)

    assert locked.err.startswith("Timings of zephyr lock: ")
    assert {"resolve", "listing", "compose"} <= first_words(locked.err)
    assert synced.err.startswith("Timings of zephyr sync: ")
    assert {"look", "download", "unpack"} <= first_words(synced.err)


def test_the_ending_of_a_file_says_what_it_becomes(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "--timings=times.html", "demo")
    cli("install", "--timings=times.json", "--reinstall", "demo")

    assert (cli.folder / "times.html").read_text().startswith("<!DOCTYPE html>")
    assert json.loads((cli.folder / "times.json").read_text())["traceEvents"]


@pytest.mark.parametrize("file", ["times.txt", "demo", "missing/times.html"])
def test_a_file_that_cannot_be_made_is_refused_before_anything_is_done(cli: CommandLine, file: str) -> None:
    cli.index.serve("demo", "1.0")
    told = cli("install", f"--timings={file}", "demo")

    assert told.code == 2
    assert "error[timings-file]" in told.err
    assert cli.installed == {}


def test_a_command_that_fails_tells_it_as_well(cli: CommandLine) -> None:
    told = cli("install", "--timings", "missing", raw=True)

    assert told.code == 1
    assert "listing" in first_words(told.err)


def test_a_run_that_is_timed_is_never_answered_from_memory(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    cli("install", "demo")

    for _ in range(2):
        told = cli.finish(cli.start("install", "--timings=times.json", "demo"))
        assert told.code == 0
        (cli.folder / "times.json").unlink()


def test_nothing_of_it_is_loaded_where_it_is_not_asked_for(cli: CommandLine) -> None:
    cli.index.serve("demo", "1.0")
    run = [sys.executable, "-c", LOADED, "install", "-q", "demo"]
    loaded = subprocess.run(run, env=cli.child_environ(), capture_output=True, text=True, check=True).stdout

    assert "zephyr.pipeline.install" in loaded.split()
    assert not [name for name in loaded.split() if name.startswith("zephyr.cli.timings")]


def first_words(text: str) -> set[str]:
    return {line.split()[0] for line in text.splitlines() if line.split()}
