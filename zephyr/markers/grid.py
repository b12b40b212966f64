"""Sets of environments as integers: one bit for every environment and choice between conflicting activations.

And, or and not of markers are those of integers; that two markers exclude each other is ``not a & b``.
"""

from __future__ import annotations

from functools import reduce
from itertools import product
from typing import TYPE_CHECKING

from packaging.markers import InvalidMarker, UndefinedEnvironmentName

from zephyr.dataclass import dataclass
from zephyr.markers.expressions import AllOf, AnyOf, Comparison, parse_marker
from zephyr.model.universal import Activation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.markers.expressions import Expression

ConflictSet = tuple[Activation, ...]
"""Activations of which at most one may be on."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one bit stands for."""

    environment: MarkerEnvironment
    active: frozenset[Activation]
    """Which of the conflicting activations are on; about all others a cell says nothing."""


class Grid:
    """Environments, times what can be on of every set of conflicting activations: none of it, or one.

    Environments must differ from each other. A mask has bit ``i`` for cell ``i``. Masks of markers
    are remembered, and comparisons are evaluated (PEP 508) once for every value of their variable.
    """

    def __init__(
        self, environments: Sequence[MarkerEnvironment], conflicts: Sequence[ConflictSet] = ()
    ) -> None:
        self.environments = tuple(environments)
        self.conflicts = tuple(conflicts)
        self._choices = _choices(self.conflicts)
        self._count = len(self.environments)
        self._markers = [environment.markers for environment in self.environments]
        self._repeated = sum(1 << (number * self._count) for number in range(len(self._choices)))
        self._values: dict[str, list[tuple[Mapping[str, str], int]]] = {}
        self._comparisons: dict[tuple[str, str], int] = {}
        self._masks: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        return self._count * len(self._choices)

    @property
    def everything(self) -> int:
        """The mask of all cells."""
        return (1 << len(self)) - 1

    @property
    def masks(self) -> list[int]:
        """The cells of each environment, in the order of `environments`."""
        return [self._repeated << at for at in range(self._count)]

    def cell(self, number: int) -> Cell:
        """Return what bit ``number`` stands for."""
        choice, environment = divmod(number, self._count)

        return Cell(self.environments[environment], self._choices[choice])

    def mask(self, marker: str, extra: str = "") -> int:
        """Return the cells in which a marker of package metadata holds, with ``extra`` set.

        Raises:
            ValueError: the marker is invalid, or has no meaning in these environments.

        """
        key = (marker, extra if "extra" in marker else "")

        if key not in self._masks:
            self._masks[key] = self._evaluate(parse_marker(marker), key[1]) * self._repeated

        return self._masks[key]

    def mask_where(self, predicate: Callable[[MarkerEnvironment], bool]) -> int:
        """Return the cells of all environments that meet ``predicate``."""
        found = (1 << at for at, environment in enumerate(self.environments) if predicate(environment))

        return sum(found) * self._repeated

    def admits(self, activation: Activation) -> int:
        """Return the cells in which ``activation`` may be on."""
        if not any(activation in conflict for conflict in self.conflicts):
            return self.everything

        whole = (1 << self._count) - 1

        return sum(
            whole << (number * self._count)
            for number, choice in enumerate(self._choices)
            if activation in choice
        )

    def _evaluate(self, expression: Expression, extra: str) -> int:
        match expression:
            case Comparison():
                return self._compare(expression, extra if expression.variable == "extra" else "")
            case AllOf(parts):
                return reduce(int.__and__, [self._evaluate(part, extra) for part in parts])
            case AnyOf(parts):
                return reduce(int.__or__, [self._evaluate(part, extra) for part in parts])

    def _compare(self, comparison: Comparison, extra: str) -> int:
        key = (comparison.text, extra)

        if key not in self._comparisons:
            try:
                holding = (
                    mask
                    for markers, mask in self._split(comparison.variable)
                    if comparison.marker.evaluate({**markers, "extra": extra})
                )
                self._comparisons[key] = sum(holding)
            except UndefinedEnvironmentName as undefined:
                raise InvalidMarker(f"{comparison.text} has no meaning in package metadata") from undefined

        return self._comparisons[key]

    def _split(self, variable: str) -> list[tuple[Mapping[str, str], int]]:
        """Return the markers of one environment for every value of ``variable``, with all that share it."""
        if variable not in self._values:
            masks: dict[str | None, int] = {}
            first: dict[str | None, Mapping[str, str]] = {}

            for at, markers in enumerate(self._markers):
                value = markers.get(variable)
                first.setdefault(value, markers)
                masks[value] = masks.get(value, 0) | 1 << at

            self._values[variable] = [(first[value], mask) for value, mask in masks.items()]

        return self._values[variable]


def _choices(conflicts: Sequence[ConflictSet]) -> tuple[frozenset[Activation], ...]:
    """Return all that can be on together, nothing first; an activation may be in several sets."""
    options = [(frozenset[Activation](), *(frozenset({each}) for each in conflict)) for conflict in conflicts]
    unions = dict.fromkeys(frozenset[Activation]().union(*choice) for choice in product(*options))

    return tuple(
        union for union in unions if all(len(union.intersection(conflict)) <= 1 for conflict in conflicts)
    )
