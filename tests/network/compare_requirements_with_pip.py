"""Installs requirements files by pip and by Zephyr into new environments, and compares what is installed.

    python -m tests.network.compare_requirements_with_pip FOLDER [--project DIR] [--python PYTHON]
        [-c FILE] FILE...

Both run in the project's folder, for which the paths in a requirements file (``-e .``) are meant. The
environments are made below ``FOLDER`` one after the other and removed; each tool keeps one cache there for
all files. Compared are the exit codes and, for every distribution, its name, version, whether it was asked
for (REQUESTED), and from where it was installed (direct_url.json).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_INSTALL = 600
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one tool's install."""

    code: int
    seconds: float
    installed: frozenset[str]
    """A line for each distribution, as :func:`distribution_line` writes it."""
    said: str
    """The end of what the tool said on standard error; prose, not compared."""


def distribution_line(distribution: Mapping[str, Any]) -> str:
    """Write on one line what is compared of an item of ``installed`` in ``pip inspect``'s report."""
    metadata = distribution["metadata"]
    line = f"{canonicalize_name(metadata['name'])}=={metadata['version']}"

    if distribution.get("requested"):
        line += ", requested"

    if "direct_url" in distribution:
        line += f", from {json.dumps(distribution['direct_url'], sort_keys=True)}"

    return line


def differences(theirs: Outcome, ours: Outcome) -> list[str]:
    """Return in what pip's outcome and Zephyr's differ, in words."""
    found: list[str] = []

    if theirs.code != ours.code:
        found.append(f"exit code: pip {theirs.code}, zephyr {ours.code}")

    found += [f"only pip: {line}" for line in sorted(theirs.installed - ours.installed)]
    found += [f"only zephyr: {line}" for line in sorted(ours.installed - theirs.installed)]

    return found


def install(tool: str, options: Sequence[str], project: Path, folder: Path, python: str) -> Outcome:
    """Install by ``tool``, pip or zephyr, into a new environment below ``folder``."""
    environment = folder / tool / "environment"
    subprocess.run([python, "-m", "venv", "--without-pip", "--clear", environment], check=True)
    interpreter = str(environment / ("Scripts" if os.name == "nt" else "bin") / "python")
    environ = _environ(folder / tool / "cache")

    start = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-P", "-m", tool, "--python", interpreter, "install", *options],
        cwd=project,
        env=environ,
        capture_output=True,
        text=True,
        timeout=LONGEST_INSTALL,
        check=False,
    )
    seconds = time.monotonic() - start

    installed = _installed(interpreter, environ)
    shutil.rmtree(environment)

    return Outcome(result.returncode, seconds, installed, result.stderr[-2000:])


def _environ(cache: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "ZEPHYR_"))}

    return {
        **kept,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_CACHE_DIR": str(cache),
        "ZEPHYR_CACHE_DIR": str(cache),
    }


def _installed(interpreter: str, environ: Mapping[str, str]) -> frozenset[str]:
    result = subprocess.run(
        [sys.executable, "-m", "pip", "--python", interpreter, "inspect"],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )

    return frozenset(distribution_line(item) for item in json.loads(result.stdout)["installed"])


def compare(file: str, options: Sequence[str], project: Path, folder: Path, python: str) -> bool:
    """Install one requirements file by both, say what came of it, and return whether it is the same."""
    words = ["-r", file, *options]
    theirs = install("pip", words, project, folder, python)
    ours = install("zephyr", words, project, folder, python)
    found = differences(theirs, ours)

    sys.stdout.write(
        f"{'differs' if found else 'same   '}  {file}: {len(theirs.installed)} distributions, "
        f"exit code {theirs.code}, pip {theirs.seconds:.1f} s, zephyr {ours.seconds:.1f} s\n"
    )
    sys.stdout.writelines(f"         {line}\n" for line in found)

    for tool, outcome in (("pip", theirs), ("zephyr", ours)):
        if outcome.code:
            sys.stdout.write(f"--- {tool} said:\n{outcome.said}\n")

    sys.stdout.flush()

    return not found


def main(words: Sequence[str]) -> int:
    """Compare all files; the exit code tells whether nothing differs."""
    parser = argparse.ArgumentParser(prog="compare_requirements_with_pip")
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="+")
    parser.add_argument("-c", "--constraint", action="append", default=[])
    parser.add_argument("--project", type=Path, default=Path())
    parser.add_argument("--python", default=sys.executable)
    given = parser.parse_args(words)

    folder = given.folder.absolute()
    options = [word for file in given.constraint for word in ("-c", file)]
    same = [compare(file, options, given.project, folder, given.python) for file in given.files]

    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
