"""The files that an installed distribution says are its own, whoever installed it."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from zephyr.dataclass import replace
from zephyr.environments.records import recorded_paths
from zephyr.install.declared_scripts import declared_scripts
from zephyr.install.edited import edited_files
from zephyr.install.errors import RemovalError
from zephyr.install.legacy import legacy_files
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from packaging.utils import NormalizedName

    from zephyr.environments.records import RecordedPath
    from zephyr.install.destination import Destination
    from zephyr.model.environment import InstalledDistribution


class Owned(NamedTuple):
    """An installed distribution's files."""

    name: NormalizedName
    version: str
    metadata: str
    """Absolute path of its ``.dist-info`` or ``.egg-info``."""
    files: Set[str] = frozenset()
    """Absolute canonical paths inside the environment, which may be missing."""
    edited: Set[str] = frozenset()
    """Those of ``files`` whose bytes are not what was installed: a user's work, which is kept."""
    lines: Mapping[str, frozenset[bytes]] = MappingProxyType({})
    """Shared files (``easy-install.pth``) and the lines in them that are this distribution's."""
    warnings: tuple[str, ...] = ()


def owned_files(
    distribution: InstalledDistribution, destination: Destination, *, replaced: bool = False
) -> Owned:
    """Return what removing ``distribution`` takes away, the files that users changed apart.

    Rows of its RECORD that lead out of the environment are left out, with a warning. What an
    interrupted upgrade left of another version is taken along. Raises RemovalError where it cannot be
    removed: it lies outside of the environment, or nobody knows its files; one that is ``replaced``
    then loses its metadata only, and its other files are treated like a user's. Raises OSError.
    """
    location = os.path.realpath(distribution.location)
    metadata = f"{location}/{distribution.metadata_folder}"
    _refuse_outside(distribution, location, destination)

    if not metadata.endswith(".dist-info"):
        legacy = legacy_files(distribution, location, destination)
        files, warnings = _contained(legacy.files, distribution, destination)

        return Owned(
            distribution.name, str(distribution.version), metadata, files, frozenset(), legacy.lines, warnings
        )

    rows, findings = recorded_paths(distribution)

    if not rows and not replaced:
        raise RemovalError(
            f"{distribution.name} {distribution.version} cannot be removed: it has no list of its files",
            hint=f"Install {distribution.name} again, which puts that right, and then remove it.",
            details=tuple(finding.message for finding in findings),
        )

    recorded = {row.inside(location): row for row in rows}
    folders = [metadata]

    for twin in _twins(distribution, location):
        recorded = {row.inside(location): row for row in recorded_paths(twin)[0]} | recorded
        folders.append(f"{location}/{twin.metadata_folder}")

    scripts = declared_scripts(metadata, destination.folders["scripts"], destination.platform)
    paths = {*recorded, *scripts, *(path for folder in folders for path in _files_below(folder))}
    files, warnings = _contained(paths, distribution, destination)
    own = {path: row for path, row in recorded.items() if path in files and ".dist-info/" not in path}

    return Owned(
        distribution.name,
        str(distribution.version),
        metadata,
        files,
        edited_files(own, f"{metadata}/RECORD"),
        warnings=(*warnings, *(finding.message for finding in findings)),
    )


def _twins(distribution: InstalledDistribution, location: str) -> list[InstalledDistribution]:
    """Return the other ``.dist-info`` folders of the same project."""
    return [
        replace(distribution, metadata_folder=name)
        for name in sorted(os.listdir(location))
        if name.endswith(".dist-info")
        and name != distribution.metadata_folder
        and canonicalize_name(name.partition("-")[0]) == distribution.name
    ]


def recorded_files(distribution: InstalledDistribution, marks: Iterable[str]) -> Owned:
    """Return what a distribution that stays says it owns: as spelled, quick, and never an error.

    Only paths that hold one of the texts ``marks`` are of interest: a RECORD without any of them is
    not read further.
    """
    location = os.path.realpath(distribution.location)
    metadata = f"{location}/{distribution.metadata_folder}"
    files: frozenset[str] = frozenset()

    if _mentions(f"{metadata}/RECORD", marks):
        rows, _ = recorded_paths(distribution)
        files = frozenset(_joined(row, location) for row in rows)

    return Owned(distribution.name, str(distribution.version), metadata, files)


def _mentions(record: str, marks: Iterable[str]) -> bool:
    try:
        with open(record, "rb") as file:
            text = file.read()
    except OSError:
        return True

    return any(os.fsencode(mark) in text for mark in marks)


def _joined(row: RecordedPath, location: str) -> str:
    if row.path.startswith(("/", ".")) or "/." in row.path or "//" in row.path or os.name == "nt":
        return row.inside(location)

    return f"{location}/{row.path}"


def _refuse_outside(distribution: InstalledDistribution, location: str, destination: Destination) -> None:
    if location not in {destination.folders["purelib"], destination.folders["platlib"]}:
        raise RemovalError(
            f"{distribution.name} {distribution.version} lies in {location}, outside of {destination.root}",
            id="outside-environment",
            hint="It belongs to another environment or to the system: change it there.",
        )


def _contained(
    paths: Iterable[str], distribution: InstalledDistribution, destination: Destination
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Follow links in the folders of ``paths``, and leave out what is not inside the environment."""
    tops = tuple(f"{folder}/" for folder in {destination.root, *destination.folders.values()})
    folders: dict[str, str] = {folder.rstrip("/"): folder.rstrip("/") for folder in tops}
    files: set[str] = set()
    outside: list[str] = []

    for path in paths:
        folder, name = os.path.split(path)

        canonical = f"{_canonical(folder, folders)}/{name}"

        if canonical.startswith(tops) and name not in {"", ".", ".."}:
            files.add(canonical)
        else:
            outside.append(path)

    warnings = [
        f"{distribution.name} lists {path!r}, which is outside of the environment: left alone"
        for path in sorted(outside)
    ]

    return frozenset(files), tuple(warnings)


def _canonical(folder: str, known: dict[str, str]) -> str:
    """Follow links, looking at each folder once."""
    if folder not in known:
        parent, name = os.path.split(folder)
        path = f"{_canonical(parent, known)}/{name}" if name else folder
        known[folder] = os.path.realpath(path) if os.path.islink(path) else path

    return known[folder]


def _files_below(folder: str) -> list[str]:
    return [f"{parent}/{name}" for parent, _, names in os.walk(folder) for name in names]
