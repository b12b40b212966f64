"""What a change that is made again may load: nothing that thinks."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import zephyr.__main__, zephyr.memo.change, zephyr.cli.repetition, zephyr.pipeline.kept_change
print(*sys.modules)
"""
PARTS = frozenset(
    {"__future__", "__main__", "cli", "dataclass", "errors", "install", "memo", "model", "pipeline"}
)
PLANNING = frozenset({"collisions", "contents", "fresh", "owned", "plan", "situation"})
COSTLY = frozenset(
    {
        "ctypes",
        "dataclasses",
        "hashlib",
        "inspect",
        "json",
        "packaging",
        "re",
        "signal",
        "threading",
        "typing",
    }
)


def test_what_makes_a_change_again_loads_nothing_that_plans() -> None:
    # Without `site`, whose files of other packages may load anything.
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}{PROGRAM}"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    modules = frozenset(ran.stdout.split())

    assert {name.split(".")[1] for name in modules if name.startswith("zephyr.")} <= PARTS
    assert modules.isdisjoint({f"zephyr.install.{name}" for name in PLANNING})
    assert modules.isdisjoint(COSTLY)
