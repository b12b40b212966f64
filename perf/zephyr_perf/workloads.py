"""What is resolved and installed: requirements, and the exact wheels that an install takes.

The wheels are chosen once per index and interpreter, by uv, and kept beside the index's tree. What has no
wheel is resolved, but not installed: builds have a scenario of their own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.tags import sys_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from zephyr_perf.peers import PERF, interpreter
from zephyr_perf.site import put
from zephyr_perf.sources import write_sources
from zephyr_perf.synthetic import VERSIONS, name_of, write_growth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr_perf.index import Index
    from zephyr_perf.peers import Tool

SOURCES = 10
SDISTS, SETUPTOOLS_SDISTS = "sdists", "sdists-setuptools"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#\\]+)")
_SIZE = re.compile(r"^growth-(\d+)$")


@dataclass(frozen=True, slots=True)
class Workload:
    """One set of requirements on one tree."""

    name: str
    tree: str
    requirements: tuple[str, ...]
    pins: Mapping[str, str]
    """Normalised name to version: what an install of it all leaves."""

    @property
    def added(self) -> str:
        """A package that nothing else needs to be there before it: the last by name."""
        return max(self.pins)


class WorkloadNotLocked(Exception):
    """Raised where uv finds no answer for a workload."""


def make_workload(name: str, tree: str, index: Index, root: str, uv: Tool, scratch: str) -> Workload:
    """Return a workload, its tree and the choice of its wheels made if they are not there yet.

    ``tree`` is where the real ones are served from. Raises `WorkloadNotLocked`.
    """
    if match := _SIZE.match(name):
        size = int(match[1])
        requirement = write_growth(os.path.join(root, name), size)

        return Workload(name, name, (requirement,), {name_of(one): VERSIONS[-1] for one in range(size)})

    if name in {SDISTS, SETUPTOOLS_SDISTS}:
        with_setuptools = name == SETUPTOOLS_SDISTS
        pins = write_sources(os.path.join(root, name), SOURCES, with_setuptools=with_setuptools)

        return Workload(name, name, tuple(pins), dict(pin.split("==") for pin in pins))

    requirements = (PERF / "workloads" / f"{name}.in").read_text().split("\n")
    wanted = tuple(line for line in requirements if line)

    return Workload(name, tree, wanted, _locked(name, tree, wanted, index, root, uv, scratch))


def _locked(
    name: str, tree: str, requirements: tuple[str, ...], index: Index, root: str, uv: Tool, scratch: str
) -> dict[str, str]:
    from zephyr_perf.index import Line

    version = "".join(_interpreter_tag())
    path = os.path.join(root, tree, "locked", f"{name}-{version}.txt")

    if not os.path.exists(path):
        source, answer = os.path.join(scratch, "locked.in"), os.path.join(scratch, "locked.txt")
        put(source, "\n".join(requirements).encode())
        url = index.url(tree, "simple", Line())
        argv = [uv.program, "pip", "compile", "-q", "--no-header", "--no-annotate", "--python", interpreter()]
        argv += ["--default-index", url, "--no-cache", "-o", answer, source]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=scratch)

        if done.returncode:
            raise WorkloadNotLocked(f"uv cannot resolve {name}: {done.stderr.strip()[-2000:]}")

        with open(answer, encoding="utf-8") as file:
            put(path, file.read().encode())

    with open(path, encoding="utf-8") as file:
        pins = pins_in(file.read())

    return {one: version for one, version in pins.items() if best_wheel(files_of(root, tree, one), version)}


def _interpreter_tag() -> tuple[str, str]:
    first = next(sys_tags())

    return first.interpreter, f"-{first.platform}"


def pins_in(text: str) -> dict[str, str]:
    """Return the exact versions that a requirements file has, by normalised name."""
    found = (_PIN.match(line) for line in text.splitlines())

    return {canonicalize_name(match[1]): match[2] for match in found if match}


def files_of(root: str, tree: str, project: str) -> list[Mapping[str, Any]]:
    """Return the files of a project as its JSON page has them."""
    with open(os.path.join(root, tree, "simple", project, "index.json"), "rb") as file:
        files: list[Mapping[str, Any]] = json.load(file)["files"]

    return files


def best_wheel(files: Sequence[Mapping[str, Any]], version: str) -> Mapping[str, Any] | None:
    """Return the file of a version that suits the running interpreter best; None where no wheel does."""
    ranks = {tag: rank for rank, tag in enumerate(sys_tags())}
    found: list[tuple[int, str, Mapping[str, Any]]] = []

    for one in files:
        try:
            _, its_version, _, tags = parse_wheel_filename(one["filename"])
        except InvalidWheelFilename:
            continue

        suiting = [ranks[tag] for tag in tags if tag in ranks]

        if suiting and its_version == Version(version):
            found.append((min(suiting), one["filename"], one))

    return min(found, key=lambda item: item[:2])[2] if found else None


def pylock_text(workload: Workload, root: str, page_url: str) -> str:
    """Return the wheels of a workload as ``pylock.toml`` (PEP 751); ``page_url`` is the index's address."""
    from urllib.parse import urljoin

    lines = ['lock-version = "1.0"', 'created-by = "perf"', ""]

    for name, version in sorted(workload.pins.items()):
        wheel = best_wheel(files_of(root, workload.tree, name), version)

        if wheel is None:
            continue

        size = f"size = {wheel['size']}, " if "size" in wheel else ""
        url = urljoin(f"{page_url}{name}/", wheel["url"])
        entry = f'{{ url = "{url}", {size}hashes = {{ sha256 = "{wheel["hashes"]["sha256"]}" }} }}'
        lines += ["[[packages]]", f'name = "{name}"', f'version = "{version}"', f"wheels = [{entry}]", ""]

    return "\n".join(lines)
