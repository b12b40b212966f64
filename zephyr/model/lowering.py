"""From the files that a page lists to versions in order, and the kinds of files that they have.

A page lists thousands of files and says few different things of them: a version is read once, however many
files are of it, and what is told of a file by its name and by the index together becomes one number.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from zephyr.model.filenames import parse_tail, parse_version, split_filename
from zephyr.model.releases import DIGEST_SIZE, Kind, Profile, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.utils import NormalizedName
    from packaging.version import Version

Row: TypeAlias = tuple[str, int, int]
"""A file while it is put in order: its name, its place in the columns, the number of its kind."""

_NOTHING = (None, "", "")
_UNREADABLE = -1
_SHA256_LENGTH = 64
_DIGITS = 2 * DIGEST_SIZE
_NO_DIGEST = "0" * _DIGITS


class FileColumns(NamedTuple):
    """What a summary follows from: one column per property, with one place per file."""

    filenames: Sequence[str]
    requires_python: Sequence[str | None]
    is_yanked: Sequence[bool]
    sha256: Sequence[str | None]
    """In hexadecimal; None where the index announces none."""


def lower(files: FileColumns, name: NormalizedName) -> tuple[Summary, list[int]]:
    """Return the summary of the files of project ``name`` and the order that it has them in.

    The order consists of places in the columns: by version and file name, last the files whose name has no
    valid version.
    """
    by_text = _RowsByText()
    kinds = _Kinds()

    for place, filename, requires_python, is_yanked in zip(count(), *files[:3], strict=False):
        project, text, tail = split_filename(filename, name) or _NOTHING
        kind = kinds[tail, requires_python, is_yanked]
        rows = by_text[text] if project == name and kind != _UNREADABLE else by_text.unread
        rows.append((filename, place, kind))

    versions = sorted(by_text.by_version)
    rows_of_versions = [by_text.by_version[version] for version in versions]

    for rows in rows_of_versions:
        rows.sort()

    order = [place for rows in (*rows_of_versions, by_text.unread) for _, place, _ in rows]
    digests = _digests([files.sha256[place] for place in order])

    return _summary(versions, rows_of_versions, kinds.found, digests), order


class _RowsByText(dict[str, list[Row]]):
    """Rows by the text of their version: texts that mean the same version share a list."""

    def __init__(self) -> None:
        super().__init__()
        self.by_version: dict[Version, list[Row]] = {}
        self.unread: list[Row] = []
        """Of other projects, or without a valid version."""

    def __missing__(self, text: str) -> list[Row]:
        version = parse_version(text)
        rows = self[text] = self.unread if version is None else self.by_version.setdefault(version, [])

        return rows


class _Kinds(dict[tuple[str, str | None, bool], int]):
    """Numbers of kinds by the tail of a file name, Requires-Python, and whether the file was yanked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[Kind, int] = {}

    def __missing__(self, key: tuple[str, str | None, bool]) -> int:
        kind = _kind(*key)
        number = self[key] = _UNREADABLE if kind is None else self.found.setdefault(kind, len(self.found))

        return number


def _kind(tail: str, requires_python: str | None, is_yanked: bool) -> Kind | None:
    tags = parse_tail(tail)

    return None if tags is None else Kind(*tags, tail == ".tar.gz", requires_python, is_yanked)


def _summary(
    versions: Sequence[Version],
    rows_of_versions: Sequence[Sequence[Row]],
    kinds: Iterable[Kind],
    digests: bytes,
) -> Summary:
    profiles: dict[tuple[int, ...], int] = {}
    starts = [0]
    stable = 0

    for place, (version, rows) in enumerate(zip(versions, rows_of_versions, strict=True)):
        shared = tuple([kind for _, _, kind in rows])
        profiles[shared] = profiles.get(shared, 0) | 2 << place
        starts.append(starts[-1] + len(rows))

        if not version.is_prerelease:
            stable |= 2 << place

    return Summary(
        tuple(map(str, versions)),
        stable,
        tuple(kinds),
        tuple(Profile(*profile) for profile in profiles.items()),
        tuple(starts),
        digests,
    )


def _digests(sha256: Sequence[str | None]) -> bytes:
    """Return the column of digests that a summary has."""
    return bytes.fromhex(
        "".join(
            [
                digest[:_DIGITS] if digest is not None and len(digest) == _SHA256_LENGTH else _NO_DIGEST
                for digest in sha256
            ]
        )
    )
