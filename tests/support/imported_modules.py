"""Which modules a command loads: run in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.command_line import CommandLine

OURS = frozenset({"zephyr", "zephyr_cache", "zephyr_workers"})

PROGRAM = """
import json, sys
before = set(sys.modules)
from zephyr.cli.app import run
code = run(sys.argv[1:])
sys.stdout.write("\\n" + json.dumps([code, *(set(sys.modules) - before)]))
"""


def imported_by_process(cli: CommandLine, *arguments: str) -> frozenset[str]:
    """Run a command as users do, memos and all, and return the names of all modules that it loaded."""
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "zephyr", *arguments],
        cwd=cli.folder,
        env=cli.child_environ(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in result.stderr.splitlines() if line.startswith("import time:")]

    return frozenset(line.rpartition("|")[2].strip() for line in lines)


def imported(cli: CommandLine, *arguments: str) -> frozenset[str]:
    """Run a command, which must succeed, and return the names of all modules that it loaded."""
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=cli.folder,
        env=cli.child_environ(),
        capture_output=True,
        text=True,
        check=True,
    )
    code, *modules = json.loads(result.stdout.splitlines()[-1])
    assert code == 0, result.stderr

    return frozenset(modules)
