from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from zephyr.install.errors import EnvironmentLocked
from zephyr.install.filesystem import FileSystem
from zephyr.install.lock import LockVanished, exclusive

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
os.write(descriptor, b"process 4711: zephyr\\x1b install")
print("held", flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="flock")


def hold(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"

    return holder


def test_the_holder_is_named_while_the_lock_is_held(tmp_path: Path) -> None:
    with exclusive(str(tmp_path / "lock"), FileSystem(), timeout=1):
        assert f"process {os.getpid()}" in (tmp_path / "lock").read_text()


def test_waiting_ends_with_who_has_it(tmp_path: Path) -> None:
    told: list[str] = []

    with (
        hold(tmp_path / "lock") as holder,
        pytest.raises(EnvironmentLocked, match="process 4711: zephyr\\? install"),
        exclusive(str(tmp_path / "lock"), FileSystem(), timeout=0.12, waiting=told.append),
    ):
        pytest.fail("got the lock")

    assert told == ["process 4711: zephyr? install"]
    assert holder.returncode == 0


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    holder = hold(tmp_path / "lock")

    def kill(_holder: str) -> None:
        holder.kill()

    with exclusive(str(tmp_path / "lock"), FileSystem(), timeout=20, waiting=kill):
        pass

    holder.communicate()


def test_a_lock_that_was_taken_away_meanwhile_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = hold(path)

    def waiting(_: str) -> None:
        path.unlink()
        holder.communicate("")

    with pytest.raises(LockVanished), exclusive(str(path), FileSystem(), timeout=60, waiting=waiting):
        pytest.fail("it is held by nobody who could be met")
