"""Lock recorded workloads for every default target, and judge each target's set independently.

    python -m tests.workloads.locks --snapshots FOLDER [--requires-python '>=3.11'] [NAME...]

Prints for each workload its packages (beside those of the reference), decisions, times and whatever is
wrong. The judge evaluates the markers with `packaging` alone, follows Requires-Dist, and asks
`packaging.tags` for a file of every package.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from email.parser import HeaderParser
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename

from tests.support.fake_port import interpreter
from tests.support.universal import environments
from tests.workloads.run import WORKLOADS, open_snapshot
from zephyr.errors import ZephyrError
from zephyr.metadata.requirements import parse_root
from zephyr.metadata.universal.request import UniversalRequest
from zephyr.metadata.universal.resolve import resolve_universal
from zephyr.model.universal import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.tags import Tag
    from packaging.utils import NormalizedName

    from tests.workloads.snapshot import Snapshot
    from zephyr.model.universal import UniversalPin, UniversalResolution

Environment = dict[str, str]


def stated(lines: list[str]) -> list[str]:
    """Return the requirements among the lines of a requirements file."""
    bare = (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)

    return [line for line in bare if line]


def request(requirements: list[str], requires_python: str) -> UniversalRequest:
    """Return the request for the default targets."""
    roots = tuple(parse_root(line, "a recorded requirement") for line in stated(requirements))

    return UniversalRequest({BASE: roots}, interpreter(), SpecifierSet(requires_python))


@lru_cache
def tags_of(minor: int, platform: str, machine: str) -> frozenset[Tag]:
    """Return the wheel tags of a CPython on one of the default platforms, at a recent level of its system."""
    if platform == "linux":
        names = [f"manylinux_2_{glibc}_{machine}" for glibc in range(40, 4, -1)]
        names += [f"manylinux{year}_{machine}" for year in (2014, 2010, 1)]
        names += [f"musllinux_1_{level}_{machine}" for level in range(5)] + [f"linux_{machine}"]
    elif platform == "darwin":
        names = list(mac_platforms((26, 0), machine)) + list(mac_platforms((10, 16), machine))
    else:
        names = ["win_amd64"]

    abi = f"cp3{minor}"
    native = cpython_tags((3, minor), abis=[abi], platforms=names)
    free = cpython_tags((3, minor), abis=[f"{abi}t"], platforms=names)

    return frozenset((*native, *free, *compatible_tags((3, minor), abi, names)))


def problems(
    resolution: UniversalResolution, snapshot: Snapshot, roots: list[str], requires_python: str
) -> Iterator[str]:
    """Yield whatever is wrong in any environment."""
    parsed = [Requirement(line) for line in stated(roots)]
    usable = [Marker(text) for text in resolution.environments]

    for environment in environments(requires_python):
        where = " ".join(
            environment[key] for key in ("sys_platform", "platform_machine", "python_full_version")
        )
        pins: dict[NormalizedName, UniversalPin] = {}

        for pin in resolution.pins:
            if holds(pin.marker, environment):
                if pin.name in pins:
                    yield f"{where}: {pin.name} twice"

                pins[pin.name] = pin

        yield from (f"{where}: {problem}" for problem in _closure(parsed, pins, snapshot, environment))

        if not usable or any(marker.evaluate(environment) for marker in usable):
            for pin in pins.values():
                if not has_file(pin, environment):
                    yield f"{where}: no file of {pin.name} {pin.version}"


def _closure(
    roots: list[Requirement],
    pins: Mapping[NormalizedName, UniversalPin],
    snapshot: Snapshot,
    environment: Environment,
) -> Iterator[str]:
    pending = [(root, "") for root in roots]
    seen: set[tuple[NormalizedName, str]] = set()

    while pending:
        requirement, extra = pending.pop()
        marker = requirement.marker

        if marker is not None and not holds(str(marker), environment, extra):
            continue

        name = canonicalize_name(requirement.name)
        pin = pins.get(name)

        if pin is None:
            yield f"{requirement} is needed and missing"
            continue

        if not requirement.specifier.contains(pin.version, prereleases=True):
            yield f"{requirement} is needed, {pin.version} is there"

        for wanted in ("", *map(canonicalize_name, requirement.extras)):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                pending += [(one, wanted) for one in requires(pin, snapshot) if _matters(one, wanted)]

    for name in pins.keys() - {name for name, _ in seen}:
        yield f"{name} is there and not needed"


def _matters(requirement: Requirement, extra: str) -> bool:
    mentions = requirement.marker is not None and "extra" in str(requirement.marker)

    return mentions or not extra


_requires: dict[str, list[Requirement]] = {}


def requires(pin: UniversalPin, snapshot: Snapshot) -> list[Requirement]:
    """Return the Requires-Dist of a pin."""
    key = f"{pin.name} {pin.version}"

    if key not in _requires:
        document = snapshot.recorded(pin.name, str(pin.version))
        lines = HeaderParser().parsestr(document.decode()).get_all("Requires-Dist", [])
        found: list[Requirement] = []

        for line in lines:
            try:
                found.append(Requirement(line))
            except InvalidRequirement:
                continue

        _requires[key] = found

    return _requires[key]


@lru_cache(maxsize=1 << 20)
def _evaluated(marker: str, key: tuple[tuple[str, str], ...], extra: str) -> bool:
    words: Any = {**dict(key), "extra": extra}

    return Marker(marker).evaluate(words)


def holds(marker: str | None, environment: Environment, extra: str = "") -> bool:
    """Evaluate a marker."""
    return marker is None or _evaluated(marker, tuple(environment.items()), extra)


def has_file(pin: UniversalPin, environment: Environment) -> bool:
    """Tell whether something can be installed there: a source archive, or a wheel that fits."""
    minor = int(environment["python_version"].partition(".")[2])
    tags = tags_of(minor, environment["sys_platform"], environment["platform_machine"])

    return pin.sdist is not None or any(
        tags & parse_wheel_filename(wheel.filename)[-1] for wheel in pin.wheels
    )


def report(name: str, folder: Path, requires_python: str) -> bool:
    """Lock one workload and print what came of it; return whether it is right."""
    snapshot = open_snapshot(folder, name)
    wall, cpu = time.perf_counter(), time.process_time()

    try:
        resolution = anyio.run(resolve_universal, request(snapshot.requirements, requires_python), snapshot)
    except ZephyrError as error:
        sys.stdout.write("\n".join([f"{name}: {error.message}", *error.details]) + "\n")
        return False

    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    wrong = list(dict.fromkeys(problems(resolution, snapshot, snapshot.requirements, requires_python)))
    reference = folder / "reference" / f"{name}.universal.txt"
    expected = [line for line in reference.read_text().splitlines() if line[:1] not in {"#", " ", ""}]
    marked = sum(1 for pin in resolution.pins if pin.marker is not None)
    lines = [
        f"{name}: {len(resolution.pins)} entries, {marked} with markers; the reference has {len(expected)}",
        f"  {wall:.2f} s wall, {cpu:.2f} s CPU",
        f"  {resolution.decisions} decisions, {resolution.conflicts} conflicts",
        f"  misses: {', '.join(snapshot.misses) or 'none'}; environments: {resolution.environments or 'all'}",
        *(f"  warning: {warning}" for warning in resolution.warnings[:5]),
        f"  wrong: {len(wrong)}",
        *(f"    {problem}" for problem in wrong[:8]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")

    return not wrong


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--snapshots", type=Path, default=os.environ.get("SNAPSHOTS"))
    parser.add_argument("--requires-python", default=">=3.11")
    parser.add_argument("names", nargs="*", default=WORKLOADS)
    arguments = parser.parse_args()

    if arguments.snapshots is None:
        parser.error("say where the snapshots are: --snapshots FOLDER")

    results = [report(name, Path(arguments.snapshots), arguments.requires_python) for name in arguments.names]

    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
