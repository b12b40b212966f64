"""Answers for all cells of a grid: one is found, shared with every cell in which it is right, and so on.

The cells are taken in the grid's order. The first answer is sought freely; a later one is made of those
before it where it can be, and else prefers their versions: environments differ only where they must.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, replace
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.request import ResolveRequest
from zephyr.metadata.stored import resolve_stored
from zephyr.metadata.universal.completion import Completion
from zephyr.metadata.universal.conflicts import conflict_between
from zephyr.metadata.universal.distances import Distances
from zephyr.metadata.universal.facts import LocalFacts
from zephyr.metadata.universal.target import EnvironmentTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.markers.grid import Cell, Grid
    from zephyr.metadata.universal.coverage import Coverage
    from zephyr.metadata.universal.facts import Facts
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.metadata.universal.space import Space
    from zephyr.metadata.universal.standing import Standing
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.model.universal import Activation


@dataclass(frozen=True, slots=True)
class Answer:
    """One set of pins, and the cells that it is for."""

    pins: Mapping[NormalizedName, Pin]
    cells: int


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer for every cell."""

    found: tuple[Answer, ...]
    lacking: int
    """The installable cells in which some pin has no file that can be used."""
    decisions: int
    conflicts: int
    passed_over: tuple[str, ...]
    """As `Resolution.passed_over`."""


