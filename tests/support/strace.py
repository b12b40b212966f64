"""What a process does to the files below a folder, as ``strace`` sees it, beside what was counted inside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]

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
    "symlinkat": "symlink",
    "truncate": "truncate",
    "openat": "write",
}
"""System call to the step of `zephyr.install.filesystem` that makes it."""

STEPS = {"rename-folder": "rename", "open-lock": "write"}
INVISIBLE = {"overwrite", "sync-folder", "sync-contents"}


def child_environment() -> dict[str, str]:
    """Return the variables with which a child process imports what the tests do."""
    paths = os.pathsep.join(str(REPOSITORY / part) for part in ("", "workers", "cache"))

    return {**os.environ, "PYTHONPATH": paths}


def traced(program: str, arguments: Sequence[str], log: Path) -> str:
    """Run Python code under strace, all its threads and children, and return the log."""
    calls = ",".join(f"?{name}" for name in CALLS)
    command = ["strace", "-f", "-y", "-s", "4096", "-e", f"trace={calls}", "-o", str(log)]
    child = [sys.executable, "-c", program, *arguments]
    subprocess.run([*command, *child], check=True, env=child_environment(), timeout=50)

    return log.read_text()


def seen_by_strace(log: str, root: str) -> Counter[tuple[str, str]]:
    """Count the successful mutations below ``root``: what was done, and the last path of the call."""
    found: Counter[tuple[str, str]] = Counter()

    for line in _whole_lines(log):
        match = re.search(r"(\w+)\((.*)\)\s+= (-?\d+)", line)

        if match is None or match[3].startswith("-") or match[1] not in CALLS:
            continue

        paths: list[tuple[str, str]] = re.findall(r'(?:\d+<([^>]*)>, )?"([^"]*)"', match[2])
        path = os.path.join(*paths[-1]) if paths else ""  # below an open folder, perhaps

        if path.startswith(f"{root}/") and (match[1] != "openat" or re.search("O_WRONLY|O_RDWR", match[2])):
            found[CALLS[match[1]], path] += 1

    return found


def _whole_lines(log: str) -> Iterator[str]:
    """Give the calls of the log, those joined again that another thread's call interrupted."""
    begun: dict[str, str] = {}

    for line in log.splitlines():
        process, _, call = line.partition(" ")
        call = call.strip()

        if call.endswith("<unfinished ...>"):
            begun[process] = call.removesuffix("<unfinished ...>")
        elif call.startswith("<... "):
            yield begun.pop(process, "") + call.partition("resumed>")[2]
        else:
            yield call


def counted_inside(steps: str) -> Counter[tuple[str, str]]:
    """Count the steps that the module itself wrote down, one ``operation path`` a line."""
    found = [line.split(" ", 1) for line in steps.splitlines()]

    return Counter((STEPS.get(name, name), path) for name, path in found if name not in INVISIBLE)
