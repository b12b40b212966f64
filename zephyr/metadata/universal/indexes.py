"""Which index a project comes from in which environment, where the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.markers.grid import Grid
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.resolution import Pin


class Assignments:
    """The assigned indexes over one grid. Of several for one project the first whose marker holds counts."""

    def __init__(self, grid: Grid, request: UniversalRequest) -> None:
        self._everything = grid.everything
        self._cells: dict[NormalizedName, dict[str, int]] = {}

        for name, assigned in request.package_indexes.items():
            left = grid.everything
            cells = self._cells.setdefault(name, {})

            for index, marker in assigned:
                here = left if marker is None else left & grid.mask(marker)
                cells[index] = cells.get(index, 0) | here
                left &= ~here

    def at(self, bit: int) -> dict[NormalizedName, str]:
        """Return the index of each project that has one in the cell of ``bit``."""
        return {
            name: index
            for name, assigned in self._cells.items()
            for index, cells in assigned.items()
            if cells & bit
        }

    def index_of(self, pin: Pin) -> str | None:
        """Return the assigned index that a pin came from, None for the usual ones."""
        return pin.index if pin.index in self._cells.get(pin.name, {}) else None

    def cells(self, pin: Pin) -> int:
        """Return the cells in which a pin's project comes from where the pin came from."""
        assigned = self._cells.get(pin.name)

        if assigned is None or pin.direct:
            return self._everything

        if pin.index in assigned:
            return assigned[pin.index]

        return self._everything & ~sum(assigned.values())
