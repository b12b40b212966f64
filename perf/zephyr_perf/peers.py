"""The tools, each in an environment of its own, made once for each list of requirements."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PERF = Path(__file__).parents[1]
CHECKOUT = PERF.parent
PEERS = ("uv", "pip", "poetry", "pdm")
NEEDED = frozenset({"uv", "pip"})


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that is measured."""

    name: str
    program: str
    version: str


class ToolNotMade(Exception):
    """Raised where a tool cannot be installed or does not start."""


def interpreter() -> str:
    """Return the Python of all tools and environments: the one below any virtual environment."""
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def make_tools(
    names: Sequence[str], folder: str, zephyr: str | None
) -> tuple[dict[str, Tool], dict[str, str]]:
    """Return the tools by name, installed below ``folder`` where they are not there yet; and why others lack.

    uv and pip are always made: the one locks the workloads, the other is what environments are given for pip.
    ``zephyr`` is a program to take; without one the checkout is installed as a user would. Raises
    `ToolNotMade` where one of these three cannot be had.
    """
    tools = {name: _peer(name, folder) for name in NEEDED}
    lacking: dict[str, str] = {}

    for name in sorted({*names} & {*PEERS} - NEEDED):
        try:
            tools[name] = _peer(name, folder)
        except ToolNotMade as error:
            lacking[name] = str(error)

    tools["python"] = _tool("python", interpreter())
    tools["zephyr"] = _tool(
        "zephyr", os.path.abspath(zephyr) if zephyr else _install_checkout(folder, tools["uv"])
    )

    return tools, lacking


def pip_packages(tool: Tool) -> list[str]:
    """Return the folders that make up pip: what an environment needs to have it."""
    (site,) = Path(tool.program).parents[1].glob("lib/python*/site-packages")

    return [str(path) for path in site.iterdir() if path.name == "pip" or path.name.startswith("pip-")]


def _peer(name: str, folder: str) -> Tool:
    requirements = PERF / "peers" / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes() + interpreter().encode()).hexdigest()[:12]
    environment = os.path.join(folder, f"{name}-{digest}")
    program = os.path.join(environment, "bin", name)

    if not os.path.exists(program):
        shutil.rmtree(environment, ignore_errors=True)
        _run([interpreter(), "-m", "venv", environment])
        _run([f"{environment}/bin/python", "-m", "pip", "install", "-q", "-r", str(requirements)])

    return _tool(name, program)


def _install_checkout(folder: str, uv: Tool) -> str:
    environment = os.path.join(folder, "zephyr")

    if not os.path.exists(os.path.join(environment, "bin", "python")):
        _run([interpreter(), "-m", "venv", environment])
        _run([f"{environment}/bin/python", "-m", "pip", "install", "-q", str(CHECKOUT)])

    # Compiled, as pip leaves it: the first runs would otherwise write bytecode.
    again = ("--no-deps", "--reinstall-package", "zephyr", "--compile-bytecode", "--no-cache")
    _run([uv.program, "pip", "install", "-q", "--python", environment, *again, str(CHECKOUT)])
    lacking = without_bytecode(environment)

    if lacking:
        raise ToolNotMade(f"{lacking[0]} has no bytecode, as an installed Zephyr would have")

    return os.path.join(environment, "bin", "zephyr")


def without_bytecode(environment: str) -> list[str]:
    """Return the modules of Zephyr in ``environment`` that a first run would have to compile."""
    sources = Path(environment).glob("lib/python*/site-packages/zephyr*/**/*.py")

    return sorted(str(path) for path in sources if not os.path.exists(cache_from_source(str(path))))


def _tool(name: str, program: str) -> Tool:
    output = _run([program, "--version"]).strip()
    words = output.splitlines()[0].replace(",", " ").replace(")", " ").split() if output else []

    return Tool(name, program, next((word for word in words if word[0].isdigit()), "unknown"))


def _run(argv: list[str]) -> str:
    try:
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    except OSError as error:
        raise ToolNotMade(f"{argv[0]} does not run: {error}") from error
    except subprocess.CalledProcessError as error:
        raise ToolNotMade(f"{' '.join(argv)} failed: {error.stderr.strip()[-2000:]}") from error
