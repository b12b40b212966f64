"""The files of distributions that setuptools installed before ``.dist-info``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.environments.records import recorded_paths
from zephyr.install.declared_scripts import declared_scripts
from zephyr.install.errors import RemovalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.install.destination import Destination
    from zephyr.model.environment import InstalledDistribution

EASY_INSTALL = "easy-install.pth"


@dataclass(frozen=True, slots=True)
class LegacyFiles:
    """What one of them consists of."""

    files: frozenset[str]
    """Absolute paths."""
    lines: Mapping[str, frozenset[bytes]] = field(default_factory=dict[str, frozenset[bytes]])
    """The ``easy-install.pth`` and its lines there."""


def legacy_files(distribution: InstalledDistribution, location: str, destination: Destination) -> LegacyFiles:
    """Return the files of a legacy distribution in the canonical folder ``location``, with its scripts.

    ``.egg-link`` (``setup.py develop``): the link and its line in ``easy-install.pth``; the project
    itself stays. ``.egg``: all of the folder or the archive, and the line. ``.egg-info`` folders: what
    ``installed-files.txt`` lists, else the modules of ``top_level.txt``. Raises RemovalError for an
    ``.egg-info`` file, which distutils wrote: nobody knows what else it did.
    """
    name = distribution.metadata_folder
    path = f"{location}/{name}"
    scripts = declared_scripts(
        _metadata(distribution, path), destination.folders["scripts"], destination.platform
    )

    if name.endswith(".egg-link"):
        return LegacyFiles(scripts | {path}, _own_lines(location, {_project(distribution)}))

    if name.endswith(".egg"):
        own = _files_below(path) if os.path.isdir(path) else [path]

        return LegacyFiles(scripts | {*own}, _own_lines(location, {path, f"./{name}", name}))

    if not os.path.isdir(path):
        raise RemovalError(
            f"{distribution.name} {distribution.version} was installed without a list of its files ({path})",
            id="distutils-installed",
            hint="Remove it with the tool that installed it, or delete its files by hand.",
        )

    rows, _ = recorded_paths(distribution)
    listed = [row.inside(location) for row in rows] or _modules(path, location)

    return LegacyFiles(scripts | {*listed, *_files_below(path)})


def _project(distribution: InstalledDistribution) -> str:
    """Return the folder that an ``.egg-link`` leads to."""
    return str((distribution.direct_url or {}).get("url", "")).removeprefix("file://")


def _metadata(distribution: InstalledDistribution, path: str) -> str:
    if path.endswith(".egg"):
        return f"{path}/EGG-INFO"

    if not path.endswith(".egg-link"):
        return path

    project = _project(distribution)

    try:
        names = sorted(os.listdir(project))
    except OSError:
        return path

    return next((f"{project}/{name}" for name in names if name.endswith(".egg-info")), path)


def _modules(metadata: str, location: str) -> list[str]:
    """Return the files of the modules that ``top_level.txt`` names, without namespaces that others share."""
    shared = set(_words(f"{metadata}/namespace_packages.txt"))
    names = [name for name in _words(f"{metadata}/top_level.txt") if name not in shared]
    files = [f"{location}/{name}.{suffix}" for name in names for suffix in ("py", "pyc", "pyo")]

    return [*files, *(path for name in names for path in _files_below(f"{location}/{name}"))]


def _words(path: str) -> list[str]:
    """Return the lines of a file that are plain names; a path could lead anywhere."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return [line for line in map(str.strip, file) if line.isidentifier()]
    except OSError:
        return []


def _own_lines(location: str, entries: set[str]) -> dict[str, frozenset[bytes]]:
    path = f"{location}/{EASY_INSTALL}"

    try:
        with open(path, "rb") as file:
            lines = file.read().splitlines(keepends=True)
    except OSError:
        return {}

    own = frozenset(line for line in lines if os.fsdecode(line).strip().rstrip("/") in entries)

    return {path: own} if own else {}


def _files_below(folder: str) -> list[str]:
    return [f"{parent}/{name}" for parent, _, names in os.walk(folder) for name in names]
