"""The system calls of a commit, seen from outside, are exactly the steps that the one module counts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.strace import counted_inside, seen_by_strace, traced

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import os, sys
from pathlib import Path
from tests.support.installed_world import InstalledWorld, UnsyncedFileSystem

folder = Path(sys.argv[1])
world = InstalledWorld(folder)
world.install(
    world.wheel("old", "1.0", files={"old/a.py": "1", "shared.py": "1"}, console_scripts=["old = old:main"]),
    world.wheel("gone", files={"gone.py": "", "ns/gone.py": ""}),
)
world.put_in_site("__pycache__/gone.cpython-312.pyc", "compiled")
world.put_in_site("new.py", "in the way")
incoming = [
    world.wheel("old", "2.0", files={"old/b.py": "2", "old-2.0.data/scripts/tool": "#!python"}),
    world.wheel("new", files={"new.py": "", "ns/new.py": "", "shared.py": "2"}),
]
steps = open(folder / "steps", "w")
os.mkdir(folder / "started")
world.change(
    incoming,
    ["gone"],
    filesystem=UnsyncedFileSystem(lambda operation, path: print(operation, path, file=steps)),
)
os.mkdir(folder / "finished")
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_no_other_module_changes_the_environment(tmp_path: Path) -> None:
    text = traced(PROGRAM, [str(tmp_path)], tmp_path / "strace")
    text = text[text.index("/started") : text.index("/finished")]
    counted = counted_inside((tmp_path / "steps").read_text())

    assert seen_by_strace(text, str(tmp_path / "environment")) == counted
    assert counted.total() > 60
