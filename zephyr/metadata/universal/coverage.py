"""In which environments an answer is right: one walk through it, with masks of cells instead of booleans.

The walk begins at what the activations ask for and follows the dependencies of the pins. It ends in the
mask of cells in which each project is needed, and the mask of those in which something is wrong: what is
needed there is missing, of another version, or of no use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from zephyr.markers.wheel_fit import wheel_rank
from zephyr.metadata.amendments import Amendments
from zephyr.metadata.demands import demand_on
from zephyr.metadata.document import Document, read_document
from zephyr.metadata.filenames import parse_filename
from zephyr.metadata.judgement import Judge
from zephyr.metadata.package import Package
from zephyr.metadata.repairs import repaired_specifier
from zephyr.metadata.requirements import UnusableLine, parse_line
from zephyr.metadata.universal.indexes import Assignments
from zephyr.metadata.universal.target import Anywhere
from zephyr.metadata.world import lines_of
from zephyr.model.index import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.markers.grid import Grid
    from zephyr.metadata.requirements import Requirement, RootRequirement
    from zephyr.metadata.universal.facts import Facts, Files
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.resolution import Pin
    from zephyr.model.universal import Activation


@dataclass(slots=True)
class Reach:
    """How far a walk came."""

    cells: dict[Package, int] = field(default_factory=dict[Package, int])
    """Where each project, and each extra of one, is needed."""
    needs: dict[NormalizedName, dict[NormalizedName, int]] = field(
        default_factory=dict["NormalizedName", "dict[NormalizedName, int]"]
    )
    """Where a project needs another one."""
    wrong: int = 0
    """Where something is wrong."""


class Coverage:
    """Walks answers over one grid."""

    def __init__(self, grid: Grid, request: UniversalRequest, facts: Facts) -> None:
        self._grid = grid
        self._request = request
        self._facts = facts
        self.assignments = Assignments(grid, request)
        self._amendments = Amendments(request.overrides, request.excludes)
        self._roots = {
            activation: [*self._amendments.roots(roots)] for activation, roots in request.requirements.items()
        }
        self._lines: dict[tuple[bytes, Package], list[tuple[Requirement, int]]] = {}
        self._usable: dict[tuple[NormalizedName, Version, str], int] = {}
        self._by_tag: dict[str, int] = {}
        self._by_python: dict[str, int] = {}

    def walk(
        self,
        pins: Mapping[NormalizedName, Pin],
        activations: Iterable[Activation],
        scope: int,
        *,
        any_file: bool,
    ) -> Reach:
        """Follow what the activations need, in the cells of ``scope``.

        With ``any_file`` a pin is of use also where none of its files is.
        """
        reach = Reach()
        pending: list[Package] = []

        for activation in activations:
            admitted = self._grid.admits(activation) & scope

            for root in self._roots[activation]:
                cells = admitted & self._marker(root.requirement.marker)
                self._need(root.requirement, cells, pins, reach, pending)

        while pending:
            package = pending.pop()
            self._follow(package, pins, reach, pending)

        for package, cells in reach.cells.items():
            if package.extra is None:
                reach.wrong |= cells & ~self.right(pins[package.name], any_file=any_file)

        return reach

    def files(self, pin: Pin) -> Files:
        """Return the files of a pin that nothing speaks against but the environment."""
        request = self._request
        roots = [root for roots in request.requirements.values() for root in roots]
        judge = Judge(pin.name, Anywhere(), request.rules, demand_on(pin.name, roots, request.constraints))
        chosen = pin.artifact.yanked is not None
        files = self._facts.files(pin.name, pin.version, self.assignments.index_of(pin))

        return tuple(one for one in files if judge.allows(*one, pinned=chosen))

    def _follow(
        self, package: Package, pins: Mapping[NormalizedName, Pin], reach: Reach, pending: list[Package]
    ) -> None:
        cells, pin = reach.cells[package], pins[package.name]
        needs = reach.needs.setdefault(package.name, {})

        for requirement, where in self._requirements(package, pin):
            met = cells & where

            if met:
                self._need(requirement, met, pins, reach, pending)
                needs[requirement.name] = needs.get(requirement.name, 0) | met

    def _need(
        self,
        requirement: Requirement,
        cells: int,
        pins: Mapping[NormalizedName, Pin],
        reach: Reach,
        pending: list[Package],
    ) -> None:
        """Note that a requirement has to be met in ``cells``."""
        if not cells:
            return

        pin = pins.get(requirement.name)

        if pin is None or not (pin.direct or _admits(requirement.specifier, pin.version)):
            reach.wrong |= cells
            return

        if requirement.url is not None and pin.artifact.url != _plain(requirement.url):
            reach.wrong |= cells
            return

        for extra in (None, *requirement.extras):
            package = Package(requirement.name, extra)
            before = reach.cells.get(package, 0)

            if cells & ~before:
                reach.cells[package] = before | cells
                pending.append(package)

    def _requirements(self, package: Package, pin: Pin) -> list[tuple[Requirement, int]]:
        """Return what a pin, or one extra of it, requires, and in which cells."""
        document = read_pin(pin)
        key = (document.raw, package)

        if key not in self._lines:
            self._lines[key] = [*self._read(package, document)]

        return self._lines[key]

    def _read(self, package: Package, document: Document) -> Iterator[tuple[Requirement, int]]:
        if self._request.rules.no_dependencies:
            return

        for line in lines_of(package, document):
            requirement = parse_line(line)

            if isinstance(requirement, UnusableLine):
                continue

            marker = requirement.marker

            if package.extra is not None and (marker is None or "extra" not in marker):
                continue

            where = self._marker(marker, package.extra or "")

            for amended in self._amendments.requirements(requirement) if where else ():
                yield amended, where & self._marker(amended.marker)

    def _marker(self, marker: str | None, extra: str = "") -> int:
        return self._grid.everything if marker is None else self._grid.mask(marker, extra)

    def right(self, pin: Pin, *, any_file: bool) -> int:
        """Return the cells in which a pin may stand, apart from who requires it."""
        cells = self._pythons(pin) if any_file else self.usable(pin)

        for constraint in self._request.constraints:
            asked = constraint.requirement

            if asked.name == pin.name and not (pin.direct or _admits(asked.specifier, pin.version)):
                cells &= ~self._marker(asked.marker)

        return cells & self._placed(pin) & self.assignments.cells(pin)

    def _placed(self, pin: Pin) -> int:
        """Return the cells in which the user asks for the pin's project by just this place, or by none."""
        here, elsewhere = 0, 0

        for root in self._all_roots():
            if root.requirement.name == pin.name and root.direct is not None:
                cells = self._marker(root.requirement.marker)

                if pin.direct and root.direct.url == pin.artifact.url:
                    here |= cells
                else:
                    elsewhere |= cells

        return (here if pin.direct else self._grid.everything) & ~elsewhere

    def _all_roots(self) -> Iterator[RootRequirement]:
        for roots in self._roots.values():
            yield from roots

        yield from self._request.constraints

    def _pythons(self, pin: Pin) -> int:
        requires = read_pin(pin).requires_python

        return self._python(requires) & self._python(pin.artifact.requires_python)

    def usable(self, pin: Pin) -> int:
        """Return the cells in which some file of a pin can be used."""
        key = (pin.name, pin.version, pin.artifact.url if pin.direct else pin.index or "")

        if key not in self._usable:
            cells = 0

            for tag, requires_python in self._offers(pin):
                cells |= self._tag(tag) & self._python(requires_python)

            self._usable[key] = cells & self._python(read_pin(pin).requires_python)

        return self._usable[key]

    def _offers(self, pin: Pin) -> Iterator[tuple[str | None, str | None]]:
        """Yield tag (None for a source archive) and Requires-Python of every file that may be used."""
        if pin.direct:
            parsed = parse_filename(pin.artifact.filename, pin.name)
            yield parsed.tag if parsed is not None else None, pin.artifact.requires_python
            return

        for parsed, artifact in self.files(pin):
            yield parsed.tag, artifact.requires_python

    def _tag(self, tag: str | None) -> int:
        if tag is None:
            return self._grid.everything

        if tag not in self._by_tag:
            self._by_tag[tag] = self._grid.mask_where(lambda one: wheel_rank(tag, one) is not None)

        return self._by_tag[tag]

    def _python(self, requires_python: str | None) -> int:
        if not requires_python:
            return self._grid.everything

        if requires_python not in self._by_python:
            try:
                admitted = SpecifierSet(repaired_specifier(requires_python))
            except InvalidSpecifier:
                admitted = SpecifierSet()

            self._by_python[requires_python] = self._grid.mask_where(
                lambda one: admitted.contains(one.python.lower, prereleases=True)
            )

        return self._by_python[requires_python]


def read_pin(pin: Pin) -> Document:
    """Return the METADATA document of a pin."""
    assert pin.metadata is not None, "what was resolved was believed"

    return _read_document(pin.metadata, pin.name, pin.version)


@lru_cache(maxsize=1 << 14)
def _read_document(raw: bytes, name: NormalizedName, version: Version) -> Document:
    return read_document(raw, name, version)


@lru_cache(maxsize=1 << 16)
def _admits(specifier: str, version: Version) -> bool:
    return not specifier or SpecifierSet(specifier).contains(version, prereleases=True)


def _plain(url: str) -> str:
    return without_credentials(url.partition("#")[0])
