"""In which cells a pin may stand, whoever requires it: files, Pythons, constraints, places, indexes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from zephyr.markers.wheel_masks import WheelMasks
from zephyr.metadata.amendments import Amendments
from zephyr.metadata.demands import demand_on
from zephyr.metadata.document import Document, read_document
from zephyr.metadata.judgement import Judge, source_order
from zephyr.metadata.repairs import repaired_specifier
from zephyr.metadata.universal.indexes import Assignments
from zephyr.metadata.universal.target import Anywhere
from zephyr.model.filenames import parse_filename

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.markers.grid import Grid
    from zephyr.metadata.universal.facts import Facts, Files
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.artifact import Artifact, Listing
    from zephyr.model.resolution import Pin


class Standing:
    """Judges pins over one grid."""

    def __init__(self, grid: Grid, request: UniversalRequest, facts: Facts) -> None:
        self.assignments = Assignments(grid, request)
        self._grid = grid
        self._request = request
        self._facts = facts
        amendments = Amendments(request.overrides, request.excludes)
        self._roots = tuple(
            root for roots in request.requirements.values() for root in amendments.roots(roots)
        )
        self._cells: dict[tuple[NormalizedName, Version, str, bool], int] = {}
        self._usable: dict[tuple[NormalizedName, Version, str], int] = {}
        self._wheels = WheelMasks(grid)
        self._by_python: dict[str, int] = {}
        self._pythons: dict[Version, int] = {}
        """The cells of each lowest Python of a range."""

        for environment, cells in zip(grid.environments, grid.masks, strict=True):
            python = environment.python.lower
            self._pythons[python] = self._pythons.get(python, 0) | cells

    def cells(self, pin: Pin, *, lenient: bool) -> int:
        """Return the cells in which a pin may stand.

        With ``lenient`` it may also where no file of it can be used.
        """
        key = (pin.name, pin.version, pin.artifact.url if pin.direct else pin.index or "", lenient)
        known = self._cells.get(key)

        if known is None:
            known = self._cells[key] = self._judge(pin, lenient=lenient)

        return known

    def _judge(self, pin: Pin, *, lenient: bool) -> int:
        cells = self._grid.everything if lenient else self.usable(pin)

        for constraint in self._request.constraints:
            asked = constraint.requirement

            if asked.name == pin.name and not (pin.direct or admits(asked.specifier, pin.version)):
                cells &= ~where(self._grid, asked.marker)

        return cells & self._placed(pin) & self.assignments.cells(pin)

    def _placed(self, pin: Pin) -> int:
        """Return the cells in which the user asks for the pin's project by just this place, or by none."""
        here, elsewhere = 0, 0

        for root in (*self._roots, *self._request.constraints):
            if root.requirement.name == pin.name and root.direct is not None:
                cells = where(self._grid, root.requirement.marker)

                if pin.direct and root.direct.url == pin.artifact.url:
                    here |= cells
                else:
                    elsewhere |= cells

        return (here if pin.direct else self._grid.everything) & ~elsewhere

    def usable(self, pin: Pin) -> int:
        """Return the cells in which some file of a pin can be used, by the Pythons that the pin admits."""
        key = (pin.name, pin.version, pin.artifact.url if pin.direct else pin.index or "")

        if key not in self._usable:
            cells = 0

            for tag, requires_python in self._offers(pin):
                fitting = self._grid.everything if tag is None else self._wheels.fitting(tag)
                cells |= fitting & self.pythons(requires_python)

            self._usable[key] = cells & self.pythons(read_pin(pin).requires_python)

        return self._usable[key]

    def listed(self, pin: Pin, cells: int) -> Iterator[Artifact]:
        """Yield the files to list for ``cells``: wheels that fit some of them, the best source archive."""
        sources: list[Artifact] = []

        for kind, artifact in self.files(pin):
            if kind.tag is None:
                sources.append(artifact)
            elif cells & self._wheels.listed(kind.tag):
                yield artifact

        if sources:
            yield max(sources, key=source_order)

    def _offers(self, pin: Pin) -> Iterator[tuple[str | None, str | None]]:
        """Yield tag (None for a source archive) and Requires-Python of every file that may be used."""
        if pin.direct:
            parsed = parse_filename(pin.artifact.filename, pin.name)
            yield parsed.tag if parsed is not None else None, pin.artifact.requires_python
            return

        for kind, artifact in self.files(pin):
            yield kind.tag, artifact.requires_python

    def pythons(self, requires_python: str | None) -> int:
        """Return the cells whose Python a Requires-Python admits: all, for one that cannot be understood."""
        if not requires_python or self._request.ignore_requires_python:
            return self._grid.everything

        if requires_python not in self._by_python:
            try:
                admitted = SpecifierSet(repaired_specifier(requires_python))
            except ValueError:
                # An InvalidSpecifier; or numbers so long that Python does not read them.
                admitted = SpecifierSet()

            self._by_python[requires_python] = sum(
                cells
                for python, cells in self._pythons.items()
                if admitted.contains(python, prereleases=True)
            )

        return self._by_python[requires_python]

    def listing(self, pin: Pin) -> Listing:
        """Return what the index that a pin came from says of its project."""
        listing = self._facts.stored_listing(pin.name, self.assignments.index_of(pin))
        assert listing is not None, "the pin was chosen from it"

        return listing

    def files(self, pin: Pin) -> Files:
        """Return the files of a pin that nothing speaks against but the environment."""
        demand = demand_on(pin.name, self._roots, self._request.constraints)
        judge = Judge(pin.name, Anywhere(), self._request.rules, demand)
        chosen = pin.artifact.yanked is not None
        files = self._facts.files(pin.name, pin.version, self.assignments.index_of(pin))

        return tuple(one for one in files if judge.allows(*one, pinned=chosen))


def where(grid: Grid, marker: str | None, extra: str = "") -> int:
    """Return the cells in which a marker holds; None always does. Raises ``ValueError`` as `Grid.mask`."""
    return grid.everything if marker is None else grid.mask(marker, extra)


def read_pin(pin: Pin) -> Document:
    """Return the METADATA document of a pin."""
    assert pin.metadata is not None, "what was resolved was believed"

    return _read_document(pin.metadata, pin.name, pin.version)


@lru_cache(maxsize=1 << 14)
def _read_document(raw: bytes, name: NormalizedName, version: Version) -> Document:
    return read_document(raw, name, version)


@lru_cache(maxsize=1 << 16)
def admits(specifier: str, version: Version) -> bool:
    """Tell whether a specifier set admits a version, pre-releases let in."""
    return not specifier or SpecifierSet(specifier).contains(version, prereleases=True)
