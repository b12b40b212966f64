"""From a source archive's file to a source tree: everything is checked before the first file is written.

``.tar.gz`` and ``.zip`` (PEP 517, PEP 625). Links are made last and no member lies below one, so
that nothing is ever written through a link.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import tarfile
import tempfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from zephyr_cache.errors import disk_full
from zephyr_workers.archive import (
    HIGHEST_RATIO,
    LARGEST_CONTENT,
    MOST_ENTRIES,
    RATIO_CHECKED_FROM,
    read_archive,
)
from zephyr_workers.archive_source import open_source
from zephyr_workers.inflate import PIECE, pieces
from zephyr_workers.paths import check_path, check_tree
from zephyr_workers.source_errors import InvalidSource, as_source
from zephyr_workers.sources import SourceTree
from zephyr_workers.tar_archive import Kind, Member, read_members
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

_DRIVE = re.compile(r"(?:^|/)[A-Za-z]:")


def unpack_source(
    archive_path: str,
    filename: str,
    folder: str,
    *,
    sha256: str,
    subdirectory: str | None = None,
    expected: tuple[NormalizedName, Version] | None,
) -> SourceTree:
    """Unpack the source archive at ``archive_path`` into ``folder``, which is new or empty. Blocking.

    ``filename`` is the name it was published under, ``sha256`` its proven digest; ``expected`` is
    the project that it was announced as, where it was. Raises `InvalidSource`, and the cache's
    `DiskFull`; then ``folder`` is left empty.
    """
    os.makedirs(folder, mode=0o755, exist_ok=True)

    try:
        top = _unpack(archive_path, filename, folder)
        project = _project_folder(os.path.join(folder, top), subdirectory)
    except (InvalidSource, InvalidWheel) as error:
        _empty(folder)
        refusal = as_source(error) if isinstance(error, InvalidWheel) else error

        raise refusal.named(filename) from error.__cause__
    except BaseException:
        _empty(folder)
        raise

    name, version = expected or (None, None)

    return SourceTree(os.path.abspath(project), sha256, filename, name, version)


def _unpack(archive_path: str, filename: str, folder: str) -> str:
    if filename.endswith((".tar.gz", ".tgz")):
        with open(archive_path, "rb") as packed, tempfile.TemporaryFile(dir=folder) as stream:
            length = _inflate(packed, stream, folder)

            return _write_tar(stream, read_members(stream, length), folder)

    if filename.endswith(".zip"):
        return _write_zip(archive_path, folder)

    raise InvalidSource("source-unsupported", "only .tar.gz and .zip source archives are opened")


def _inflate(packed: BinaryIO, stream: BinaryIO, folder: str) -> int:
    """Inflate one gzip member (RFC 1952) with its CRC and size checked; return the length in bytes."""
    inflater = zlib.decompressobj(31)
    archive_size = os.fstat(packed.fileno()).st_size
    limit = min(LARGEST_CONTENT, max(RATIO_CHECKED_FROM, HIGHEST_RATIO * archive_size))
    free = shutil.disk_usage(folder).free // 2  # once as a tar, once as files
    length = 0

    while not inflater.eof:
        data = inflater.unconsumed_tail or packed.read(PIECE)

        try:
            part = inflater.decompress(data, PIECE)
        except zlib.error as error:
            raise InvalidSource("source-damaged", "it is not a gzip file, or a damaged one") from error

        if not data and not part:
            raise InvalidSource("source-damaged", "it is cut short")

        length += stream.write(part)

        if length > limit:
            raise InvalidSource("source-too-large", f"it unpacks to more than {limit} bytes")

        if length > max(free, PIECE):
            raise disk_full(folder)

    if inflater.unused_data or packed.read(1):
        raise InvalidSource("source-trailing-data", "there is data after the end of the gzip member")

    return length


def _write_tar(stream: BinaryIO, found: Iterable[Member], folder: str) -> str:
    members = _by_name(found, folder)
    kept = [name for name, member in members.items() if member.kind is not Kind.FOLDER]
    folders = [name for name, member in members.items() if member.kind is Kind.FOLDER]
    links = {name: members[name].target for name in kept if members[name].kind is Kind.SYMBOLIC_LINK}
    top = _check_members(kept, folders)
    _check_links(links, members)
    _check_room(folder, sum(member.size for member in members.values()))

    for name in folders:
        os.makedirs(os.path.join(folder, name), mode=0o755, exist_ok=True)

    for name in kept:
        if name not in links:
            _write(folder, name, _slice(stream, members[name]), executable=members[name].executable)

    for name, target in links.items():
        os.makedirs(os.path.dirname(os.path.join(folder, name)), mode=0o755, exist_ok=True)
        os.symlink(target, os.path.join(folder, name))

    return top


def _by_name(found: Iterable[Member], folder: str) -> dict[str, Member]:
    """Return the members by their checked names; a hard link is the earlier file that it names."""
    members: dict[str, Member] = {}

    for member in found:
        name = member.name.removeprefix("./")

        if name in {"", "."} and member.kind is Kind.FOLDER:
            continue

        name = name.removesuffix("/") if member.kind is Kind.FOLDER else name
        _check_name(name)

        if name in members:
            raise InvalidSource("source-duplicate-entry", "two entries have this name", entry=name)

        members[name] = _original(name, member, members)
        _second_opinion(name, members[name], folder)

    return members


def _original(name: str, member: Member, members: Mapping[str, Member]) -> Member:
    if member.kind is not Kind.HARD_LINK:
        return member

    original = members.get(member.target.removeprefix("./"))

    if original is None or original.kind is not Kind.FILE:
        raise InvalidSource("source-link-invalid", "its hard link names no earlier regular file", entry=name)

    return original


def _second_opinion(name: str, member: Member, folder: str) -> None:
    """Ask the standard library's filter for untrusted archives as well (PEP 706)."""
    told = tarfile.TarInfo(name)
    told.type = {Kind.FILE: tarfile.REGTYPE, Kind.FOLDER: tarfile.DIRTYPE}.get(member.kind, tarfile.SYMTYPE)
    told.linkname = member.target

    try:
        tarfile.data_filter(told, folder)
    except tarfile.FilterError as error:
        raise InvalidSource("source-path-escapes", "it leads out of the archive", entry=name) from error


