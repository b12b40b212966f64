"""Resolve recorded workloads and compare the answers with reference answers.

    python -m tests.workloads.run --snapshots FOLDER [--python 3.11.7] [--profile] [NAME...]

FOLDER (or the variable SNAPSHOTS) holds ``NAME.snapshot.tar.xz`` and, in ``reference``,
``NAME.py311.txt`` with lines ``name==version``. Prints for each workload its pins, decisions,
conflicts, times and misses, and how the pins differ from the reference.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from packaging.requirements import Requirement
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import canonicalize_name

from tests.support.fake_port import interpreter, pins
from tests.workloads.snapshot import Snapshot
from zephyr.errors import ZephyrError
from zephyr.metadata.request import ResolveRequest
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zephyr.model.resolution import Resolution

WORKLOADS = ("trio", "jupyter", "boto3", "black", "sentry", "starlette-fastapi", "airflow")

CLOSED = frozenset({"airflow"})
"""Only what was recorded is listed: a search of that size comes upon versions that nobody asked for."""

DIFFERENT = {
    "airflow": [
        "    apache-airflow-providers-snowflake: 6.20.0, the reference has 6.19.0",
        "    sqlalchemy: 2.0.57, the reference has 2.1.9",
    ]
}
"""Other answers that are as good: 6.20.0 of that provider needs sqlalchemy below 2.1, 6.19.0 does not."""


def open_snapshot(folder: Path, name: str) -> Snapshot:
    """Read the snapshot of a workload."""
    return Snapshot(folder / f"{name}.snapshot.tar.xz", closed=name in CLOSED)


def request(requirements: list[str], python: str) -> ResolveRequest:
    """Return the request for a CPython on a Linux with a recent glibc, on x86-64."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in requirements)
    roots = tuple(parse_root(line, f"line {number}") for number, line in enumerate(lines, 1) if line)

    return ResolveRequest(roots, interpreter(python, tags=linux_tags(python)))


def linux_tags(python: str) -> tuple[str, ...]:
    """Return the wheel tags of such a CPython, best first."""
    major, minor = (int(part) for part in python.split(".")[:2])
    platforms = [f"manylinux_2_{glibc}_x86_64" for glibc in range(36, 4, -1)]
    platforms = [
        *platforms,
        "manylinux2014_x86_64",
        "manylinux2010_x86_64",
        "manylinux1_x86_64",
        "linux_x86_64",
    ]
    abi = f"cp{major}{minor}"
    tags = cpython_tags((major, minor), abis=[abi], platforms=platforms)
    wider = compatible_tags((major, minor), abi, platforms)

    return tuple(str(tag) for tag in (*tags, *wider))


def read_reference(path: Path) -> dict[str, str]:
    """Return the versions that a reference answer pins."""
    found: dict[str, str] = {}

    for line in path.read_text().splitlines() if path.exists() else ():
        if line[:1] not in {"#", " ", ""}:
            pinned = Requirement(line.rstrip(" \\"))
            found[canonicalize_name(pinned.name)] = str(pinned.specifier).removeprefix("==")

    return found


def differences(found: dict[str, str], expected: dict[str, str]) -> Iterator[str]:
    """Yield a line for every pin that differs."""
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            yield f"    {name}: {found.get(name, 'absent')}, the reference has {expected.get(name, 'none')}"


def report(name: str, folder: Path, python: str, *, profile: bool) -> bool:
    """Resolve one workload and print what came of it; return whether it has an answer."""
    snapshot = open_snapshot(folder, name)
    asked = request(snapshot.requirements, python)
    profiler = cProfile.Profile()
    wall, cpu = time.perf_counter(), time.process_time()

    if profile:
        profiler.enable()

    try:
        resolution: Resolution = anyio.run(resolve, asked, snapshot)
    except ZephyrError as error:
        sys.stdout.write("\n".join([f"{name}: {error.message}", *error.details]) + "\n")

        return False
    finally:
        profiler.disable()

    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    minor = "".join(python.split(".")[:2])
    expected = read_reference(folder / "reference" / f"{name}.py{minor}.txt")
    different = list(differences(pins(resolution), expected))
    lines = [
        f"{name}: {len(resolution.pins)} pins, {wall:.3f} s wall, {cpu:.3f} s CPU",
        f"  {resolution.decisions} decisions, {resolution.conflicts} conflicts",
        f"  {snapshot.listings} listings and {snapshot.documents} documents read",
        f"  speculative misses: {', '.join(snapshot.misses) or 'none'}",
        f"  differences from the reference: {len(different)}",
        *different,
        *(f"  warning: {warning}" for warning in resolution.warnings),
    ]
    sys.stdout.write("\n".join(lines) + "\n")

    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)

    return True


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--snapshots", type=Path, default=os.environ.get("SNAPSHOTS"))
    parser.add_argument("--python", default="3.11.7")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("names", nargs="*", default=WORKLOADS)
    arguments = parser.parse_args()

    if arguments.snapshots is None:
        parser.error("say where the snapshots are: --snapshots FOLDER")

    results = [
        report(name, Path(arguments.snapshots), arguments.python, profile=arguments.profile)
        for name in arguments.names
    ]

    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
