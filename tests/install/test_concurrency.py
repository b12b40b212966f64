"""Several processes change one environment at the same time: the outcome is that of some order."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.installed_world import InstalledWorld
from tests.support.strace import child_environment

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import os, sys
from pathlib import Path
from tests.support.installed_world import InstalledWorld
os.makedirs = lambda path, mode=0o777, exist_ok=True, make=os.makedirs: make(path, mode, True)
_, folder, name, number = sys.argv
world = InstalledWorld(Path(folder))
for version in ("1.0", "2.0", "3.0"):
    world.install(world.wheel(name, version, files={f"{name}/a.py": version, f"ns/{name}.py": ""}))
    world.install(world.wheel("common", f"{version}.{number}", files={"common.py": version + number}))
"""


def test_concurrent_installs_end_in_a_serial_order(tmp_path: Path) -> None:
    names = ["aa", "bb", "cc"]
    world = InstalledWorld(tmp_path)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), name, str(number)], env=child_environment()
        )
        for number, name in enumerate(names)
    ]

    assert [child.wait(timeout=50) for child in children] == [0, 0, 0]

    versions = {str(each.name): str(each.version) for each in world.installed()}
    assert {name: versions[name] for name in names} == dict.fromkeys(names, "3.0")
    assert all(world.read(f"{name}/a.py") == "3.0" and world.has(f"ns/{name}.py") for name in names)
    assert versions["common"] == f"3.0.{world.read('common.py')[3:]}"
    assert len(world.installed()) == 4
