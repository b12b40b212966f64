"""What a command does to files and sockets, counted by an audit hook in a process of its own (PEP 578).

    seen = audited(cli, "install", "demo")
    assert seen.calls["os.link"] == 12
    assert seen.read_below(cli.cache) < 10_000

The hook sees every open, link, new folder, rename and connection that Python code asks for, whatever
module does it; it does not see ``stat`` (`tests.support.strace` does).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command_line import CommandLine

_PROGRAM = """
import atexit, json, os, sys

root = os.environ["AUDIT_ROOT"]
calls, opened = {}, []

def hook(event, arguments):
    path = arguments[0] if arguments else None
    if isinstance(path, str) and path.startswith("/") and not path.startswith(root):
        return  # of the interpreter and its modules
    if event == "open" and not isinstance(path, str):
        return  # a descriptor, which was opened before
    calls[event] = calls.get(event, 0) + 1
    if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        opened.append(path)

def tell():
    sizes = [(path, os.path.getsize(path)) for path in list(opened) if os.path.isfile(path)]
    with open(root + "audit.json", "w") as file:
        json.dump({"calls": dict(calls), "read": sizes}, file)

atexit.register(tell)
sys.addaudithook(hook)

from zephyr.__main__ import main

sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Audit:
    """What one command did."""

    calls: Counter[str]
    """Audit event to how often it was raised, for other files than those of the test not at all."""
    read: tuple[tuple[str, int], ...]
    """Path and size in bytes of every file that was opened to be read, and was there at the end."""

    def read_below(self, folder: Path) -> int:
        """Return the bytes of the files below a folder that were opened to be read."""
        return sum(size for path, size in self.read if path.startswith(f"{folder}/"))

    def more_than(self, other: Audit, *events: str) -> dict[str, int]:
        """Return by how much the counts of some events differ from those of another command."""
        return {event: self.calls[event] - other.calls[event] for event in events}


def audited(cli: CommandLine, *arguments: str) -> Audit:
    """Run a command in a process of its own, which must succeed, and return what it did."""
    root = cli.folder.parent
    child = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        cwd=cli.folder,
        env=cli.child_environ(AUDIT_ROOT=f"{root}/"),
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert child.returncode == 0, child.stderr

    told = json.loads((root / "audit.json").read_text())

    return Audit(Counter(told["calls"]), tuple((path, size) for path, size in told["read"]))
