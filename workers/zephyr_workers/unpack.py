"""From a wheel's file to a published tree in the cache: everything is checked before it is believed.

One job, synchronous, for a worker thread: structure first, then names, then what the documents
say; then each file is inflated, hashed against RECORD and written, and the tree is published as a
whole. A wheel that breaks a rule leaves nothing behind.

Modification times are part of the format. A file's time is made of its own SHA-256 (`mtime_of`):
it is the same wherever the wheel is unpacked, and two contents of one path practically never share
it, so the bytecode that Python keeps by source time and size is never taken for another version's
(archives often give every file the same time).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr_cache import TreeFile
from zephyr_workers import documents, record, schemes
from zephyr_workers.archive import Entry, read_archive
from zephyr_workers.entry_points import EntryPoint, parse_entry_points
from zephyr_workers.inflate import FileSource, open_source, pieces, read_entry
from zephyr_workers.paths import check_path, check_tree
from zephyr_workers.wheel import UnpackedWheel, attributes_of, load_wheel
from zephyr_workers.wheel_errors import InvalidWheel, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_cache import Cache, Tree

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


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known before the first file is written."""

    entries: Mapping[str, Entry]
    places: Mapping[str, tuple[str, str]]
    rows: Mapping[str, record.Expected]
    display_name: str
    identity: documents.Identity
    dist_info: str
    root_is_purelib: bool
    entry_points: tuple[EntryPoint, ...]
    warnings: tuple[str, ...]


@dataclass(slots=True)
class _Written:
    files: list[TreeFile] = field(default_factory=list[TreeFile])
    python_scripts: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])


def unpack_wheel(
    archive_path: str, filename: str, cache: Cache, sha256: str, *, expected_metadata: bytes | None = None
) -> UnpackedWheel:
    """Validate the wheel at ``archive_path`` and publish its tree under ``sha256``.

    ``filename`` is the name it was published under; ``sha256`` is its digest, which whoever
    downloaded it has proven. ``expected_metadata`` is the METADATA that the resolution believed,
    when it came from somewhere else than this file. Raises `InvalidWheel` (`MetadataMismatch`), and
    the cache's `CacheError`.
    """
    try:
        with open_source(archive_path) as source:
            plan = _plan(source, filename, expected_metadata)

            with cache.staging() as folder:
                _check_room(folder, plan)
                written = _write(source, plan, folder)
                tree = _publish(cache, folder, sha256, filename, plan, written)
    except InvalidWheel as error:
        raise error.named(filename) from error.__cause__

    wheel = load_wheel(tree)

    if wheel is None:  # another version of Zephyr unpacked it in between
        cache.evict(sha256)

        return unpack_wheel(archive_path, filename, cache, sha256, expected_metadata=expected_metadata)

    return wheel


def _plan(source: FileSource, filename: str, expected_metadata: bytes | None) -> _Plan:
    identity = documents.parse_filename(filename)
    entries, warnings = _files(read_archive(source))
    dist_info = documents.find_dist_info(entries, identity)

    def read(name: str, limit: int) -> bytes:
        entry = entries.get(f"{dist_info}/{name}")

        if entry is None:
            raise InvalidWheel(f"wheel-{name.lower()}-missing", f"it has no {name}")

        return read_entry(source, entry, limit)

    rows = record.parse_record(read("RECORD", record.LARGEST_RECORD), dist_info)
    record.check_listed(rows, entries, dist_info)
    metadata = read("METADATA", documents.LARGEST_METADATA)
    display_name = documents.parse_metadata(metadata, identity)

    if expected_metadata is not None:
        documents.compare_metadata(expected_metadata, metadata)

    purelib, doubts = documents.parse_wheel_document(read("WHEEL", documents.LARGEST_DOCUMENT), identity)
    has_entry_points = f"{dist_info}/entry_points.txt" in entries
    points = (
        parse_entry_points(read("entry_points.txt", documents.LARGEST_DOCUMENT)) if has_entry_points else ()
    )
    places = schemes.place_files(entries, identity, dist_info, purelib=purelib)

    return _Plan(
        entries, places, rows, display_name, identity, dist_info, purelib, points, (*warnings, *doubts)
    )


