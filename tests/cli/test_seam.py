"""Whole commands under strace: nothing but `zephyr.install.filesystem` changes an environment."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.strace import counted_inside, seen_by_strace, traced
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

PROBE = re.compile(r".*/\.zephyr/transaction-\d+/\.[0-9a-f]{24}")
"""A file with which the cache finds out, once for two file systems, how files get from one to the other."""

PROGRAM = """
import sys
from zephyr.cli.app import run
from zephyr.install.filesystem import FileSystem

steps = open(sys.argv[1], "w")
FileSystem.__init__.__defaults__ = (lambda operation, path: print(operation, path, file=steps, flush=True),)
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_every_change_that_strace_sees_was_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZEPHYR_CACHE_DIR", str(tmp_path / "cache"))
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    environment = str(tmp_path / "environment")

    for wheel in (
        build_wheel(
            "one", "1.0", files={"one/a.py": "1", "ns/one.py": ""}, console_scripts=["one = one:main"]
        ),
        build_wheel("one", "2.0", files={"one/b.py": "2", "one-2.0.data/data/share/one": "2"}),
        build_wheel("two", "1.0", files={"two.py": "", "ns/two.py": ""}, requires=["one"]),
    ):
        wheel.write(wheels)

    sources = ["--python", environment, "--no-index", "--find-links", str(wheels)]
    total = 0
    traced(PROGRAM, [str(tmp_path / "steps"), "venv", "create", environment], tmp_path / "strace")

    for arguments in (
        ["install", *sources, "one==1.0"],
        ["install", *sources, "--upgrade", "two"],
        ["install", *sources, "two"],
        ["install", *sources, "--reinstall", "--compile-bytecode", "two"],
        ["check", "--python", environment],
        ["uninstall", "--yes", "--python", environment, "one", "two"],
    ):
        log = traced(PROGRAM, [str(tmp_path / "steps"), *arguments], tmp_path / "strace")
        counted = counted_inside((tmp_path / "steps").read_text())
        seen = seen_by_strace(log, environment)
        assert {step: times for step, times in seen.items() if not PROBE.fullmatch(step[1])} == counted, (
            arguments
        )
        total += counted.total()

    assert total > 80