class Answering:
    """Finds the answers for one grid."""

    def __init__(
        self, grid: Grid, request: UniversalRequest, facts: Facts, standing: Standing, coverage: Coverage
    ) -> None:
        self._grid = grid
        self._request = request
        self._facts = facts
        self._standing = standing
        self._coverage = coverage
        self._completion = Completion(request, coverage)
        self._distances = Distances(grid)
        self._answers: list[Answer] = []
        self._decisions = 0
        self._conflicts = 0
        self._passed_over: dict[str, None] = {}

    async def answers(self, space: Space, earlier: Answers | None) -> Answers:
        """Return answers for all cells, first of all the ``earlier`` ones, found on a coarser grid.

        Where it can be, everything in an installable environment has a file that can be used there. Where
        that cannot be, it is an error in a declared environment, and elsewhere versions are chosen as if
        they had one. Raises `ResolutionError` and what `zephyr.metadata.resolve.resolve` raises.
        """
        installable = self._grid.mask_where(space.installable.__contains__)

        if earlier is not None:
            self._decisions, self._conflicts = earlier.decisions, earlier.conflicts
            self._passed_over = dict.fromkeys(earlier.passed_over)

            for answer in earlier.found:
                self._share(answer.pins, self._grid.everything & ~self._covered(), lenient=False)

        for index in self._open(installable):
            if self._is_refuted(index):
                continue

            try:
                await self._solve(index, lenient=False)
            except ResolutionError as error:
                if space.is_declared:
                    raise

                self._facts.refutations.add(error.proof)

        lacking = self._grid.everything & ~self._covered()

        for index in self._open(lacking):
            if not self._widen(index, lacking):
                await self._solve(index, lenient=True)

        return Answers(
            tuple(self._answers),
            lacking & installable,
            self._decisions,
            self._conflicts,
            tuple(self._passed_over),
        )

    def _open(self, scope: int) -> Iterator[int]:
        """Yield the cells of ``scope``, in order, that have no answer when their turn comes."""
        for index in range(len(self._grid)):
            if scope & (1 << index) & ~self._covered():
                yield index

    def _covered(self) -> int:
        covered = 0

        for answer in self._answers:
            covered |= answer.cells

        return covered

    def _is_refuted(self, index: int) -> bool:
        """Tell whether what failed in another cell fails in this one."""
        bit = 1 << index
        facts = LocalFacts(self._facts, self._standing.assignments.at(bit))
        question = self._question(self._grid.cell(index), bit, {}, lenient=False)

        return self._facts.refutations.refute(question, facts, self._facts.known)

    async def _solve(self, index: int, *, lenient: bool) -> None:
        """Find an answer for one cell, and share it with the others that have none."""
        cell, bit = self._grid.cell(index), 1 << index
        chosen = self._chosen(cell, bit, lenient=lenient)
        question = self._question(cell, bit, chosen, lenient=lenient)
        facts = LocalFacts(self._facts, self._standing.assignments.at(bit))
        pins = None

        if chosen:
            pins = await self._completion.pins(chosen, bit, question, facts, lenient=lenient)

        if pins is None:
            pins = await self._anew(question, cell, facts)

        # Where nothing can be installed as it is, only an answer for just this environment is shared: which
        # of several right ones is taken would be chance.
        alike = self._alike(cell) if lenient else self._grid.everything
        self._share(pins, alike & ~self._covered(), lenient=lenient, own=bit)

    async def _anew(
        self, question: ResolveRequest, cell: Cell, facts: LocalFacts
    ) -> dict[NormalizedName, Pin]:
        try:
            found = resolve_stored(question, facts, self._facts.known) or await self._ask(question, facts)
        except ResolutionError as error:
            raise conflict_between(self._request, cell, error) from error

        self._decisions += found.decisions
        self._conflicts += found.conflicts
        self._passed_over |= dict.fromkeys(found.passed_over)

        return {pin.name: pin for pin in found.pins}

    async def _ask(self, question: ResolveRequest, facts: LocalFacts) -> Resolution:
        """Resolve with what is not at hand asked of the port; raises `NotStored` without one."""
        self._facts.require_port()

        from zephyr.metadata.resolve import resolve

        return await resolve(question, facts, known=self._facts.known)

    def _share(self, pins: Mapping[NormalizedName, Pin], scope: int, *, lenient: bool, own: int = 0) -> None:
        """Take an answer for the cells of ``scope`` in which it is right."""
        if not scope:
            return

        reach = self._coverage.walk(pins, self._request.requirements, scope, lenient=lenient)
        cells = scope & ~reach.wrong

        assert cells & own == own, "an answer is right where it was found"

        if cells:
            self._answers.append(Answer(pins, cells))

    def _widen(self, index: int, scope: int) -> bool:
        """Take the answer nearest to a cell for that cell too, if it is right there, files aside.

        With it go the cells of ``scope`` with the same Python that the answer is nearest to. Say whether
        the cell has an answer now.
        """
        python = self._grid.cell(index).environment.python
        nearest = self._nearest(self._grid.cell(index).environment)

        if nearest is None:
            return False

        answer, cells = self._answers[nearest], 0

        for number in self._open(scope):
            one = self._grid.cell(number).environment

            if one.python == python and self._nearest(one) == nearest and self._may_keep(answer.pins, one):
                cells |= 1 << number

        reach = self._coverage.walk(answer.pins, self._request.requirements, cells, lenient=True)
        cells &= ~reach.wrong
        self._answers[nearest] = replace(answer, cells=answer.cells | cells)

        return bool(cells >> index & 1)

    def _may_keep(self, pins: Mapping[NormalizedName, Pin], environment: MarkerEnvironment) -> bool:
        """Tell whether no other versions than those of ``pins`` are preferred in an environment."""
        preferred = self._request.preferred(environment)

        return all(pins[name].version == version for name, version in preferred.items() if name in pins)

    def _question(
        self, cell: Cell, bit: int, chosen: Mapping[NormalizedName, Pin], *, lenient: bool
    ) -> ResolveRequest:
        request = self._request
        versions = {name: pin.version for name, pin in chosen.items()}
        target = EnvironmentTarget(cell.environment, bit, self._grid, self._standing, lenient=lenient)

        return ResolveRequest(
            requirements=tuple(
                root for activation in self._active(bit) for root in request.requirements[activation]
            ),
            interpreter=request.interpreter,
            constraints=request.constraints,
            rules=request.rules,
            preferred={**versions, **request.preferred(cell.environment)},
            overrides=request.overrides,
            excludes=request.excludes,
            target=target,
        )

    def _active(self, bit: int) -> Iterator[Activation]:
        return (
            activation for activation in self._request.requirements if self._grid.admits(activation) & bit
        )

    def _chosen(self, cell: Cell, bit: int, *, lenient: bool) -> dict[NormalizedName, Pin]:
        """Return the pins of the nearest answer that can stand in a cell.

        Of one only: what a distant one had to take, an old version perhaps, is no reason to take it here.
        """
        nearest = self._nearest(cell.environment)

        if nearest is None:
            return {}

        return {
            name: pin
            for name, pin in self._answers[nearest].pins.items()
            if not pin.direct and self._standing.cells(pin, lenient=lenient) & bit
        }

    def _nearest(self, environment: MarkerEnvironment) -> int | None:
        return self._distances.nearest((answer.cells for answer in self._answers), environment)

    def _alike(self, cell: Cell) -> int:
        """Return the cells of the Python and the platform of one."""
        python, platform = cell.environment.python, cell.environment.platform

        return self._grid.mask_where(lambda one: one.python == python and one.platform == platform)


def merged(answers: Answers) -> Answers:
    """Put answers of the same pins together."""
    found: dict[tuple[tuple[str, str, str], ...], Answer] = {}

    for answer in answers.found:
        key = tuple(
            (name, str(pin.version), pin.artifact.url if pin.direct else pin.index or "")
            for name, pin in sorted(answer.pins.items())
        )
        same = found.get(key)
        found[key] = answer if same is None else replace(same, cells=same.cells | answer.cells)

    return replace(answers, found=tuple(found.values()))
