"""The files of distributions that setuptools installed before ``.dist-info``."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr.environments.records import recorded_paths
from zephyr.install.errors import RemovalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.model.environment import InstalledDistribution

EASY_INSTALL = "easy-install.pth"


@dataclass(frozen=True, slots=True)
class LegacyFiles:
    """What one of them consists of."""

    files: frozenset[str]
    """Absolute paths."""
    lines: Mapping[str, frozenset[bytes]] = field(default_factory=dict[str, frozenset[bytes]])
    """The ``easy-install.pth`` and its lines there."""


def legacy_files(distribution: InstalledDistribution, location: str) -> LegacyFiles:
    """Return the files of a legacy distribution in the canonical folder ``location``.

    ``.egg-link`` (``setup.py develop``): the link and its line in ``easy-install.pth``; the project
    itself stays. ``.egg`` folders: all of it, and the line. ``.egg-info`` folders: what
    ``installed-files.txt`` lists. Raises RemovalError for one that lists nothing.
    """
    name = distribution.metadata_folder
    path = f"{location}/{name}"

    if name.endswith(".egg-link"):
        target = (distribution.direct_url or {}).get("url", "").removeprefix("file://")

        return LegacyFiles(frozenset({path}), _own_lines(location, {target}))

    if name.endswith(".egg") and os.path.isdir(path):
        return LegacyFiles(frozenset(_files_below(path)), _own_lines(location, {path, f"./{name}", name}))

    rows, _ = recorded_paths(distribution)

    if not rows or not os.path.isdir(path):
        raise RemovalError(
            f"{distribution.name} {distribution.version} was installed without a list of its files ({path})",
            id="distutils-installed",
            hint="Remove it with the tool that installed it, or delete its files by hand.",
        )

    return LegacyFiles(frozenset({*(row.inside(location) for row in rows), *_files_below(path)}))


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
