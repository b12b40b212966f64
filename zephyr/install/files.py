"""The files that a distribution brings: one by one, or a whole section of a cached tree at a time. Pure."""

from __future__ import annotations

from bisect import bisect_left
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from zephyr.install.record import hashed_rows, recorded_path, unhashed_rows
from zephyr.install.sorted_paths import below, top

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zephyr.install.sorted_paths import Slice
    from zephyr_cache import Section


class Content(NamedTuple):
    """One file of a distribution."""

    section: str
    """The section of the staging folder (`Destination.section`)."""
    path: str
    """Below that section's folder, with ``/``."""
    final: str
    """Absolute path in the environment."""
    source: str | None = None
    """The cached file to link; None where ``data`` is written."""
    data: bytes | None = None
    sha256: str | None = None
    """Hexadecimal; None for bytecode and RECORD."""
    size: int = 0
    executable: bool = False


class Linked(NamedTuple):
    """The files of one section of a cached tree, all of them linked at the paths they have there."""

    section: str
    """The section of the staging folder."""
    folder: str
    """Absolute path in the environment that they go below."""
    source: str
    """The cached folder."""
    columns: Section
    is_bytecode: bool = False

    @property
    def paths(self) -> list[str]:
        """Sorted."""
        return self.columns.paths

    def executable(self) -> frozenset[str]:
        """Return the paths of the executable files."""
        return frozenset(self.paths[place] for place in self.columns.executable)

    def holds(self, final: str) -> bool:
        """Tell whether one of the files goes to the absolute path ``final``."""
        if not final.startswith(f"{self.folder}/"):
            return False

        path = final[len(self.folder) + 1 :]
        place = bisect_left(self.paths, path)

        return self.paths[place : place + 1] == [path]

    def files(self, within: Slice | None = None) -> Iterator[Content]:
        """Give the files, or those in one folder."""
        _, start, end = within or top(self.paths)
        digests, sizes, modes = self.columns.digests(), self.columns.sizes, self.columns.modes()

        for place in range(start, end):
            path = self.paths[place]
            sha256, size = (None, 0) if self.is_bytecode else (digests[place], sizes[place])
            final, source = f"{self.folder}/{path}", f"{self.source}/{path}"
            yield Content(self.section, path, final, source, None, sha256, size, modes[place] == 0o755)

    def rows(self, site: str) -> list[str]:
        """Return the rows of RECORD."""
        paths = self.paths

        if self.folder != site:
            folder = recorded_path(self.folder, site)
            paths = [f"{folder}/{path}" for path in paths]

        if self.is_bytecode:
            return unhashed_rows(paths)

        return hashed_rows(paths, self.columns.sha256, self.columns.sizes)


def overlap(linked: Sequence[Linked], single: Iterable[Content]) -> bool:
    """Tell whether any two of the files of one distribution go to the same path."""
    if any(one.holds(content.final) for one in linked for content in single):
        return True

    return any(_have_in_common(one, other) for one, other in combinations(linked, 2))


def _have_in_common(one: Linked, other: Linked) -> bool:
    if one.folder == other.folder:
        return not set(one.paths).isdisjoint(other.paths)

    outer, inner = sorted((one, other), key=lambda each: len(each.folder))

    if not inner.folder.startswith(f"{outer.folder}/"):
        return False

    _, start, end = below(outer.paths, inner.folder[len(outer.folder) + 1 :])

    return any(inner.holds(f"{outer.folder}/{path}") for path in outer.paths[start:end])