def _write_zip(archive_path: str, folder: str) -> str:
    with open_source(archive_path) as source:
        entries = read_archive(source)

        for entry in entries:
            _check_name(entry.name)

            if entry.is_folder and entry.size:
                raise InvalidSource(
                    "source-folder-with-data", "a folder cannot have contents", entry=entry.name
                )

        files = [entry for entry in entries if not entry.is_folder]
        folders = [entry.name[:-1] for entry in entries if entry.is_folder]
        top = _check_members([entry.name for entry in files], folders)
        _check_room(folder, sum(entry.size for entry in files))

        for name in folders:
            os.makedirs(os.path.join(folder, name), mode=0o755, exist_ok=True)

        for entry in files:
            _write(folder, entry.name, pieces(source, entry), executable=entry.executable)

    return top


def _check_name(name: str) -> None:
    """Refuse what is not a plain relative path; a name that only Windows cannot hold is refused there."""
    try:
        check_path(name)
    except InvalidWheel as error:
        escapes = "\\" in name or _DRIVE.search(name)

        if error.id != "wheel-path-unportable" or escapes or os.name == "nt":
            raise


def _check_members(files: list[str], folders: list[str]) -> str:
    """Return the one folder that everything lies in. Raises `InvalidSource`."""
    if len(files) + len(folders) > MOST_ENTRIES:
        raise InvalidSource("source-too-large", f"it has more than {MOST_ENTRIES} entries")

    check_tree(files, folders)
    tops = {name.partition("/")[0] for name in (*files, *folders)}
    loose = [name for name in files if "/" not in name]

    if len(tops) != 1 or loose:
        raise InvalidSource(
            "source-top-folder", f"it must hold one folder and nothing beside it, not {len(tops)}"
        )

    return tops.pop()


def _check_room(folder: str, size: int) -> None:
    if size > LARGEST_CONTENT:
        raise InvalidSource("source-too-large", f"it unpacks to {size} bytes; the limit is {LARGEST_CONTENT}")

    if size > max(PIECE, shutil.disk_usage(folder).free):
        raise disk_full(folder)


def _check_links(links: Mapping[str, str], members: Mapping[str, Member]) -> None:
    """Refuse symbolic links to anything but files and folders of the archive that are no links."""
    known = {name for name in members if name not in links}

    for name in tuple(known):
        while name := name.rpartition("/")[0]:
            known.add(name)

    for name, target in links.items():
        parent = posixpath.dirname(name)

        if not target or target.startswith("/") or posixpath.normpath(f"{parent}/{target}") not in known:
            raise InvalidSource("source-link-invalid", "its symbolic link leads to no member", entry=name)

        _check_climb(parent, target, name, links)


def _check_climb(parent: str, target: str, name: str, links: Mapping[str, str]) -> None:
    """Refuse a target whose way leads over another link: the system would not read it as it is spelled."""
    at = parent

    for part in target.split("/"):
        at = posixpath.normpath(f"{at}/{part}")

        if at in links:
            raise InvalidSource("source-link-invalid", "its symbolic link leads over another", entry=name)


def _slice(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    stream.seek(member.offset)
    left = member.size

    while left:
        part = stream.read(min(left, PIECE))
        left -= len(part)
        yield part


def _write(folder: str, name: str, parts: Iterable[bytes], *, executable: bool) -> None:
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

    with open(os.open(path, flags, 0o755 if executable else 0o644), "wb") as stream:
        stream.writelines(parts)


def _project_folder(root: str, subdirectory: str | None) -> str:
    if not subdirectory:
        return root

    check_path(subdirectory)
    folder = os.path.join(root, subdirectory)

    if not os.path.isdir(folder) or os.path.realpath(folder) != os.path.join(
        os.path.realpath(root), subdirectory
    ):
        raise InvalidSource("source-subdirectory-missing", "it has no such folder", entry=subdirectory)

    return folder


def _empty(folder: str) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)