def _files(entries: tuple[Entry, ...]) -> tuple[dict[str, Entry], tuple[str, ...]]:
    """Return the entries that are files by their names, all names checked, and warnings."""
    warnings: list[str] = []

    for entry in entries:
        check_path(entry.name)

        if entry.is_folder:
            if entry.size or entry.crc:
                raise InvalidWheel(
                    "wheel-folder-with-data", "a folder cannot have contents", entry=entry.name
                )

            if entry.compressed_size:
                warnings.append(f"the folder {visible(entry.name)} has data that inflates to nothing")

    files = [entry for entry in entries if not entry.is_folder]
    folders = [entry.name[:-1] for entry in entries if entry.is_folder]
    warnings += check_tree([entry.name for entry in files], folders)

    return {entry.name: entry for entry in files}, tuple(warnings)


def _check_room(folder: str, plan: _Plan) -> None:
    """Refuse what cannot fit, before the disk is full."""
    needed = sum(plan.entries[name].size for name in plan.places)

    if needed > (1 << 20) and needed > shutil.disk_usage(folder).free:
        raise InvalidWheel("wheel-too-large", f"it unpacks to {needed} bytes, more than the disk has free")


def _write(source: FileSource, plan: _Plan, folder: str) -> _Written:
    """Inflate and check every file, in the order of the archive; write those that have a place."""
    made: set[str] = set()
    written = _Written()

    for name, entry in plan.entries.items():
        place = plan.places.get(name)
        expected = plan.rows.get(name)

        if place is None:
            _check_contents(source, entry, expected)
            continue

        section, path = place
        location = f"{folder}/{section}/{path}"
        _make_folder(location.rpartition("/")[0], folder, made, name)
        descriptor = _create(location, name, executable=entry.executable)

        try:
            digest, first, warning = _copy_contents(source, entry, expected, descriptor)
            mtime = mtime_of(digest)
            _set_time(descriptor, location, mtime)
        finally:
            os.close(descriptor)

        written.files.append(TreeFile(section, path, digest, entry.size, mtime, entry.executable))

        if warning is not None:
            written.warnings.append(warning)

        if section == "scripts" and first.startswith(b"#!python"):
            written.python_scripts.append(path)

    return written


def _make_folder(path: str, top: str, made: set[str], name: str) -> None:
    """Make ``path`` below ``top``, each folder once; one that is already there has two names in the wheel."""
    if path in made or path == top:
        return

    _make_folder(path.rpartition("/")[0], top, made, name)

    try:
        os.mkdir(path, 0o755)
    except FileExistsError as error:
        raise _collision(name) from error

    made.add(path)


def _create(path: str, name: str, *, executable: bool) -> int:
    try:
        return os.open(path, _FLAGS, 0o755 if executable else 0o644)
    except FileExistsError as error:
        raise _collision(name) from error


def _collision(name: str) -> InvalidWheel:
    return InvalidWheel("wheel-name-collision", "on this disk another entry has the same name", entry=name)


def _check_contents(source: FileSource, entry: Entry, expected: record.Expected | None) -> None:
    """Check a file that the tree leaves out."""
    hashers = record.hashers(expected)

    for piece in pieces(source, entry):
        for hasher in hashers.values():
            hasher.update(piece)

    if expected is not None:
        record.check_file(entry.name, expected, record.digests(hashers), entry.size)


def _copy_contents(
    source: FileSource, entry: Entry, expected: record.Expected | None, descriptor: int
) -> tuple[str, bytes, str | None]:
    """Write a file's contents; return their SHA-256, the first bytes and a warning."""
    hashers = record.hashers(expected)
    first = b""

    for piece in pieces(source, entry):
        for hasher in hashers.values():
            hasher.update(piece)

        first = first or piece[:16]
        _write_all(descriptor, piece)

    digests = record.digests(hashers)
    warning = None if expected is None else record.check_file(entry.name, expected, digests, entry.size)

    return digests["sha256"], first, warning


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


def _set_time(descriptor: int, path: str, mtime: int) -> None:
    target = descriptor if os.utime in os.supports_fd else path
    os.utime(target, ns=(mtime, mtime))


def _publish(cache: Cache, folder: str, sha256: str, filename: str, plan: _Plan, written: _Written) -> Tree:
    attributes = attributes_of(
        display_name=plan.display_name,
        version=plan.identity.version,
        filename=filename,
        dist_info=plan.dist_info,
        root_is_purelib=plan.root_is_purelib,
        entry_points=plan.entry_points,
        python_scripts=tuple(written.python_scripts),
        startup_files=schemes.startup_files(plan.places.values()),
        warnings=(*plan.warnings, *written.warnings),
    )

    return cache.publish(folder, sha256, written.files, attributes)
