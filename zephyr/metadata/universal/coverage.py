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
    wrong: int = 0
    """Where something is wrong."""
    missing: set[NormalizedName] = field(default_factory=set["NormalizedName"])
    """What is needed somewhere, and not there at all."""


class Need:
    """One requirement of a pin, or of the user, over a grid."""

    __slots__ = ("cells", "met_by", "name", "packages", "specifier", "url")

    def __init__(self, requirement: Requirement, cells: int) -> None:
        """``cells`` are those in which its marker holds."""
        self.name = requirement.name
        self.cells = cells
        self.specifier = requirement.specifier
        self.url = requirement.url
        self.packages = tuple(Package(requirement.name, extra) for extra in (None, *requirement.extras))
        """What it asks for: the project, and the extras of it."""
        self.met_by: dict[Node, bool] = {}
        """Whether a pin is what it asks for."""


class Node:
    """One pin in one grid: walked again and again, and read once."""

    __slots__ = ("needs", "pin", "standing")

    def __init__(self, pin: Pin) -> None:
        self.pin = pin
        self.needs: dict[Package, tuple[Need, ...]] = {}
        """What the project, or an extra of it, requires somewhere."""
        self.standing: dict[bool, int] = {}
        """Where it may stand, by whether that is judged leniently."""

    def meets(self, need: Need, directs: Mapping[str, DirectReference]) -> bool:
        """Tell whether this is what a requirement on the project asks for."""
        return self._is_in(need.specifier) and self._is_at(need.url, directs)

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
                Need(root.requirement, where(grid, root.requirement.marker) & grid.admits(activation))
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
        self._by_identity: dict[int, tuple[Pin, Node]] = {}
        """The nodes once more, found without a comparison: most answers have the same objects as pins."""

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
            self._follow(self._roots[activation], scope, nodes, reach, pending)

        while pending:
            package, cells = pending.popitem()
            self._follow(self._needs(nodes[package.name], package), cells, nodes, reach, pending)

        for package, cells in reach.cells.items():
            if package.extra is None:
                reach.wrong |= cells & ~self._stands(nodes[package.name], lenient=lenient)

        return reach

    def _follow(
        self,
        needs: Iterable[Need],
        cells: int,
        nodes: Mapping[NormalizedName, Node],
        reach: Reach,
        pending: dict[Package, int],
    ) -> None:
        """Note that requirements have to be met in ``cells``."""
        reached = reach.cells

        for need in needs:
            met = cells & need.cells

            if not met:
                continue

            node = nodes.get(need.name)

            if node is None:
                reach.wrong |= met
                reach.missing.add(need.name)
            elif not (need.met_by[node] if node in need.met_by else self._meets(node, need)):
                reach.wrong |= met
            else:
                for package in need.packages:
                    before = reached.get(package, 0)
                    more = met & ~before

                    if more:
                        reached[package] = before | more
                        pending[package] = pending.get(package, 0) | more

    def needed_by(
        self, pins: Mapping[NormalizedName, Pin], reach: Reach
    ) -> Iterator[tuple[NormalizedName, NormalizedName]]:
        """Yield each project with another one that it needs in some cell of a walk through ``pins``."""
        for package, cells in reach.cells.items():
            for need in self._needs(self._node(pins[package.name]), package):
                if cells & need.cells and need.name != package.name:
                    yield package.name, need.name

    def _meets(self, node: Node, need: Need) -> bool:
        found = need.met_by[node] = node.meets(need, self._directs)

        return found

    def _stands(self, node: Node, *, lenient: bool) -> int:
        found = node.standing.get(lenient)

        if found is None:
            found = node.standing[lenient] = self._standing.cells(node.pin, lenient=lenient)

        return found

    def _node(self, pin: Pin) -> Node:
        known = self._by_identity.get(id(pin))

        if known is None:
            key = (pin.name, pin.version, pin.artifact.url if pin.direct else pin.index or "")
            node = self._nodes.setdefault(key, Node(pin))
            # The pin is kept: its identity is not given to another one.
            known = self._by_identity[id(pin)] = pin, node

        return known[1]

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
                yield Need(amended, cells & where(self._grid, amended.marker))
