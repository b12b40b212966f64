"""How far the cells of a grid are from each other: in Pythons first, then whether the platform is another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.version import Version

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.markers.grid import Grid
    from zephyr.markers.platforms import Platform

Place = tuple[int, "Platform"]
"""What counts of an environment: where its Python begins, and its platform."""


class Distances:
    """Puts the cells of one grid in the order of their distance from one of them."""

    def __init__(self, grid: Grid) -> None:
        self._cells: dict[Place, int] = {}
        self._orders: dict[Place, tuple[int, ...]] = {}

        for number in range(len(grid)):
            place = _place(grid.cell(number).environment)
            self._cells[place] = self._cells.get(place, 0) | 1 << number

    def nearest(self, masks: Iterable[int], environment: MarkerEnvironment) -> int | None:
        """Return the number of the mask with the cell nearest to an environment, the first of several.

        None where all masks are empty.
        """
        numbered = [*enumerate(masks)]

        for cells in self._order(_place(environment)):
            for number, mask in numbered:
                if mask & cells:
                    return number

        return None

    def _order(self, wanted: Place) -> tuple[int, ...]:
        """Return the cells at each distance, the nearest first."""
        if wanted not in self._orders:
            by_distance: dict[tuple[int, bool], int] = {}

            for place, cells in self._cells.items():
                distance = (abs(place[0] - wanted[0]), place[1] != wanted[1])
                by_distance[distance] = by_distance.get(distance, 0) | cells

            self._orders[wanted] = tuple(by_distance[distance] for distance in sorted(by_distance))

        return self._orders[wanted]


def _place(environment: MarkerEnvironment) -> Place:
    return _position(environment.python.lower), environment.platform


def _position(python: Version) -> int:
    return python.minor * 1000 + python.micro
