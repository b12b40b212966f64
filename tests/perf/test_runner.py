from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import zephyr_perf

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets orphans be adopted")

RUNNER = Path(zephyr_perf.__file__).parent / "runner.py"

ORPHAN = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): pass"
LEAVES_ONE = f"""
import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", {ORPHAN!r}, str(os.getpid())])
"""


def run(folder: Path, program: str, limit: float = 50, interval: float = 0) -> dict[str, Any]:
    """Run a Python program below the runner; return what was measured."""
    order: dict[str, object] = {
        "argv": [sys.executable, "-c", program],
        "cwd": str(folder),
        "env": {},
        "log": str(folder / "log"),
        "limit": limit,
        "interval": interval,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(RUNNER)],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=True,
    )
    measured: dict[str, Any] = json.loads(done.stdout)

    return measured


def test_a_command_is_measured_and_its_output_kept(tmp_path: Path) -> None:
    measured = run(tmp_path, "print('hello'); raise SystemExit(3)")

    assert measured["code"] == 3
    assert (tmp_path / "log").read_text() == "hello\n"
    assert measured["cpu"] > 0
    assert 0 < measured["wall"] <= measured["settled"]
    assert (measured["left"], measured["peak"]) == (0, None)


def test_what_outlives_the_command_is_waited_for_and_counted(tmp_path: Path) -> None:
    measured = run(tmp_path, LEAVES_ONE)

    assert (measured["code"], measured["left"]) == (0, 1)
    assert measured["settled"] > measured["wall"]


def test_memory_is_seen(tmp_path: Path) -> None:
    measured = run(tmp_path, "kept = bytearray(60_000_000)", interval=0.001)

    assert measured["peak"] > 60_000_000


def test_what_takes_too_long_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    waits = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import signal; signal.pause()'])"

    assert run(tmp_path, waits, limit=0.5)["code"] is None
