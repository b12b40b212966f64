"""Writes a wheel's files into a staging folder, each inflated, hashed and checked on its way.

Modification times are part of the format. A file's time is made of its own SHA-256 (`mtime_of`):
it is the same wherever the wheel is unpacked, and two contents of one path practically never share
it, so the bytecode that Python keeps by source time and size is never taken for another version's
(archives often give every file the same time).
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr_cache import TreeFile
from zephyr_cache.link import current_umask
from zephyr_workers import record
from zephyr_workers.inflate import pieces
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_workers.archive import Entry
    from zephyr_workers.archive_source import Source

_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)
_EARLIEST = 1_000_000_000
"""2001-09-09: later than the earliest time of any archive format, earlier than any real edit."""
_SPAN = 1 << 28
_TIME_BY_DESCRIPTOR = os.utime in os.supports_fd


@dataclass(slots=True)
class Written:
    """What `write_files` has found out on its way."""

    files: list[TreeFile] = field(default_factory=list[TreeFile])
    python_scripts: list[str] = field(default_factory=list[str])
    """Paths in the section scripts that begin with ``#!python``."""
    warnings: list[str] = field(default_factory=list[str])


def write_files(
    source: Source,
    entries: Mapping[str, Entry],
    places: Mapping[str, tuple[str, str]],
    rows: Mapping[str, record.Expected],
    folder: str,
) -> Written:
    """Inflate and check every entry; write those with a place (section, path) below ``folder``.

    All of them are checked against RECORD's ``rows``. What is written has the modes of a cached tree,
    whatever the umask. Raises `InvalidWheel`, and `OSError` from the disk.
    """
    made = {folder}
    written = Written()
    umask = current_umask()

    for name, entry in entries.items():
        place = places.get(name)
        expected = rows.get(name)

        if place is None:
            _check_contents(source, entry, expected)
            continue

        section, path = place
        location = f"{folder}/{section}/{path}"
        parent = location.rpartition("/")[0]

        if parent not in made:
            _make_folder(parent, made, name, umask)

        descriptor = _create(location, name, 0o755 if entry.executable else 0o644, umask)

        try:
            digest, first, warning = _copy_contents(source, entry, expected, descriptor)
            mtime = mtime_of(digest)
            os.utime(descriptor if _TIME_BY_DESCRIPTOR else location, ns=(mtime, mtime))
        finally:
            os.close(descriptor)

        written.files.append(TreeFile(section, path, digest, entry.size, mtime, entry.executable))

        if warning is not None:
            written.warnings.append(warning)

        if section == "scripts" and first.startswith(b"#!python"):
            written.python_scripts.append(path)

    return written


def _make_folder(path: str, made: set[str], name: str, umask: int) -> None:
    """Make ``path`` in a folder ``made`` before; one that is there already has two names in the wheel."""
    parent = path.rpartition("/")[0]

    if parent not in made:
        _make_folder(parent, made, name, umask)

    try:
        os.mkdir(path, 0o755)
    except OSError as error:
        _blame_name(error, name)
        raise

    if umask & 0o755:
        os.chmod(path, 0o755)  # noqa: S103 - others link from here where the root lets them

    made.add(path)


def _create(path: str, name: str, mode: int, umask: int) -> int:
    try:
        descriptor = os.open(path, _FLAGS, mode)
    except OSError as error:
        _blame_name(error, name)
        raise

    if umask & mode:
        os.chmod(path, mode)

    return descriptor


def _blame_name(error: OSError, name: str) -> None:
    """Raise `InvalidWheel` where the disk refuses the name, and not for reasons of its own."""
    if isinstance(error, FileExistsError):
        raise InvalidWheel(
            "wheel-name-collision", "on this disk another entry has the same name", entry=name
        ) from error

    if error.errno in (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ):
        raise InvalidWheel(
            "wheel-path-unwritable", "this disk cannot hold a file of that name", entry=name
        ) from error


def _check_contents(source: Source, entry: Entry, expected: record.Expected | None) -> None:
    """Check a file that the tree leaves out."""
    hashes = record.Hashes(expected)

    for piece in pieces(source, entry):
        hashes.update(piece)

    if expected is not None:
        record.check_file(entry.name, expected, hashes.recorded, entry.size)


def _copy_contents(
    source: Source, entry: Entry, expected: record.Expected | None, descriptor: int
) -> tuple[str, bytes, str | None]:
    """Write a file's contents; return their SHA-256, the first bytes and a warning."""
    hashes = record.Hashes(expected)
    first = b""

    for piece in pieces(source, entry):
        hashes.update(piece)
        first = first or piece[:16]
        _write_all(descriptor, piece)

    digest = hashes.sha256

    if expected is None:
        return digest, first, None

    recorded = digest if expected.algorithm == "sha256" else hashes.recorded

    return digest, first, record.check_file(entry.name, expected, recorded, entry.size)


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)

    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def mtime_of(sha256: str) -> int:
    """Return the modification time (ns since the epoch; whole, even seconds) of a file with this digest.

    Even, because some file systems keep times to two seconds; below 2**31 seconds, because
    bytecode keeps 32 bits of it.
    """
    return (_EARLIEST + 2 * (int(sha256[:8], 16) % _SPAN)) * 1_000_000_000
