"""Answers for all cells of a grid: one is found, shared with every cell in which it is right, and so on.

The cells are taken in the grid's order. The first answer is sought freely; a later one prefers the
versions of those before it, so that environments differ only where they must.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zephyr.metadata.candidates import read_candidates
from zephyr.metadata.demands import demand_on
from zephyr.metadata.explain import ResolutionError
from zephyr.metadata.request import ResolveRequest
from zephyr.metadata.resolve import resolve
from zephyr.metadata.stored import resolve_stored
from zephyr.metadata.universal.conflicts import conflict_between
from zephyr.metadata.universal.facts import LocalFacts
from zephyr.metadata.universal.target import EnvironmentTarget

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.markers.grid import Cell, Grid
    from zephyr.metadata.universal.coverage import Coverage
    from zephyr.metadata.universal.facts import Facts
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.metadata.universal.space import Space
    from zephyr.metadata.universal.standing import Standing
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.model.universal import Activation

    Indexes = Mapping[NormalizedName, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One resolution, and the cells that it is for."""

    resolution: Resolution
    pins: Mapping[NormalizedName, Pin]
    cells: int


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer for every cell."""

    found: tuple[Answer, ...]
    lacking: int
    """The installable cells in which some pin has no file that can be used."""


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
        self._answers: list[Answer] = []

    async def answers(self, space: Space) -> Answers:
        """Return answers for all cells.

        Where it can be, everything in an installable environment has a file that can be used there. Where
        that cannot be, it is an error in a declared environment, and elsewhere versions are chosen as if
        they had one. Raises `ResolutionError` and what `zephyr.metadata.resolve.resolve` raises.
        """
        installable = self._grid.mask_where(space.installable.__contains__)

        for index in self._open(installable):
            try:
                await self._solve(index, lenient=False)
            except ResolutionError:
                if space.is_declared:
                    raise

        lacking = self._grid.everything & ~self._covered()

        for answer in tuple(self._answers):
            self._share(answer.resolution, lacking & ~self._covered(), lenient=True)

        for index in self._open(lacking):
            await self._solve(index, lenient=True)

        return Answers(tuple(self._answers), lacking & installable)

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

    async def _solve(self, index: int, *, lenient: bool) -> None:
        """Find an answer for one cell, and share it with the others that have none."""
        cell = self._grid.cell(index)
        bit = 1 << index
        preferred = {**self._chosen(cell, bit), **self._request.preferred(cell.environment)}
        question = self._question(cell, bit, preferred, lenient=lenient)
        indexes = self._standing.assignments.at(bit)
        resolution = await self._again(question, indexes) or await self._anew(question, cell, indexes)
        scope = bit if lenient else self._grid.everything & ~self._covered()
        self._share(resolution, scope | bit, lenient=lenient, own=bit)

    async def _again(self, question: ResolveRequest, indexes: Indexes) -> Resolution | None:
        """Look for an answer among the preferred versions: that takes hardly any time.

        It counts only where each other version is the one that would be taken if nobody required anything:
        an older one may be there only because a preferred version was kept that need not be.
        """
        if not question.preferred:
            return None

        facts = LocalFacts(self._facts, indexes, question.preferred)

        try:
            found = resolve_stored(question, facts) or await resolve(question, facts)
        except ResolutionError:
            return None

        others = (pin for pin in found.pins if question.preferred.get(pin.name) != pin.version)

        return found if all(pin.direct or self._is_first(pin, question, indexes) for pin in others) else None

    def _is_first(self, pin: Pin, question: ResolveRequest, indexes: Indexes) -> bool:
        """Tell whether a pin has the version that comes first in an environment."""
        listing = self._facts.stored_listing(pin.name, indexes.get(pin.name))
        assert listing is not None, "it was chosen from it"
        assert question.target is not None, "every question has one"
        demand = demand_on(pin.name, question.requirements, question.constraints)
        candidates = read_candidates(listing, question.target, question.rules, demand)
        first = candidates.choose(candidates.usable)

        return first is not None and candidates.versions[first] == pin.version

    async def _anew(self, question: ResolveRequest, cell: Cell, indexes: Indexes) -> Resolution:
        facts = LocalFacts(self._facts, indexes)

        try:
            return resolve_stored(question, facts) or await resolve(question, facts)
        except ResolutionError as error:
            raise conflict_between(self._request, cell, error) from error

    def _share(self, resolution: Resolution, scope: int, *, lenient: bool, own: int = 0) -> None:
        """Take an answer for the cells of ``scope`` in which it is right."""
        if not scope:
            return

        pins = {pin.name: pin for pin in resolution.pins}
        reach = self._coverage.walk(pins, self._request.requirements, scope, lenient=lenient)
        cells = scope & ~reach.wrong

        assert cells & own == own, "an answer is right where it was found"

        if cells:
            self._answers.append(Answer(resolution, pins, cells))

    def _question(
        self, cell: Cell, bit: int, preferred: Mapping[NormalizedName, Version], *, lenient: bool
    ) -> ResolveRequest:
        request = self._request
        target = EnvironmentTarget(cell.environment, lenient=lenient)

        return ResolveRequest(
            requirements=tuple(
                root for activation in self._active(bit) for root in request.requirements[activation]
            ),
            interpreter=request.interpreter,
            constraints=request.constraints,
            rules=request.rules,
            preferred=preferred,
            overrides=request.overrides,
            excludes=request.excludes,
            target=target,
        )

    def _active(self, bit: int) -> Iterator[Activation]:
        return (
            activation for activation in self._request.requirements if self._grid.admits(activation) & bit
        )

    def _chosen(self, cell: Cell, bit: int) -> dict[NormalizedName, Version]:
        """Return the versions of other answers that can stand in a cell, those for its Python first."""
        chosen: dict[NormalizedName, Version] = {}
        same_python = self._grid.mask_where(lambda one: one.python == cell.environment.python)

        for answer in sorted(self._answers, key=lambda answer: not answer.cells & same_python):
            for name, pin in answer.pins.items():
                if name not in chosen and not pin.direct and self._standing.cells(pin, lenient=False) & bit:
                    chosen[name] = pin.version

        return chosen


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

    return Answers(tuple(found.values()), answers.lacking)
