"""Gives the same command lines to ``pip install`` and ``zephyr install``, and compares what comes of them.

    python -m tests.network.compare_commands_with_pip FOLDER [WORD]

Every case starts with two new environments below ``FOLDER`` and a folder of small wheels and sources; no
index is asked. Compared are the exit code of the last line, what is installed afterwards, in the environment
and in the folders that the lines name, and the line of pip that scripts look for. ``WORD`` chooses the cases
that hold it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.source_archives import BACKEND, build_source
from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

METADATA = re.compile(r"([^/]+)-([^-/]+)\.dist-info")
SUMMARY = re.compile(r"^(Successfully installed|Would install) (.*)$", re.MULTILINE)

CASES: tuple[str, ...] = (
    "demo",
    "demo==1.0",
    "demo>=1,<2",
    "demo ; python_version<'3'",
    "DEMO",
    "demo[fast]",
    "demo[unknown]",
    "demo==1.0 && demo",
    "demo==1.0 && -U demo",
    "demo==1.0 && --upgrade demo",
    "dep==1.0 && demo && -U demo",
    "dep==1.0 && demo==1.0 && -U demo --upgrade-strategy only-if-needed",
    "dep==1.0 && demo==1.0 && -U demo --upgrade-strategy eager",
    "dep==1.0 && demo==1.0 && --upgrade-strategy eager demo",
    "demo -U --upgrade-strategy sometimes",
    "demo==1.0 && --force-reinstall demo",
    "demo==1.0 && --force-reinstall --no-deps demo==1.0",
    "demo==1.0 && -I demo",
    "demo==1.0 && --ignore-installed --no-deps demo==2.0",
    "--no-deps demo",
    "--no-dependencies demo",
    "--only-deps demo",
    "--only-dependencies demo==1.0",
    "--only-deps --no-deps demo",
    "--only-deps -r requirements.txt",
    "pre",
    "--pre pre",
    "pre>=2.0rc1",
    "--all-releases pre pre",
    "--all-releases :all: pre",
    "--pre --only-final pre pre",
    "--all-releases :all: --only-final pre pre",
    "--dry-run demo",
    "demo==1.0 && --dry-run -U demo",
    "--dry-run --quiet demo",
    "--dry-run --ignore-installed --report report.json demo",
    "--target modules demo==1.0",
    "-t modules demo==1.0 && -t modules demo==2.0",
    "-t modules demo==1.0 && -t modules --upgrade demo",
    "-t wheels/demo-1.0-py3-none-any.whl demo",
    "--prefix tree demo",
    "--root other demo",
    "--user demo",
    "--user --target modules demo",
    "--user --prefix tree demo",
    "--python-version 3.9 demo",
    "--python-version 3.9 --target modules demo",
    "--python-version 3.9 --only-binary :all: --target modules demo",
    "--python-version 39 --no-deps --target modules demo",
    "--python-version 3.x --only-binary=:all: --target modules demo",
    "--platform win_amd64 --python-version 3.9 --only-binary :all: --target modules plat",
    "--platform linux_x86_64 --only-binary :all: --target modules plat",
    "--platform manylinux2014_x86_64 --abi abi3 --implementation cp --only-binary :all: -t modules plat",
    "--platform win_amd64 --only-binary :all: plat",
    "old",
    "--ignore-requires-python old",
    "--no-compile demo",
    "--compile demo",
    "-c constraints.txt demo",
    "--constraint constraints.txt dep",
    "-r requirements.txt",
    "-r requirements.txt -c constraints.txt",
    "-r missing.txt",
    "absent",
    "demo==9",
    "not a requirement",
    "",
    "--no-such-option demo",
    "source",
    "--only-binary :all: source",
    "--only-binary source source",
    "--no-binary :all: source",
    "--prefer-binary mixed",
    "mixed",
    "--no-build-isolation --check-build-dependencies source",
    "--build-constraint constraints.txt --no-build-isolation source",
    "--use-pep517 source",
    "-C key=value --config-settings other=value source",
    "./wheels/demo-1.0-py3-none-any.whl",
    "./wheels/demo-1.0-py3-none-any.whl && -U demo",
    "demo==1.0 strict && -U demo",
    "demo==1.0 strict && --no-warn-conflicts -U demo",
    "--no-cache-dir --no-input --disable-pip-version-check --no-color --no-clean demo",
    "--retries 1 --timeout 3 --default-timeout 4 --resume-retries 2 --exists-action w demo",
    "--progress-bar off --root-user-action ignore --no-warn-script-location demo",
    "--progress-bar sometimes demo",
    "--require-virtualenv demo",
    "--isolated --keyring-provider disabled --proxy http://proxy.example:1 demo",
    "--uploaded-prior-to 2024-01-01 demo",
    "--uploaded-prior-to P3D demo",
    "--uploaded-prior-to yesterday demo",
    "--refresh-package :all: demo",
    "--require-hashes demo==1.0",
    "--break-system-packages demo",
    "--global-option x demo",
)
"""Words of ``install``; ``&&`` parts commands that are run one after the other."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case."""

    code: int
    installed: frozenset[str]
    """``folder: name version``, by the folder's path from the case's."""
    summary: str


