"""What every source file has to keep: sizes, no registry's host name, no machine's path."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("zephyr", "workers/zephyr_workers", "cache/zephyr_cache", "perf/zephyr_perf")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

LONGEST_MODULE = 420
LONGEST_FUNCTION = 60
EXCEPTIONS: dict[str, str] = {"zephyr/cli/command_table.py": "made, not written"}
"""Module or module:function to the reason why it may be longer."""

HOSTS = re.compile(r"(pypi|pythonhosted|debian|npmjs)\.(org|com)")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_holds_one_idea(path: Path) -> None:
    lines = len(path.read_text().splitlines())

    assert lines <= LONGEST_MODULE or name_of(path) in EXCEPTIONS, f"{lines} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1

            assert length <= LONGEST_FUNCTION or f"{name_of(path)}:{node.name}" in EXCEPTIONS, (
                f"{node.name} has {length} lines"
            )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_no_file_spells_the_host_of_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout

    for name in tracked.decode().split("\0"):
        path = ROOT / name

        if name and path.is_file():
            assert not HOSTS.search(path.read_text(errors="replace")), name
