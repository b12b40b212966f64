"""The files of an index page: examined all at once, made into artifacts one by one.

Files that are of no use are left out and counted in `Listing.skipped`. On nearly every page nothing is wrong
with any archive, which is told column by column; otherwise each entry is looked at on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast, overload

from zephyr.model.artifact import Artifact, Listing, ProjectStatus
from zephyr.model.lowering import lower
from zephyr.model.names import canonicalize_name
from zephyr.model.releases import Releases
from zephyr_workers.network_errors import IndexPageInvalid
from zephyr_workers.simple_columns import read_columns
from zephyr_workers.simple_entries import (
    ARCHIVE_SUFFIXES,
    FOREIGN,
    NOT_AN_ARCHIVE,
    Unusable,
    contradict,
    mapping_or_empty,
    read_entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from zephyr_workers.simple_entries import Entry

MAX_FILES = 500_000


class FileCollector:
    """Gathers the files of one page that can be used, and why the others cannot."""

    def __init__(self, page_url: str, name: NormalizedName | None) -> None:
        """``name`` is the project asked for; None accepts files of any project (flat pages)."""
        self.page_url = page_url
        self._name = name
        self._skipped: dict[str, tuple[int, str]] = {}

    def skip(self, reason: str, example: str, count: int = 1) -> None:
        """Count files that are left out, with an example."""
        before, first = self._skipped.get(reason, (0, example))
        self._skipped[reason] = (before + count, first)

    def listing(
        self, entries: Sequence[object], status: str | None = None, status_reason: str | None = None
    ) -> Listing:
        """Return the files of all entries that can be used.

        A name listed twice with different digests is dropped altogether. Raises `IndexPageInvalid` when
        there are too many files, or when every file belongs to another project.
        """
        if len(entries) > MAX_FILES:
            raise IndexPageInvalid(f"The page {self.page_url} lists more than {MAX_FILES} files.")

        files = self._plain(entries)

        if files is None:
            files = self._examined(entries)

        if not files and self._skipped.keys() == {FOREIGN}:
            raise IndexPageInvalid(
                f"The page {self.page_url} lists only files of other projects than {self._name}.",
                hint="Check the address of the index, and any proxy or mirror on the way to it.",
            )

        known_status = _status(status)

        if status is not None and known_status is None:
            self.skip("unknown project status", status)

        return Listing(
            name=self._name or canonicalize_name(""),
            artifacts=files,
            status=known_status or ProjectStatus.ACTIVE,
            status_reason=status_reason,
            skipped=tuple(self._reasons()),
        )

    def _plain(self, entries: Sequence[object]) -> Sequence[Artifact] | None:
        """Return the files of a page on which nothing is wrong with any archive, None for another page."""
        if not set(map(type, entries)) <= {dict}:
            return None

        whole = cast("Sequence[Entry]", entries)
        names: list[Any] = [entry.get("filename") for entry in whole]

        if not set(map(type, names)) <= {str}:
            return None

        archives = [
            entry for entry, name in zip(whole, names, strict=True) if name.endswith(ARCHIVE_SUFFIXES)
        ]
        columns = read_columns(archives, self.page_url, self._name)

        if columns is None:
            return None

        if len(archives) < len(entries):
            example = next(name for name in names if not name.endswith(ARCHIVE_SUFFIXES))
            self.skip(NOT_AN_ARCHIVE, example, len(entries) - len(archives))

        if self._name is None:
            return PageFiles(archives, self.page_url, None)

        summary, order = lower(columns, self._name)

        return Releases(summary, PageFiles([archives[place] for place in order], self.page_url, self._name))

    def _examined(self, entries: Sequence[object]) -> Sequence[Artifact]:
        """Return the files of those entries that are found to be usable, one by one."""
        found: dict[str, Artifact] = {}
        conflicting: set[str] = set()

        for entry in entries:
            artifact = read_entry(mapping_or_empty(entry), self.page_url, self._name)

            if isinstance(artifact, Unusable):
                self.skip(*artifact)
                continue

            known = found.setdefault(artifact.filename, artifact)

            if known is not artifact and contradict(known.hashes, artifact.hashes):
                conflicting.add(artifact.filename)

        for filename in sorted(conflicting):
            del found[filename]
            self.skip("listed twice with different hashes", filename)

        files = tuple(found.values())

        return files if self._name is None else Releases.of(files, self._name)

    def _reasons(self) -> Iterator[str]:
        for reason, (count, example) in self._skipped.items():
            more = f" and {count - 1} more" if count > 1 else ""
            yield f"{reason}: {example[:200]}{more}"


class PageFiles(Sequence[Artifact]):
    """Files whose entries were found to be usable, each made when it is asked for."""

    def __init__(self, entries: Sequence[Entry], page_url: str, name: NormalizedName | None) -> None:
        self._entries = entries
        self._page_url = page_url
        self._name = name

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Artifact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Artifact]: ...
    def __getitem__(self, place: int | slice) -> Artifact | Sequence[Artifact]:
        if isinstance(place, slice):
            return PageFiles(self._entries[place], self._page_url, self._name)

        artifact = read_entry(self._entries[place], self._page_url, self._name)
        assert isinstance(artifact, Artifact), "its page was found to be plain"

        return artifact


def _status(text: str | None) -> ProjectStatus | None:
    try:
        return ProjectStatus(text)
    except ValueError:
        return None
