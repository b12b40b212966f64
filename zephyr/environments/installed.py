"""Reads what is installed in an environment: ``.dist-info`` (PEP 376, 610, 627) and legacy ``.egg-info``.

A broken installation is a finding beside the list, never a failure: most of the commands that meet one
are there to repair it.
"""

from __future__ import annotations

import json
import os
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from zephyr.dataclass import dataclass
from zephyr.environments.headers import identify, read_headers
from zephyr.environments.legacy import read_legacy
from zephyr.model.environment import InstalledDistribution
from zephyr.model.names import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.version import Version


class Defect(Enum):
    """What is wrong with something found in site-packages."""

    NO_METADATA = "no-metadata"
    INVALID_METADATA = "invalid-metadata"
    NO_RECORD = "no-record"
    INVALID_RECORD = "invalid-record"
    DUPLICATE = "duplicate"
    """A second distribution of a name in one folder: an interrupted upgrade."""
    LEFTOVER = "leftover"
    """A ``~name`` that pip renames to before it removes: an interrupted uninstall."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is broken, told rather than raised."""

    defect: Defect
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Installed:
    """What one or more folders hold; of a name that is there twice the first folder's counts."""

    distributions: tuple[InstalledDistribution, ...]
    """Sorted by name."""
    findings: tuple[Finding, ...]

    def get(self, name: str) -> InstalledDistribution | None:
        """Return the distribution with the normalised ``name``, None where it is not installed."""
        return next((found for found in self.distributions if found.name == name), None)


def read_installed(folders: Iterable[str]) -> Installed:
    """Return what is installed in ``folders``; one that does not exist or is named twice adds nothing."""
    found: dict[str, InstalledDistribution] = {}
    findings: list[Finding] = []
    seen: set[tuple[int, int]] = set()

    for folder in folders:
        try:
            status = os.stat(folder)
        except OSError:
            continue

        # purelib and platlib are often one folder under two names (lib64).
        if (status.st_dev, status.st_ino) in seen:
            continue

        seen.add((status.st_dev, status.st_ino))
        _read_folder(folder, found, findings)

    return Installed(tuple(sorted(found.values(), key=lambda each: each.name)), tuple(findings))


def _read_folder(folder: str, found: dict[str, InstalledDistribution], findings: list[Finding]) -> None:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        findings.append(Finding(Defect.UNREADABLE, folder, f"{folder} cannot be read: {error.strerror}"))
        return

    for name in names:
        path = f"{folder}/{name}"

        if name.startswith("~"):
            findings.append(
                Finding(Defect.LEFTOVER, path, f"{path} is left over from an interrupted removal")
            )
        elif name.endswith(".dist-info"):
            _add(_read_dist_info(folder, name, findings), found, findings)
        elif name.endswith((".egg-info", ".egg-link", ".egg")):
            _add(read_legacy(folder, name), found, findings)


def _add(
    distribution: InstalledDistribution | None,
    found: dict[str, InstalledDistribution],
    findings: list[Finding],
) -> None:
    """Keep the sounder of two distributions of one name, and tell of the other."""
    if distribution is None:
        return

    other = found.get(distribution.name)
    kept = distribution if other is None else max(other, distribution, key=_soundness)
    found[distribution.name] = kept

    if other is not None:
        lost = distribution if kept is other else other
        path = f"{lost.location}/{lost.metadata_folder}"
        findings.append(
            Finding(
                Defect.DUPLICATE, path, f"{path} stands beside {kept.metadata_folder} of the same project"
            )
        )


def _soundness(distribution: InstalledDistribution) -> tuple[bool, bool, Version]:
    is_modern = distribution.metadata_folder.endswith(".dist-info")

    return is_modern, distribution.has_record, distribution.version


def _read_dist_info(folder: str, name: str, findings: list[Finding]) -> InstalledDistribution | None:
    path = f"{folder}/{name}"

    try:
        files = frozenset(os.listdir(path))
    except OSError as error:
        findings.append(Finding(Defect.UNREADABLE, path, f"{path} cannot be read: {error.strerror}"))
        return None

    headers: dict[str, list[str]] = {}

    try:
        headers = read_headers(f"{path}/METADATA")
    except OSError as error:
        findings.append(
            Finding(Defect.NO_METADATA, path, f"{path} has no readable METADATA: {error.strerror}")
        )

    if "RECORD" not in files:
        findings.append(Finding(Defect.NO_RECORD, path, f"{path} has no RECORD: nobody knows its files"))

    identity = identify(headers, name)

    if identity is None:
        findings.append(Finding(Defect.INVALID_METADATA, path, f"{path} has no valid name and version"))
        return None

    display_name, version = identity

    return InstalledDistribution(
        name=canonicalize_name(display_name),
        display_name=display_name,
        version=version,
        location=folder,
        metadata_folder=name,
        installer=_installer(path) if "INSTALLER" in files else None,
        requested="REQUESTED" in files,
        direct_url=_direct_url(path, findings) if "direct_url.json" in files else None,
        requires=tuple(headers.get("requires-dist", ())),
        requires_python=headers.get("requires-python", [None])[0],
        has_record="RECORD" in files,
    )


def _installer(path: str) -> str | None:
    try:
        with open(f"{path}/INSTALLER", encoding="utf-8", errors="replace") as file:
            return file.read(200).strip() or None
    except OSError:
        return None


def _direct_url(path: str, findings: list[Finding]) -> Mapping[str, Any] | None:
    try:
        with open(f"{path}/direct_url.json", "rb") as file:
            document: Any = json.load(file)
    except (OSError, ValueError, RecursionError):
        document = None

    if isinstance(document, dict):
        fields = cast("dict[str, Any]", document)

        if isinstance(fields.get("url"), str):
            return fields

    findings.append(
        Finding(Defect.INVALID_METADATA, path, f"{path}/direct_url.json is not a PEP 610 document")
    )

    return None
