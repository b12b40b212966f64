"""The system calls of a commit, seen from outside, are exactly the steps that the one module counts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

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

CALLS = {
    "mkdir": "make-folder",
    "mkdirat": "make-folder",
    "rename": "rename",
    "renameat": "rename",
    "renameat2": "rename",
    "link": "link",
    "linkat": "link",
    "unlink": "unlink",
    "unlinkat": "unlink",
    "rmdir": "remove-folder",
    "chmod": "set-mode",
    "fchmodat": "set-mode",
    "utimensat": "set-times",
    "symlink": "symlink",
    "truncate": "truncate",
    "openat": "write",
}

STEPS = {"rename-folder": "rename", "open-lock": "write"}
INVISIBLE = {"overwrite", "sync-folder", "sync-contents"}


def child_environment() -> dict[str, str]:
    """Return the variables with which a child process imports what the tests do."""
    paths = os.pathsep.join(str(REPOSITORY / part) for part in ("", "workers", "cache"))

    return {**os.environ, "PYTHONPATH": paths}


def seen_by_strace(log: str, root: str) -> Counter[tuple[str, str]]:
    """Count the successful mutations below ``root``: what was done, and the last path of the call."""
    found: Counter[tuple[str, str]] = Counter()

    for line in log.splitlines():
        match = re.search(r"(\w+)\((.*)\)\s+= (-?\d+)", line)

        if match is None or match[3].startswith("-") or match[1] not in CALLS:
            continue

        path = re.findall(r'"([^"]*)"', match[2])[-1]

        if path.startswith(f"{root}/") and (match[1] != "openat" or re.search("O_WRONLY|O_RDWR", match[2])):
            found[CALLS[match[1]], path] += 1

    return found


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_no_other_module_changes_the_environment(tmp_path: Path) -> None:
    log = tmp_path / "strace"
    calls = ",".join(f"?{name}" for name in CALLS)
    command = ["strace", "-f", "-s", "4096", "-e", f"trace={calls}", "-o", str(log)]
    child = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    subprocess.run([*command, *child], check=True, env=child_environment(), timeout=50)

    text = log.read_text()
    text = text[text.index("/started") : text.index("/finished")]
    steps = [line.split(" ", 1) for line in (tmp_path / "steps").read_text().splitlines()]
    counted = Counter((STEPS.get(name, name), path) for name, path in steps if name not in INVISIBLE)

    assert seen_by_strace(text, str(tmp_path / "environment")) == counted
    assert counted.total() > 60
