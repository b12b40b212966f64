"""A lock for one target alone: a single-use ``pylock.toml``, or requirements as pip reads them."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.pylock import Package, PackageDirectory, PackageSdist, PackageVcs, PackageWheel, Pylock
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from zephyr.errors import ZephyrError
from zephyr.lock.compose import CREATOR
from zephyr.lock.places import relative_path
from zephyr.lock.target import marker_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from zephyr.lock.entries import File
    from zephyr.lock.selection import Selected
    from zephyr.lock.target import LockTarget

HASHES = ("sha256", "sha384", "sha512")
"""The algorithms that pip takes, the usual one first."""
PLAIN_PATH = re.compile(r"[\w./+@~-]+")
"""What pip and its successors read alike: they differ about quotes, and pip replaces ``${NAME}``."""


class PathUnexportable(ZephyrError):
    """A local path cannot be written as a requirement that every installer understands."""

    id = "export-path-unsupported"


def single_use(
    document: Pylock, selected: Sequence[Selected], target: LockTarget, folder: str, new_folder: str
) -> Pylock:
    """Return the lock of what was selected for ``target``: no marker, no extra, no group (PEP 751).

    Wheels that do not fit are left out. ``folder`` is the lock's and ``new_folder`` that of the new one,
    both absolute: local paths are of files that stay. Raises `PathUnportable`.
    """
    names = {one.package.name for one in selected}

    return Pylock(
        lock_version=Version("1.0"),
        environments=[marker_of(target, document)],
        requires_python=document.requires_python,
        created_by=CREATOR,
        packages=[_moved(_narrowed(one.package, names, target), folder, new_folder) for one in selected],
    )


def _narrowed(package: Package, names: Set[str], target: LockTarget) -> Package:
    dependencies = [
        {"name": dependency["name"]}
        for dependency in package.dependencies or ()
        if dependency.get("name") in names
    ]
    wheels = [wheel for wheel in package.wheels or () if target.takes(wheel)]

    return replace(package, marker=None, dependencies=dependencies or None, wheels=wheels or None, tool=None)


def _moved(package: Package, folder: str, new_folder: str) -> Package:
    """Return an entry whose local paths start from ``new_folder`` instead of ``folder``."""
    if folder == new_folder:
        return package

    parts: dict[str, Any] = {key: getattr(package, key) for key in ("vcs", "directory", "archive", "sdist")}
    moved = {key: _part_moved(part, folder, new_folder) for key, part in parts.items()}
    wheels = [_part_moved(wheel, folder, new_folder) for wheel in package.wheels or ()]

    return replace(package, **moved, wheels=wheels or None)


def _part_moved(part: Any, folder: str, new_folder: str) -> Any:  # noqa: ANN401 - any part with a path
    if part is None or part.path is None:
        return part

    return replace(part, path=relative_path(os.path.normpath(os.path.join(folder, part.path)), new_folder))


def requirements(
    document: Pylock, selected: Iterable[Selected], target: LockTarget, *, with_hashes: bool = True
) -> Iterator[str]:
    """Yield the lines of a requirements file for what was selected from ``document``, an entry at a time.

    Local paths start from the folder of the lock: installers take them from the current one. With hashes
    an entry has those of all its files that fit ``target``; folders and repositories can have none. Raises
    `PathUnexportable`.
    """
    for one in selected:
        is_addressed = one.package.is_direct or _is_beside_indexes(document, one.package)
        requirement = _addressed(one) if is_addressed else _versioned(one)
        files = _files(one, target, is_addressed=is_addressed) if with_hashes else ()

        yield " \\\n".join([requirement, *(f"    --hash={_hash(file)}" for file in files)])


def is_hashable(one: Selected) -> bool:
    """Return whether pip can check what an entry is installed from: not a folder, nor a repository."""
    return not isinstance(one.source, (PackageDirectory, PackageVcs))


def _is_beside_indexes(document: Pylock, package: Package) -> bool:
    """Return whether only its address leads to an entry. Other tools may leave an index out."""
    return document.created_by == CREATOR and package.index is None


def _versioned(one: Selected) -> str:
    version = one.package.version

    if isinstance(one.source, PackageWheel):
        version = version or parse_wheel_filename(one.source.filename)[1]
    elif isinstance(one.source, PackageSdist):
        version = version or parse_sdist_filename(one.source.filename)[1]

    return f"{one.package.name}=={version}"


def _addressed(one: Selected) -> str:
    name, source = one.package.name, one.source
    subdirectory = getattr(source, "subdirectory", None)
    fragment = f"#subdirectory={_plain(subdirectory, name)}" if subdirectory else ""

    if isinstance(source, PackageDirectory):
        path = _path(posixpath.join(source.path, subdirectory or ""), name)
        return f"-e {path}" if source.editable else path

    if isinstance(source, PackageVcs):
        if source.url is None:
            raise _unexportable(source.path or "", name)

        return f"{name} @ {source.type}+{_literal(source.url)}@{source.commit_id}{fragment}"

    if source.url is None:
        return f"{_path(source.path or '', name)}{fragment}"

    return f"{name} @ {_literal(source.url)}{fragment}"


def _path(path: str, name: str) -> str:
    path = posixpath.normpath(path)

    return _plain(path if path in {".", ".."} or path.startswith("../") else f"./{path}", name)


def _plain(path: str, name: str) -> str:
    if not PLAIN_PATH.fullmatch(path):
        raise _unexportable(path, name)

    return path


def _unexportable(path: str, name: str) -> PathUnexportable:
    return PathUnexportable(
        f"{name}: the path {path!a} cannot be written as a requirement that every installer understands",
        hint="Export with --format pylock.toml instead.",
    )


def _literal(url: str) -> str:
    """Return an address as it is meant: without a fragment, and with nothing that pip replaces."""
    return url.partition("#")[0].replace("$", "%24")


def _files(one: Selected, target: LockTarget, *, is_addressed: bool) -> Iterable[File]:
    """Return the files that an installer may take for a requirement."""
    if isinstance(one.source, (PackageDirectory, PackageVcs)):
        return ()

    if is_addressed:
        return (one.source,)

    wheels: list[File] = [wheel for wheel in one.package.wheels or () if target.takes(wheel)]

    return [*wheels, *((one.package.sdist,) if one.package.sdist is not None else ())]


def _hash(file: File) -> str:
    # One of these is there: the lock was checked when it was read.
    algorithm = next(each for each in HASHES if each in file.hashes)

    return f"{algorithm}:{file.hashes[algorithm]}"
