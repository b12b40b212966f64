"""From a source archive's file to a source tree: everything is checked before the first file is written.

``.tar.gz`` and ``.zip`` (PEP 517, PEP 625). Links are made last and no member lies below one, so
that nothing is ever written through a link.
"""

from __future__ import annotations

import errno
import mmap
import os
import posixpath
import shutil
import tempfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

from zephyr_cache.errors import disk_full
from zephyr_workers.archive import (
    HIGHEST_RATIO,
    LARGEST_CONTENT,
    RATIO_CHECKED_FROM,
    read_archive,
)
from zephyr_workers.archive_source import open_source
from zephyr_workers.inflate import PIECE, pieces
from zephyr_workers.paths import check_path
from zephyr_workers.source_errors import InvalidSource, as_source
from zephyr_workers.source_layout import Layout, check_name, is_named_after, lay_out
from zephyr_workers.source_links import check_links
from zephyr_workers.source_writer import SourceWriter
from zephyr_workers.sources import SourceTree
from zephyr_workers.static_metadata import has_recent_metadata
from zephyr_workers.tar_archive import Kind, Member, read_members
from zephyr_workers.wheel_errors import InvalidWheel, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


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
        layout = _unpack(archive_path, filename, folder)
        root = os.path.join(folder, layout.top)
        warnings = (*layout.warnings, *_unlike(root, layout.top, expected))
        project = _project_folder(root, subdirectory)
    except (InvalidSource, InvalidWheel) as error:
        _empty(folder)
        refusal = as_source(error) if isinstance(error, InvalidWheel) else error

        raise refusal.named(filename) from error.__cause__
    except OSError as error:
        _empty(folder)

        if error.errno in _FULL:
            raise disk_full(folder) from error

        raise
    except BaseException:
        _empty(folder)
        raise

    name, version = expected or (None, None)

    return SourceTree(os.path.abspath(project), sha256, filename, name, version, warnings)


def _unpack(archive_path: str, filename: str, folder: str) -> Layout:
    if filename.endswith((".tar.gz", ".tgz")):
        limit = _limit(os.stat(archive_path).st_size)

        with open(archive_path, "rb") as packed, tempfile.TemporaryFile(dir=folder) as stream:
            if not _inflate(packed, stream, folder, limit):
                raise InvalidSource("source-damaged", "it is empty")

            stream.flush()

            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return _write_tar(content, _by_name(read_members(content)), folder, limit)

    if filename.endswith(".zip"):
        return _write_zip(archive_path, folder)

    raise InvalidSource("source-unsupported", "only .tar.gz and .zip source archives are opened")


def _limit(archive_size: int) -> int:
    """Return how many bytes an archive of this size may unpack to."""
    return min(LARGEST_CONTENT, max(RATIO_CHECKED_FROM, HIGHEST_RATIO * archive_size))


def _inflate(packed: BinaryIO, stream: BinaryIO, folder: str, limit: int) -> int:
    """Inflate one gzip member (RFC 1952) with its CRC and size checked; return the length in bytes."""
    inflater = zlib.decompressobj(31)
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


def _write_tar(content: mmap.mmap, members: Mapping[str, Member], folder: str, limit: int) -> Layout:
    folders = [name for name, member in members.items() if member.kind is Kind.FOLDER]
    files = {name: member for name, member in members.items() if member.kind is Kind.FILE}
    links = {name: member.target for name, member in members.items() if member.kind is Kind.SYMBOLIC_LINK}
    layout = lay_out([*files, *links], folders)
    known = frozenset(layout.folders)
    check_links(links, files, known)
    _check_room(folder, sum(member.size for member in files.values()), limit)
    writer = SourceWriter(folder)

    for name in layout.folders:
        writer.make_folder(name)

    for name, member in files.items():
        parts = _slices(content, member)
        writer.write(name, parts, executable=member.executable, modified=member.modified)

    for name, target in links.items():
        to_folder = posixpath.normpath(f"{posixpath.dirname(name)}/{target}") in known
        writer.link(name, target, to_folder=to_folder)

    return layout


def _by_name(found: Iterable[Member]) -> dict[str, Member]:
    """Return the members by their checked names; a hard link is the earlier file that it names."""
    members: dict[str, Member] = {}

    for member in found:
        name = member.name.removeprefix("./")

        if name in {"", "."} and member.kind is Kind.FOLDER:
            continue

        name = name.removesuffix("/") if member.kind is Kind.FOLDER else name
        check_name(name)

        if name in members:
            raise InvalidSource("source-duplicate-entry", "two entries have this name", entry=name)

        members[name] = _original(name, member, members)

    return members


def _original(name: str, member: Member, members: Mapping[str, Member]) -> Member:
    if member.kind is not Kind.HARD_LINK:
        return member

    original = members.get(member.target.removeprefix("./"))

    if original is None or original.kind is not Kind.FILE:
        raise InvalidSource("source-link-invalid", "its hard link names no earlier regular file", entry=name)

    return original


def _slices(content: mmap.mmap, member: Member) -> Iterator[bytes]:
    end = member.offset + member.size

    for start in range(member.offset, end, PIECE):
        yield content[start : min(start + PIECE, end)]


def _write_zip(archive_path: str, folder: str) -> Layout:
    with open_source(archive_path) as source:
        entries = read_archive(source)

        for entry in entries:
            check_name(entry.name)

            if entry.is_folder and entry.size:
                raise InvalidSource(
                    "source-folder-with-data", "a folder cannot have contents", entry=entry.name
                )

        files = [entry for entry in entries if not entry.is_folder]
        folders = [entry.name[:-1] for entry in entries if entry.is_folder]
        layout = lay_out([entry.name for entry in files], folders)
        _check_room(folder, sum(entry.size for entry in files), LARGEST_CONTENT)
        writer = SourceWriter(folder)

        for name in layout.folders:
            writer.make_folder(name)

        for entry in files:
            writer.write(entry.name, pieces(source, entry), executable=entry.executable)

        return layout


def _check_room(folder: str, size: int, limit: int) -> None:
    if size > limit:
        raise InvalidSource("source-too-large", f"it unpacks to {size} bytes; the limit is {limit}")

    if size > max(PIECE, shutil.disk_usage(folder).free):
        raise disk_full(folder)


def _unlike(root: str, top: str, expected: tuple[NormalizedName, Version] | None) -> tuple[str, ...]:
    """Return a warning where the top folder is not called after the project (PEP 625).

    An archive with PKG-INFO of version 2.2 or later (PEP 643) is made by a tool that knows the rule: refused.
    """
    if expected is None or is_named_after(top, *expected):
        return ()

    reason = f"its folder is called {visible(top)}, not {expected[0]}-{expected[1]}"

    if has_recent_metadata(root):
        raise InvalidSource("source-top-folder", reason)

    return (reason,)


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
