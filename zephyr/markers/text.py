"""Masks of a grid as the simplest markers that are right: what a reader of a lock file sees (PEP 751)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.markers.axes import axes_of, guard, python_axis
from zephyr.markers.cover import Covers
from zephyr.markers.formula import Formula, all_of, any_of, any_of_all
from zephyr.model.universal import BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zephyr.markers.grid import Grid
    from zephyr.model.universal import Activation


class MarkerWriter:
    """Writes the markers of one grid; what was written once is remembered.

    A marker speaks of the grid's cells only: whatever holds outside of them decides nothing but how
    short it is.
    """

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        cells = [grid.cell(number) for number in range(len(grid))]
        self._covers = Covers(python_axis(cells), axes_of(grid, cells))
        self._formulas: dict[tuple[int, int], Formula | None] = {}

    def environment_marker(self, mask: int) -> str | None:
        """Return a marker that holds in exactly the cells of ``mask``; None where that is all of them.

        Raises:
            ValueError: ``mask`` has no cell; there is nothing to say of nowhere.

        """
        formula = self._formula(mask, self._grid.everything)

        return formula.text if formula else None

    def pin_marker(self, masks: Mapping[Activation, int]) -> str | None:
        """Return a marker that holds where an activation that is on has the cell; None where one always has.

        Raises:
            ValueError: no activation has a cell in which it may be on.

        """
        always = masks.get(BASE, 0)

        if always == self._grid.everything:
            return None

        parts = [self._formula(always, self._grid.everything)] if always else []
        guards: dict[Formula | None, list[Formula]] = {}

        for activation in sorted(masks, key=lambda each: (each.kind.value, each.name)):
            possible = self._grid.admits(activation) & ~always

            if activation != BASE and masks[activation] & possible:
                formula = self._formula(masks[activation], possible)
                guards.setdefault(formula, []).append(Formula(guard(activation)))

        parts += [
            all_of([any_of(names), formula]) if formula else any_of(names)
            for formula, names in guards.items()
        ]
        written = [part for part in parts if part]

        if not written:
            raise ValueError("A pin that applies nowhere has no marker")

        return any_of(written).text

    def _formula(self, mask: int, possible: int) -> Formula | None:
        """Return what tells the cells of ``mask`` from the other ``possible`` ones; None for nothing."""
        wanted, unwanted = mask & possible, possible & ~mask

        if not wanted:
            raise ValueError("No cell of the grid is left to tell from others")

        if not unwanted:
            return None

        key = (wanted, unwanted)

        if key not in self._formulas:
            chosen = self._covers.cover(wanted, unwanted)
            self._formulas[key] = any_of_all(
                [clause.text for clause in condition.clauses] for condition in chosen
            )

        return self._formulas[key]
