"""What builds may write to, on this machine and by the kernel's own word."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.workers.build_support import contained
from zephyr_workers import containment, landlock
from zephyr_workers.containment import containment_level, is_contained, writable_paths

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("platform", "version", "level"),
    [
        ("linux", 4, "landlock v4"),
        ("linux", 2, "landlock v2"),
        ("linux", 1, "none: Landlock v1 of this kernel forbids renames, which builds need"),
        ("linux", 0, "none: this kernel does not offer Landlock"),
        ("darwin", 0, "none: darwin has no Landlock"),
    ],
)
def test_the_level_in_force_is_told(
    monkeypatch: pytest.MonkeyPatch, platform: str, version: int, level: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(containment, "landlock_version", lambda: version)

    assert containment_level() == level
    assert is_contained() is level.startswith("landlock")


def test_the_sandbox_can_be_switched_off() -> None:
    assert containment_level(sandbox=False) == "none: switched off with --no-build-sandbox"


def test_of_cargos_home_only_its_downloads_may_be_written(tmp_path: Path) -> None:
    cargo = tmp_path / "cargo"

    for name in ("registry", "git", "bin"):
        (cargo / name).mkdir(parents=True)

    (cargo / "credentials.toml").write_text("")
    paths = writable_paths((str(tmp_path / "own"),), {"HOME": str(tmp_path), "CARGO_HOME": str(cargo)})

    assert {path for path in paths if path.startswith(str(tmp_path))} == {
        str(cargo / "registry"),
        str(cargo / "git"),
    }


ATTEMPTS = """
import os, sys
from zephyr_workers.landlock import restrict_writes

allowed, denied = sys.argv[1:]
restrict_writes([allowed, allowed + "/absent", "/dev/null"])
open(allowed + "/file", "w").close()
os.mkdir(allowed + "/folder")
os.rename(allowed + "/file", allowed + "/folder/file")
os.truncate(allowed + "/folder/file", 0)
open("/dev/null", "w").close()
open(denied + "/there").read()

for attempt in (
    lambda: open(denied + "/new", "w"),
    lambda: open(denied + "/there", "a"),
    lambda: os.truncate(denied + "/there", 0),
    lambda: os.unlink(denied + "/there"),
    lambda: os.mkdir(denied + "/folder"),
    lambda: os.symlink("x", denied + "/link"),
    lambda: os.rename(denied + "/there", allowed + "/there"),
    lambda: os.rename(allowed + "/folder/file", denied + "/file"),
    lambda: os.link(allowed + "/folder/file", denied + "/file"),
):
    try:
        attempt()
    except OSError:
        continue
    sys.exit("an attempt got through")
"""


@contained
def test_the_kernel_holds_a_process_to_what_it_may_write(tmp_path: Path) -> None:
    allowed, denied = tmp_path / "allowed", tmp_path / "denied"
    allowed.mkdir()
    denied.mkdir()
    (denied / "there").write_text("kept")
    workers = landlock.__file__.rpartition("/")[0].rpartition("/")[0]
    ended = subprocess.run(
        [sys.executable, "-c", ATTEMPTS, str(allowed), str(denied)],
        env={"PYTHONPATH": workers},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert (denied / "there").read_text() == "kept"
