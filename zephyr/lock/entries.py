"""What is asked of the entries of a lock in several places: their order, their files, their short name."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, TypeAlias

from packaging.pylock import PackageArchive, PackageDirectory, PackageSdist, PackageVcs, PackageWheel
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.pylock import Package
    from packaging.utils import NormalizedName

File: TypeAlias = PackageArchive | PackageSdist | PackageWheel
"""What is fetched as one file and has hashes."""
Source: TypeAlias = PackageVcs | PackageDirectory | File
"""All that an entry can be installed from."""

_NO_VERSION = Version("0")


def entry_order(package: Package) -> tuple[NormalizedName, bool, Version, str, str]:
    """Return the key that entries are sorted by: name, version (none first), marker, place."""
    version = package.version

    return (
        package.name,
        version is not None,
        version or _NO_VERSION,
        str(package.marker or ""),
        _place(package),
    )


def is_project(package: Package) -> bool:
    """Tell whether an entry is the project that the lock belongs to: the folder of the lock."""
    return package.directory is not None and posixpath.normpath(package.directory.path) == "."


def files_of(package: Package) -> Iterator[tuple[str, File]]:
    """Yield each file of an entry with the key that it stands under, ``wheels[2]``."""
    if package.archive is not None:
        yield "archive", package.archive

    if package.sdist is not None:
        yield "sdist", package.sdist

    for position, wheel in enumerate(package.wheels or ()):
        yield f"wheels[{position}]", wheel


def _place(package: Package) -> str:
    source = package.vcs or package.directory or package.archive

    if source is None:
        return ""

    return source.path or getattr(source, "url", None) or ""
