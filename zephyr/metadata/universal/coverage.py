"""In which environments an answer is right: one walk through it, with masks of cells instead of booleans.

The walk begins at what the activations ask for and follows the dependencies of the pins. It ends in the
mask of cells in which each project is needed, and the mask of those in which something is wrong: what is
needed there is missing, of another version, or of no use.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.metadata.amendments import Amendments
from zephyr.metadata.package import Package
from zephyr.metadata.reading import lines_of
from zephyr.metadata.requirements import UnusableLine, parse_line
from zephyr.metadata.universal.standing import admits, read_pin, where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.markers.grid import Grid
    from zephyr.metadata.direct import DirectReference
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


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement of a pin, or of the user, over a grid."""

    name: NormalizedName
    cells: int
    """Where its marker holds."""
    specifier: str
    url: str | None
    packages: tuple[Package, ...]
    """What it asks for: the project, and the extras of it."""


class Node:
    """One pin in one grid: walked again and again, and read once."""

    def __init__(self, pin: Pin) -> None:
        self.pin = pin
        self.needs: dict[Package, tuple[Need, ...]] = {}
        """What the project, or an extra of it, requires somewhere."""
        self._meets: dict[tuple[str, str | None], bool] = {}

    def meets(self, need: Need, directs: Mapping[str, DirectReference]) -> bool:
        """Tell whether this is what a requirement on the project asks for."""
        key = (need.specifier, need.url)
        known = self._meets.get(key)

        if known is None:
            known = self._meets[key] = self._is_in(need.specifier) and self._is_at(need.url, directs)

        return known

    def _is_in(self, specifier: str) -> bool:
        return self.pin.direct or admits(specifier, self.pin.version)

    def _is_at(self, url: str | None, directs: Mapping[str, DirectReference]) -> bool:
        place = self.pin.artifact.url
        direct = directs.get(place)

        return url is None or place == url or (direct is not None and direct.is_named_by(url))


class Coverage:
    """Walks answers over one grid."""

    def __init__(self, grid: Grid, request: UniversalRequest, standing: Standing) -> None:
        self._grid = grid
        self._request = request
        self._standing = standing
        self._amendments = Amendments(request.overrides, request.excludes)
        roots = {
            activation: [*self._amendments.roots(roots)] for activation, roots in request.requirements.items()
        }
        self._roots = {
            activation: tuple(
                _need(root.requirement, where(grid, root.requirement.marker) & grid.admits(activation))
                for root in asked
            )
            for activation, asked in roots.items()
        }
        self._directs = {
            root.direct.url: root.direct
            for root in (*chain.from_iterable(roots.values()), *request.constraints)
            if root.direct is not None
        }
        self._nodes: dict[tuple[NormalizedName, Version, str], Node] = {}

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
        nodes = {name: self._node(pin) for name, pin in pins.items()}
        pending: dict[Package, int] = {}
        """The cells in which a package is needed and not followed yet."""

        for activation in activations:
            for need in self._roots[activation]:
                self._meet(need, need.cells & scope, nodes, reach, pending)

        while pending:
            package, cells = pending.popitem()
            needed = reach.needs.setdefault(package.name, {})

            for need in self._needs(nodes[package.name], package):
                met = cells & need.cells

                if met:
                    self._meet(need, met, nodes, reach, pending)
                    needed[need.name] = needed.get(need.name, 0) | met

        for package, cells in reach.cells.items():
            if package.extra is None:
                reach.wrong |= cells & ~self._standing.cells(pins[package.name], lenient=lenient)

        return reach

    def _meet(
        self,
        need: Need,
        cells: int,
        nodes: Mapping[NormalizedName, Node],
        reach: Reach,
        pending: dict[Package, int],
    ) -> None:
        """Note that a requirement has to be met in ``cells``."""
        if not cells:
            return

        node = nodes.get(need.name)

        if node is None:
            reach.wrong |= cells
            reach.missing.add(need.name)
            return

        if not node.meets(need, self._directs):
            reach.wrong |= cells
            return

        for package in need.packages:
            before = reach.cells.get(package, 0)
            more = cells & ~before

            if more:
                reach.cells[package] = before | more
                pending[package] = pending.get(package, 0) | more

    def _node(self, pin: Pin) -> Node:
        key = (pin.name, pin.version, pin.artifact.url if pin.direct else pin.index or "")
        node = self._nodes.get(key)

        if node is None:
            node = self._nodes[key] = Node(pin)

        return node

    def _needs(self, node: Node, package: Package) -> tuple[Need, ...]:
        """Return what a pin, or one extra of it, requires somewhere."""
        needs = node.needs.get(package)

        if needs is None:
            needs = node.needs[package] = tuple(self._read(package, read_pin(node.pin)))

        return needs

    def _read(self, package: Package, document: Document) -> Iterator[Need]:
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
                yield _need(amended, cells & where(self._grid, amended.marker))


def _need(requirement: Requirement, cells: int) -> Need:
    packages = (Package(requirement.name, extra) for extra in (None, *requirement.extras))

    return Need(requirement.name, cells, requirement.specifier, requirement.url, tuple(packages))
