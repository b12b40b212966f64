"""From a wheel's file to a published tree in the cache: everything is checked before it is believed.

One job, synchronous, for a worker thread: structure first, then names, then what the documents
say; then each file is inflated, hashed against RECORD and written, and the tree is published as a
whole. A wheel that breaks a rule leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, replace
from zephyr_cache.errors import disk_full
from zephyr_workers import documents, record, schemes
from zephyr_workers.archive import Entry, read_archive
from zephyr_workers.archive_source import open_source
from zephyr_workers.entry_points import parse_entry_points
from zephyr_workers.inflate import read_entry
from zephyr_workers.paths import check_path, check_tree
from zephyr_workers.tree_writer import write_files
from zephyr_workers.wheel import UnpackedWheel, WheelFacts, attributes_of, load_wheel
from zephyr_workers.wheel_errors import InvalidWheel, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr_cache import Cache
    from zephyr_workers.archive_source import Source


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known before the first file is written."""

    entries: Mapping[str, Entry]
    places: Mapping[str, tuple[str, str]]
    rows: Mapping[str, record.Expected]
    facts: WheelFacts


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
                _check_room(cache.root, plan)
                written = write_files(source, plan.entries, plan.places, plan.rows, folder)
                facts = replace(
                    plan.facts,
                    python_scripts=tuple(written.python_scripts),
                    warnings=(*plan.facts.warnings, *written.warnings),
                    archive_size=os.path.getsize(archive_path),
                )
                tree = cache.publish(folder, sha256, written.files, attributes_of(facts), as_said=True)
    except InvalidWheel as error:
        raise error.named(filename) from error.__cause__

    wheel = load_wheel(tree, filename)

    if wheel is None:  # another version of Zephyr unpacked it in between
        cache.evict(sha256)

        return unpack_wheel(archive_path, filename, cache, sha256, expected_metadata=expected_metadata)

    return wheel


def _plan(source: Source, filename: str, expected_metadata: bytes | None) -> _Plan:
    identity = documents.parse_filename(filename)
    entries, warnings = _files(source, read_archive(source))
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

    facts = WheelFacts(
        display_name=display_name,
        version=identity.version,
        filename=filename,
        dist_info=dist_info,
        root_is_purelib=purelib,
        entry_points=points,
        startup_files=schemes.startup_files(places.values()),
        warnings=(*warnings, *doubts),
    )

    return _Plan(entries, places, rows, facts)


def _files(source: Source, entries: tuple[Entry, ...]) -> tuple[dict[str, Entry], tuple[str, ...]]:
    """Return the entries that are files by their names, all names checked, and warnings."""
    warnings: list[str] = []
    files: list[Entry] = []
    folders: list[str] = []

    for entry in entries:
        check_path(entry.name)

        if not entry.is_folder:
            files.append(entry)
            continue

        folders.append(entry.name[:-1])

        if entry.size or entry.crc:
            raise InvalidWheel("wheel-folder-with-data", "a folder cannot have contents", entry=entry.name)

        if entry.compressed_size:
            read_entry(source, entry, 0)
            warnings.append(f"the folder {visible(entry.name)} has data that inflates to nothing")

    warnings += check_tree([entry.name for entry in files], folders)

    return {entry.name: entry for entry in files}, tuple(warnings)


def _check_room(folder: str, plan: _Plan) -> None:
    """Raise `DiskFull` for what cannot fit, before the disk is full: the wheel is not to blame."""
    needed = sum(plan.entries[name].size for name in plan.places)

    if needed > (1 << 20) and needed > shutil.disk_usage(folder).free:
        raise disk_full(folder)
