"""Installs the same pinned set by Zephyr and by pip, and compares the two environments file by file.

    python -m tests.network.compare_with_pip LOCKED.txt FOLDER

``LOCKED.txt`` holds ``name==version`` lines; the environments are made below ``FOLDER``. What may
differ and does not count: bytecode, the order of RECORD and its rows about the files named here,
INSTALLER, the environment's own path, and the wording (not the meaning) of an entry point's script.
"""

from __future__ import annotations

import csv
import io
import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN_FOLDERS = {".zephyr", "__pycache__"}
INSTALLED = re.compile(r"site-packages/[^/]+\.dist-info/RECORD$", re.IGNORECASE)
ENTRY_POINT = re.compile(
    rb"^from ([\w.]+) import (\w+)$.*sys\.exit\(([\w.]+)\(\)\)", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of an environment: its permission bits and what it holds, freed of what may differ."""

    mode: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two environments have in common, and every path in which they differ."""

    paths: int
    distributions: int
    scripts: int
    differences: tuple[str, ...] = field(default=())


def compare(ours: str, theirs: str) -> Comparison:
    """Compare two environments' folders."""
    left, right = contents(ours), contents(theirs)
    differences = [f"only Zephyr: {path}" for path in sorted(left.keys() - right.keys())]
    differences += [f"only pip: {path}" for path in sorted(right.keys() - left.keys())]

    for path in sorted(left.keys() & right.keys()):
        if left[path].mode != right[path].mode:
            differences.append(f"mode: {path}: {left[path].mode:o} and {right[path].mode:o}")

        if left[path].content != right[path].content:
            differences.append(f"content: {path}")

    return Comparison(
        paths=len(left),
        distributions=sum(INSTALLED.search(path) is not None for path in left),
        scripts=sum(path.startswith(("bin/", "Scripts/")) for path in left),
        differences=tuple(differences),
    )


def contents(root: str) -> dict[str, Entry]:
    """Return every file below ``root`` by its path; a link holds its target."""
    found: dict[str, Entry] = {}

    for parent, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in OWN_FOLDERS]
        links = [name for name in folders if os.path.islink(f"{parent}/{name}")]

        for name in [*names, *links]:
            path = f"{parent}/{name}"[len(root) + 1 :]

            if not path.endswith(".pyc"):
                found[path] = _entry(root, path)

    return found


def _entry(root: str, path: str) -> Entry:
    full = f"{root}/{path}"
    status = os.lstat(full)

    if stat.S_ISLNK(status.st_mode):
        return Entry(0, os.readlink(full).replace(root, "<root>").encode())

    with open(full, "rb") as file:
        content = file.read()

    return Entry(stat.S_IMODE(status.st_mode), _without_what_may_differ(root, path, content))


def _without_what_may_differ(root: str, path: str, content: bytes) -> bytes:
    if path.endswith(".dist-info/RECORD"):
        return _record(content)

    if path.endswith(".dist-info/INSTALLER"):
        return b""

    content = content.replace(os.fsencode(root), b"<root>")
    content = (
        content.replace(os.path.basename(root).encode(), b"<prompt>") if path == "pyvenv.cfg" else content
    )
    point = ENTRY_POINT.search(content) if path.startswith("bin/") else None

    if point is None:
        return content

    return b"\n".join((content.partition(b"\n")[0], *point.groups()))


def _record(content: bytes) -> bytes:
    """Return RECORD's rows sorted; generated scripts and INSTALLER have other digests by right."""
    rows: list[str] = []

    for path, digest, size in csv.reader(io.StringIO(content.decode())):
        if path.endswith(".pyc"):
            continue

        differs = path.endswith(".dist-info/INSTALLER") or "/bin/" in path
        rows.append(path if differs else f"{path},{digest},{size}")

    return "\n".join(sorted(rows)).encode()


def install_both(lines: Sequence[str], folder: str, python: str = sys.executable) -> tuple[str, str]:
    """Install pinned requirements into two new environments; return Zephyr's and pip's folder."""
    locked = f"{folder}/locked.txt"

    with open(locked, "w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))

    ours, theirs = f"{folder}/zephyr/environment", f"{folder}/pip/environment"

    for environment in (ours, theirs):
        _run("zephyr", "venv", "create", environment, "--python", python)

    _run("zephyr", "install", "--python", ours, "--no-deps", "-r", locked)
    _run(
        "pip", "--python", f"{theirs}/bin/python", "install",
        "--no-deps", "--no-compile", "--only-binary=:all:", "-r", locked,
    )  # fmt: skip

    return ours, theirs


def _run(module: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True, timeout=600
    )


def main(locked: str, folder: str) -> int:
    """Install, compare, and say what differs."""
    with open(locked, encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if line and not line.startswith("#")]

    os.makedirs(folder, exist_ok=True)
    result = compare(*install_both(lines, folder))
    sys.stdout.write(
        f"{result.distributions} distributions, {result.paths} files, {result.scripts} in bin: "
        f"{len(result.differences)} differences\n"
    )
    sys.stdout.writelines(f"{difference}\n" for difference in result.differences)

    return 1 if result.differences else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
