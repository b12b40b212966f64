"""A marker environment as something to resolve for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.markers.wheel_fit import wheel_ranks
from zephyr.metadata.reasons import NoCompatibleWheel, PythonMismatch
from zephyr.metadata.target import Target

if TYPE_CHECKING:
    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.markers.grid import Grid
    from zephyr.metadata.universal.standing import Standing

_UNFIT = 1_000_000
"""The rank of a wheel that fits nothing, where that is not to matter."""


class EnvironmentTarget(Target):
    """One cell of a grid: any interpreter that it describes must be able to use what is chosen.

    Markers and Requires-Python are asked of the whole grid, once; the grid is cut wherever an answer would
    differ within a range of Pythons.
    """

    is_one_of_many = True

    def __init__(
        self,
        environment: MarkerEnvironment,
        bit: int,
        grid: Grid,
        standing: Standing,
        *,
        lenient: bool = False,
    ) -> None:
        """``bit`` is the cell's. With ``lenient`` a version is chosen even if no file of it can be used."""
        markers = environment.markers
        super().__init__(markers["python_full_version"], markers, ())
        self.no_compatible_wheel = NoCompatibleWheel(environment.label)
        self._bit = bit
        self._grid = grid
        self._standing = standing
        self._ranks_by_tag = wheel_ranks(environment)
        self._lenient = lenient

    def rank(self, tag: str) -> int | None:
        """Return how good a wheel's tag is for this environment, None where it does not fit."""
        found = self._ranks_by_tag[tag]

        return _UNFIT if found is None and self._lenient else found

    def holds(self, marker: str, extra: str = "") -> bool:
        """Evaluate a PEP 508 marker with ``extra`` set; raises ``ValueError`` as `Grid.mask`."""
        return bool(self._grid.mask(marker, extra) & self._bit)

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:
        """Say why a Requires-Python does not admit the lowest Python of the range; None where it does."""
        if self._lenient or self._standing.pythons(requires_python) & self._bit:
            return None

        return PythonMismatch(requires_python, self.version)


class Anywhere(Target):
    """Every environment at once: only what has nothing to do with one speaks against a file."""

    def __init__(self) -> None:
        super().__init__("0", {}, ())

    def rank(self, tag: str) -> int | None:  # noqa: ARG002
        """Let every wheel fit."""
        return 0

    def python_mismatch(self, requires_python: str) -> PythonMismatch | None:  # noqa: ARG002
        """Let every Requires-Python admit."""
        return None
