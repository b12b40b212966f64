"""What a lock has for one environment, as values that an install takes: nothing is resolved. Pure.

Wheels, and source archives of an index, become pins. What the lock names by place (a folder, a repository,
a source archive) becomes a requested place, as its version shows only when it is looked at.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.pylock import PackageArchive, PackageDirectory, PackageVcs

from zephyr.dataclass import dataclass
from zephyr.model.artifact import Artifact
from zephyr.model.filenames import parse_filename
from zephyr.model.resolution import Pin
from zephyr.model.source_git import git_reference
from zephyr.model.source_reference import SourceInvalid, SourceKind, SourceNotSupported, SourceReference
from zephyr.pipeline.requested_place import RequestedPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from packaging.pylock import Package
    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.lock.entries import File
    from zephyr.lock.selection import Selected


@dataclass(frozen=True, slots=True)
class LockedSet:
    """Everything that an environment is to have."""

    pins: tuple[Pin, ...]
    places: tuple[RequestedPlace, ...]


def locked_set(selected: Iterable[Selected], path: str, *, editable: bool = True) -> LockedSet:
    """Return the entries that were selected from the lock at ``path``, which `zephyr.lock.reading` has read.

    Without ``editable`` no folder is installed so. Raises `SourceInvalid` and `SourceNotSupported`.
    """
    entries = [(one.package, one.source) for one in selected]
    names = {package.name for package, _ in entries}
    folder = os.path.dirname(os.path.abspath(path))
    pins: list[Pin] = []
    places: list[RequestedPlace] = []

    for package, file in entries:
        origin = f"{path}, {package.name}"

        if isinstance(file, PackageVcs):
            places.append(_repository(package, file, folder, origin))
        elif isinstance(file, PackageDirectory):
            places.append(_folder(package, file, folder, origin, editable=editable))
        elif isinstance(file, PackageArchive) and not _filename(file).endswith(".whl"):
            places.append(_archive(package, file, folder, origin))
        else:
            pins.append(_pin(package, file, folder, names, origin))

    return LockedSet(tuple(pins), tuple(places))


def is_project(one: Selected, path: str) -> bool:
    """Tell whether an entry is the project that the lock at ``path`` belongs to: the lock's own folder."""
    folder = os.path.dirname(os.path.abspath(path))
    source = one.source

    return isinstance(source, PackageDirectory) and os.path.normpath(f"{folder}/{source.path}") == folder


def _pin(package: Package, file: File, folder: str, names: Set[NormalizedName], origin: str) -> Pin:
    filename = _filename(file)
    artifact = Artifact(filename, _url(file.url, file.path, folder), dict(file.hashes), file.size)
    needed: set[NormalizedName] = {dependency["name"] for dependency in package.dependencies or ()}

    return Pin(
        package.name,
        package.version or _version(filename, package.name, origin),
        artifact,
        package.index,
        metadata=None,
        direct=isinstance(file, PackageArchive),
        dependencies=tuple(sorted(needed & names)),
    )


def _folder(
    package: Package, directory: PackageDirectory, folder: str, origin: str, *, editable: bool
) -> RequestedPlace:
    reference = SourceReference(
        SourceKind.LOCAL_FOLDER,
        _url(None, directory.path, folder),
        package.name,
        subdirectory=directory.subdirectory or "",
        editable=editable and bool(directory.editable),
    )

    return RequestedPlace(reference, origin, version=package.version)


def _repository(package: Package, vcs: PackageVcs, folder: str, origin: str) -> RequestedPlace:
    if vcs.type != "git":
        raise SourceNotSupported(
            f"Zephyr does not fetch from {vcs.type} repositories ({origin})",
            hint="Lock the project from git, from an archive or from a folder.",
        )

    # Without the commit an "@" in the address would be read as what begins it.
    reference = git_reference(f"{_url(vcs.url, vcs.path, folder)}@{vcs.commit_id}", origin)
    pinned = SourceReference(
        SourceKind.GIT,
        reference.url,
        package.name,
        requested_revision=vcs.requested_revision,
        subdirectory=vcs.subdirectory or "",
        given=reference.given,
    )

    return RequestedPlace(pinned, origin, commit_id=vcs.commit_id, version=package.version)


def _archive(package: Package, archive: PackageArchive, folder: str, origin: str) -> RequestedPlace:
    url = _url(archive.url, archive.path, folder)
    reference = SourceReference(
        SourceKind.LOCAL_ARCHIVE if url.startswith("file:") else SourceKind.REMOTE_ARCHIVE,
        url,
        package.name,
        subdirectory=archive.subdirectory or "",
        hashes=dict(archive.hashes),
        given=url,
    )

    return RequestedPlace(reference, origin, version=package.version)


def _url(url: str | None, path: str | None, folder: str) -> str:
    """Return where a file is; a relative path starts from the folder of the lock."""
    if url is not None:
        return url.partition("#")[0]

    return Path(os.path.normpath(os.path.join(folder, path or ""))).as_uri()


def _filename(file: File) -> str:
    if isinstance(file, PackageArchive):
        path = unquote(urlsplit(file.url).path) if file.url is not None else file.path or ""

        return path.rpartition("/")[2]

    return file.filename


def _version(filename: str, name: NormalizedName, origin: str) -> Version:
    parsed = parse_filename(filename, name)

    if parsed is None:
        raise SourceInvalid(f"{filename!a} is not a file of {name} ({origin})")

    return parsed.version
