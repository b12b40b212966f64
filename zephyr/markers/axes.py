"""What the cells of a grid differ by: Pythons, marker variables and conflicting activations."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from zephyr.dataclass import dataclass
from zephyr.model.universal import ActivationKind

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from packaging.version import Version

    from zephyr.markers.grid import Cell, ConflictSet, Grid
    from zephyr.model.universal import Activation

_Value = TypeVar("_Value", bound="Hashable")

VARIABLES = ("sys_platform", "platform_machine", "implementation_name", "os_name", "platform_system")
"""The variables (PEP 508) that can be printed besides those of the Python version, most telling first."""

_POSITIVE = 100
_NEGATIVE = 110
"""A reader takes ``==`` more easily than ``!=``, and one comparison more easily than two."""
_FEW = 3
"""With so few values, leaving out two of them is naming the third."""


class Clause(NamedTuple):
    """One comparison; ``cost`` says how hard it is to read."""

    text: str
    cost: int = _POSITIVE


@dataclass(frozen=True, slots=True)
class Condition:
    """Comparisons that hold together in some cells; none of them, in all."""

    mask: int = -1
    clauses: tuple[Clause, ...] = ()
    cost: int = 0
    """Of all clauses."""

    @classmethod
    def of(cls, mask: int, *clauses: Clause) -> Condition:
        """Return the condition of clauses that together hold in ``mask``."""
        return cls(mask, clauses, sum(clause.cost for clause in clauses))

    def __and__(self, other: Condition) -> Condition:
        return Condition(self.mask & other.mask, self.clauses + other.clauses, self.cost + other.cost)


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One thing that cells differ by, without an order; equal to itself alone."""

    equal: tuple[Condition, ...]
    """One for every value: together they make up the grid."""
    others: tuple[Condition, ...]
    """More ways to choose cells by this axis."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions."""
        return self.equal + self.others


@dataclass(frozen=True, slots=True)
class PythonAxis:
    """The ranges of Pythons, oldest first."""

    masks: tuple[int, ...]
    """The cells of each."""
    runs: Mapping[tuple[int, int], Condition]
    """What holds from one range to another, both included; the ends of the grid need no bound."""


def python_axis(cells: Sequence[Cell]) -> PythonAxis:
    """Return the axis of Pythons."""
    by_lower = _masks([cell.environment.python.lower for cell in cells])
    lowers = sorted(by_lower)
    masks = tuple(by_lower[lower] for lower in lowers)
    runs = {
        (first, last): Condition.of(sum(masks[first : last + 1]), *map(Clause, _bounds(lowers, first, last)))
        for last in range(len(lowers))
        for first in range(last + 1)
    }

    return PythonAxis(masks, runs)


def axes_of(grid: Grid, cells: Sequence[Cell]) -> tuple[Axis, ...]:
    """Return the other axes on which the grid has more than one value, those of variables first."""
    markers = [cell.environment.markers for cell in cells]
    variables = [
        _variable_axis(variable, [each[variable] for each in markers], position)
        for position, variable in enumerate(VARIABLES)
    ]
    axes = [*variables, *(_conflict_axis(conflict, cells) for conflict in grid.conflicts)]

    return tuple(axis for axis in axes if len(axis.equal) > 1)


def guard(activation: Activation, operator: Literal["in", "not in"] = "in") -> str:
    """Return the comparison that holds where an extra or a group is on (PEP 751), or where it is not."""
    variable = "extras" if activation.kind is ActivationKind.EXTRA else "dependency_groups"

    return f"'{activation.name}' {operator} {variable}"


def _variable_axis(variable: str, values: Sequence[str], position: int) -> Axis:
    masks = _masks(values)
    everything = (1 << len(values)) - 1

    equal = tuple(
        Condition.of(masks[value], Clause(f"{variable} == '{value}'", _POSITIVE + position))
        for value in sorted(masks)
    )
    unequal = tuple(
        Condition.of(everything & ~masks[value], Clause(f"{variable} != '{value}'", _NEGATIVE + position))
        for value in sorted(masks)
    )
    pairs = tuple(one & other for one, other in combinations(unequal, 2)) if len(masks) > _FEW else ()

    return Axis(equal, unequal + pairs)


def _conflict_axis(conflict: ConflictSet, cells: Sequence[Cell]) -> Axis:
    chosen = [next((each for each in conflict if each in cell.active), None) for cell in cells]
    masks = _masks(chosen)
    everything = (1 << len(cells)) - 1
    members = sorted((each for each in conflict if each in masks), key=guard)

    equal = [Condition.of(masks[each], Clause(guard(each))) for each in members]
    unequal = [
        Condition.of(everything & ~masks[each], Clause(guard(each, "not in"), _NEGATIVE)) for each in members
    ]
    nothing = Condition(everything)

    for condition in unequal:
        nothing &= condition

    return Axis((*equal, nothing), tuple(unequal))


def _masks(values: Sequence[_Value]) -> dict[_Value, int]:
    masks: dict[_Value, int] = {}

    for number, value in enumerate(values):
        masks[value] = masks.get(value, 0) | 1 << number

    return masks


def _bounds(lowers: Sequence[Version], first: int, last: int) -> tuple[str, ...]:
    if first == 0 and last + 1 == len(lowers):
        return ()

    if first == 0:
        return (_bound("<", lowers[last + 1]),)

    if last + 1 == len(lowers):
        return (_bound(">=", lowers[first]),)

    before, minor, after = (_minor(lowers[number]) for number in (first - 1, first, last + 1))

    if before != minor and minor == _minor(lowers[last]) != after:
        return (f"python_version == '{minor}'",)

    return (_bound(">=", lowers[first]), _bound("<", lowers[last + 1]))


def _bound(operator: str, version: Version) -> str:
    """Compare whole minors by ``python_version``, which holds for pre-releases as it should.

    3.15.0rc1 is neither ``>= 3.15`` nor ``< 3.15`` (PEP 440), but its ``python_version`` is 3.15.
    """
    if version.micro == 0:
        return f"python_version {operator} '{_minor(version)}'"

    return f"python_full_version {operator} '{version}'"


def _minor(version: Version) -> str:
    return f"{version.major}.{version.minor}"
