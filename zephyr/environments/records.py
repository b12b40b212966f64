"""Reads RECORD files (PEP 376, 427, 627): which files a distribution owns, with hash and size.

A RECORD is an installed file like any other, so anybody may have written anything into it. Rows that
cannot be understood are findings; where a path leads is for those to check who would remove it.
"""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.environments.installed import Defect, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.model.environment import InstalledDistribution

LONGEST_FIELD = 65536


@dataclass(frozen=True, slots=True)
class RecordedPath:
    """One row of a RECORD."""

    path: str
    """As it stands: relative to the distribution's location, or absolute."""
    hash: str | None = None
    """``sha256=<urlsafe base64 without padding>``, None where the row has none."""
    size: int | None = None
    """Bytes."""

    def inside(self, location: str) -> str:
        """Return the absolute path, ``..`` resolved by its spelling, for a distribution at ``location``."""
        return os.path.normpath(os.path.join(location, self.path))


def recorded_paths(
    distribution: InstalledDistribution,
) -> tuple[tuple[RecordedPath, ...], tuple[Finding, ...]]:
    """Return the rows of the distribution's RECORD, and what is wrong with it.

    For a legacy ``.egg-info`` folder the rows come from ``installed-files.txt``, if it has one.
    """
    folder = f"{distribution.location}/{distribution.metadata_folder}"

    if not distribution.metadata_folder.endswith(".dist-info"):
        return _legacy_paths(distribution.location, folder)

    path = f"{folder}/RECORD"

    try:
        with open(path, encoding="utf-8", newline="") as file:
            return parse_record(file, path)
    except FileNotFoundError:
        return (), (Finding(Defect.NO_RECORD, folder, f"{folder} has no RECORD: nobody knows its files"),)
    except (OSError, UnicodeDecodeError) as error:
        return (), (Finding(Defect.INVALID_RECORD, path, f"{path} cannot be read: {error}"),)


def parse_record(lines: Iterable[str], path: str) -> tuple[tuple[RecordedPath, ...], tuple[Finding, ...]]:
    """Return the rows in ``lines`` and the findings about them; ``path`` is what findings call the file.

    Raises what iterating ``lines`` raises.
    """
    rows: dict[str, RecordedPath] = {}
    findings: list[Finding] = []
    reader = csv.reader(lines, strict=True)

    try:
        for fields in reader:
            if not fields:
                continue

            row = parse_row(fields)

            if row is None:
                message = f"{path}, line {reader.line_num}: not a row of path, hash and size"
                findings.append(Finding(Defect.INVALID_RECORD, path, message))
            else:
                rows.setdefault(row.path, row)
    except csv.Error as error:
        message = f"{path}, line {reader.line_num}: {error}"
        findings.append(Finding(Defect.INVALID_RECORD, path, message))

    return tuple(rows.values()), tuple(findings)


def parse_row(fields: list[str]) -> RecordedPath | None:
    """Return the row of ``fields``, None for one that is not of RECORD's form.

    Rows of one field (``installed-files.txt``'s, and some tools') are taken for a path alone.
    """
    name, digest, size = (*fields, "", "")[:3]

    if len(fields) > 3 or not name or "\0" in name or len(name) > LONGEST_FIELD:
        return None

    if (digest and "=" not in digest) or (size and not (size.isascii() and size.isdigit())):
        return None

    return RecordedPath(name, digest or None, int(size) if size and len(size) < 20 else None)


def _legacy_paths(location: str, folder: str) -> tuple[tuple[RecordedPath, ...], tuple[Finding, ...]]:
    try:
        with open(f"{folder}/installed-files.txt", encoding="utf-8", errors="surrogateescape") as file:
            names = file.read().splitlines()
    except OSError:
        finding = Finding(Defect.NO_RECORD, folder, f"{folder} is a legacy install that lists no files")
        return (), (finding,)

    # These are relative to the .egg-info folder itself.
    paths = (os.path.relpath(os.path.join(folder, name), location) for name in names if name)

    return tuple(RecordedPath(path) for path in paths), ()
