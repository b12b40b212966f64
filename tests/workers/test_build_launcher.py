"""The launcher of builds on its own: who holds its input holds its life."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from zephyr_workers import build_launcher

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the launcher is for POSIX")

WAIT = "import os, signal; os.write(1, b'up'); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"


def launch(folder: Path, code: str, **changes: Any) -> subprocess.Popen[bytes]:
    request = {
        "command": [sys.executable, "-c", code],
        "folder": str(folder),
        "writable": None,
        "grace": 5.0,
        "file_size": None,
        "memory": None,
        **changes,
    }

    return subprocess.Popen(
        [sys.executable, "-I", "-S", build_launcher.__file__, json.dumps(request)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.parametrize(
    ("code", "grace", "ended"),
    [(WAIT, 5.0, -signal.SIGTERM), (STUBBORN, 0.1, -signal.SIGKILL)],
    ids=["polite", "stubborn"],
)
def test_when_its_owner_is_gone_the_command_ends(tmp_path: Path, code: str, grace: float, ended: int) -> None:
    with launch(tmp_path, code, grace=grace) as launcher:
        assert launcher.stdin is not None
        assert launcher.stdout is not None
        assert launcher.stdout.read(2) == b"up"
        launcher.stdin.close()

        assert launcher.wait(10) == ended


@pytest.mark.parametrize(
    ("code", "ended"),
    [("pass", 0), ("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 11)", -11)],
)
def test_it_ends_as_its_command_did(tmp_path: Path, code: str, ended: int) -> None:
    with launch(tmp_path, code) as launcher:
        assert launcher.wait(10) == ended


def test_the_command_runs_in_its_folder_without_input(tmp_path: Path) -> None:
    with launch(tmp_path, "import os, sys; print(os.getcwd(), repr(sys.stdin.read()))") as launcher:
        assert launcher.stdout is not None
        assert launcher.stdout.read().decode().split() == [str(tmp_path.resolve()), "''"]


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    with launch(tmp_path, "", command=[str(tmp_path / "absent")]) as launcher:
        assert launcher.stdout is not None
        assert b"absent cannot be run" in launcher.stdout.read()
        assert launcher.wait(10) == 127


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to a subreaper")
def test_a_process_that_leaves_its_session_and_parent_is_ended(tmp_path: Path) -> None:
    code = """
import os, subprocess, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        os.execv(sys.executable, [sys.executable, "-c", "import signal; signal.pause()"])
    os._exit(0)
os.wait()
"""

    with launch(tmp_path, code) as launcher:
        assert launcher.stdout is not None
        process = int(launcher.stdout.read())

        assert launcher.wait(10) == 0

        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