def prepare(folder: Path) -> None:
    """Make what the cases install from, and the files that they name."""
    wheels = folder / "wheels"
    wheels.mkdir()

    for version in ("1.0", "2.0"):
        build_wheel("dep", version).write(wheels)
        build_wheel("demo", version, requires=["dep"], extras={"fast": ["pre"]}).write(wheels)

    build_wheel("pre", "1.0").write(wheels)
    build_wheel("pre", "2.0rc1").write(wheels)
    build_wheel("old", "1.0", requires_python="<3").write(wheels)
    build_wheel("strict", "1.0", requires=["demo<2"]).write(wheels)
    build_wheel("plat", "1.0", tag="cp39-cp39-win_amd64").write(wheels)
    build_wheel("plat", "0.5", tag="cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64").write(wheels)
    build_wheel("mixed", "1.0").write(wheels)
    build_wheel("test-backend", "1.0", files={"test_backend.py": BACKEND}).write(wheels)

    for source in (build_source("mixed", "2.0"), build_source("source", "1.0")):
        (wheels / source.filename).write_bytes(source.data)

    (folder / "constraints.txt").write_text("dep<2\n")
    (folder / "requirements.txt").write_text("demo==1.0\n")


def run(case: str, tool: str, folder: Path) -> Outcome:
    """Give the lines of a case to ``tool``, pip or zephyr, in a folder of their own."""
    if folder.exists():
        shutil.rmtree(folder)

    folder.mkdir(parents=True)
    prepare(folder)
    environment = folder / "environment"
    venv.create(environment)
    python = str(environment / ("Scripts" if os.name == "nt" else "bin") / "python")
    result: subprocess.CompletedProcess[str] | None = None
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "ZEPHYR_"))},
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_CACHE_DIR": str(folder / "cache"),
        "ZEPHYR_CACHE_DIR": str(folder / "cache"),
        "VIRTUAL_ENV": str(environment),
    }

    for line in case.split(" && "):
        result = subprocess.run(
            [*_command(tool, python), "--no-index", "--find-links", "wheels", *_words(line)],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    assert result is not None
    found = SUMMARY.search(result.stdout)

    return Outcome(result.returncode, frozenset(_installed(folder)), found[0] if found else "")


def _command(tool: str, python: str) -> list[str]:
    if tool == "pip":
        return [sys.executable, "-m", "pip", "--python", python, "install"]

    return [sys.executable, "-m", "zephyr", "install"]


def _words(line: str) -> list[str]:
    """Part a line where its options and requirements begin; a requirement may hold spaces."""
    if line.startswith(("demo ;", "not a")):
        return [line]

    return line.split()


def _installed(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.dist-info")):
        place = path.parent.relative_to(folder)
        found = METADATA.fullmatch(path.name)

        if found and place.parts[0] != "cache" and ".zephyr" not in place.parts:
            # What --root has is below the whole path of the environment, which differs.
            yield f"{place.parts[0]}: {found[1].lower()} {found[2]}"


def differences(case: str, folder: Path) -> list[str]:
    """Return in what pip and Zephyr differ, in words."""
    theirs, ours = run(case, "pip", folder / "pip"), run(case, "zephyr", folder / "zephyr")
    found: list[str] = []

    if theirs.code != ours.code:
        found.append(f"exit code: pip {theirs.code}, zephyr {ours.code}")

    if theirs.installed != ours.installed:
        found.append(f"installed: pip {sorted(theirs.installed)}, zephyr {sorted(ours.installed)}")

    if theirs.summary != ours.summary:
        found.append(f"said: pip {theirs.summary!r}, zephyr {ours.summary!r}")

    return found


def main(folder: Path, word: str = "") -> int:
    """Compare all cases that hold ``word``; the exit code tells whether nothing differs."""
    cases = [case for case in CASES if word in case]
    different = 0

    for case in cases:
        found = differences(case, folder)
        different += bool(found)
        sys.stdout.write(f"{'differs' if found else 'same   '}  install {case}\n")
        sys.stdout.writelines(f"         {line}\n" for line in found)
        sys.stdout.flush()

    sys.stdout.write(f"{len(cases)} command lines, {different} of them differ\n")

    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:3]))
