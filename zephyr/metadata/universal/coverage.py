"""In which environments an answer is right: one walk through it, with masks of cells instead of booleans.

The walk begins at what the activations ask for and follows the dependencies of the pins. It ends in the
mask of cells in which each project is needed, and the mask of those in which something is wrong: what is
needed there is missing, of another version, or of no use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zephyr.metadata.amendments import Amendments
from zephyr.metadata.package import Package
from zephyr.metadata.requirements import UnusableLine, parse_line
from zephyr.metadata.universal.standing import admits, read_pin, where
from zephyr.metadata.world import lines_of
from zephyr.model.index import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.markers.grid import Grid
    from zephyr.metadata.document import Document
    from zephyr.metadata.requirements import Requirement
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.metadata.universal.standing import Standing
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
    missing: set[NormalizedName] = field(default_factory=set["NormalizedName"])
    """What is needed somewhere, and not there at all."""


class Coverage:
    """Walks answers over one grid."""

    def __init__(self, grid: Grid, request: UniversalRequest, standing: Standing) -> None:
        self._grid = grid
        self._request = request
        self._standing = standing
        self._amendments = Amendments(request.overrides, request.excludes)
        self._roots = {
            activation: [*self._amendments.roots(roots)] for activation, roots in request.requirements.items()
        }
        self._lines: dict[tuple[bytes, Package], list[tuple[Requirement, int]]] = {}

    def walk(
        self,
        pins: Mapping[NormalizedName, Pin],
        activations: Iterable[Activation],
        scope: int,
        *,
        lenient: bool,
    ) -> Reach:
        """Follow what the activations need, in the cells of ``scope``.

        With ``lenient`` a pin is right also where no file of it can be used.
        """
        reach = Reach()
        pending: list[Package] = []

        for activation in activations:
            admitted = self._grid.admits(activation) & scope

            for root in self._roots[activation]:
                cells = admitted & where(self._grid, root.requirement.marker)
                self._need(root.requirement, cells, pins, reach, pending)

        while pending:
            package = pending.pop()
            self._follow(package, pins, reach, pending)

        for package, cells in reach.cells.items():
            if package.extra is None:
                reach.wrong |= cells & ~self._standing.cells(pins[package.name], lenient=lenient)

        return reach

    def _follow(
        self, package: Package, pins: Mapping[NormalizedName, Pin], reach: Reach, pending: list[Package]
    ) -> None:
        cells, pin = reach.cells[package], pins[package.name]
        needs = reach.needs.setdefault(package.name, {})

        for requirement, holding in self._requirements(package, pin):
            met = cells & holding

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

        if pin is None:
            reach.wrong |= cells
            reach.missing.add(requirement.name)
            return

        if not (pin.direct or admits(requirement.specifier, pin.version)):
            reach.wrong |= cells
            return

        if requirement.url is not None and not _is_at(pin, requirement.url):
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

            cells = where(self._grid, marker, package.extra or "")

            for amended in self._amendments.requirements(requirement) if cells else ():
                yield amended, cells & where(self._grid, amended.marker)


def _is_at(pin: Pin, url: str) -> bool:
    """Tell whether a pin is what a URL names. A subdirectory is part of an address, a login is not."""
    return pin.artifact.url in {url, without_credentials(url.partition("#")[0])}
