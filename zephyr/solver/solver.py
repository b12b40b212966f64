"""The PubGrub main loop: propagate, decide, learn from conflicts, until nothing is left to decide.

ALGORITHM.md explains the words. The solver is a plain generator: it does no I/O, has no clock, and
decides the same whatever the order in which facts arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.solver.conflict import resolve_conflict
from zephyr.solver.decision import DecisionQueue, choose_version
from zephyr.solver.errors import GaveUp, NoSolution
from zephyr.solver.facts import Facts
from zephyr.solver.intake import Intake
from zephyr.solver.partial_solution import PartialSolution
from zephyr.solver.propagation import Propagation
from zephyr.solver.provider import Need
from zephyr.solver.solution import Effort, Limits, Solution
from zephyr.solver.version_set import NOT_SELECTED, newest, single

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from zephyr.solver.incompatibility import Incompatibility
    from zephyr.solver.provider import Dependency, Provider
    from zephyr.solver.version_set import VersionSet


def solve(
    provider: Provider, roots: Sequence[Dependency], *, limits: Limits | None = None
) -> Generator[Need, None, Solution]:
    """Select versions so that ``roots`` and everything they depend on are satisfied.

    Yields a `Need` when facts are missing and expects to be resumed when the provider knows them
    all. Returns the solution; raises `NoSolution` with a proof, `GaveUp` when ``limits`` are
    reached, `SolverBug` when a contract is broken.
    """
    return _Solver(provider, roots, limits or Limits()).run()


class _Solver:
    """One search. The parts know the rules; this knows whose turn it is."""

    def __init__(self, provider: Provider, roots: Sequence[Dependency], limits: Limits) -> None:
        self._provider = provider
        self._roots = roots
        self._limits = limits
        self._facts = Facts(provider)
        self._solution = PartialSolution()
        self._propagation = Propagation(self._facts, self._solution)
        self._intake = Intake(self._facts, self._solution, self._propagation)
        self._queue = DecisionQueue(self._facts, self._solution)
        self._culprits: list[int] = []
        self._decisions = 0
        self._conflicts = 0
        self._resumed = 0
        """The number of steps at the last pause."""

    def run(self) -> Generator[Need, None, Solution]:
        yield from self._intake.introduce(root.package for root in self._roots)

        for root in self._roots:
            conflict = self._intake.require(root)
            if conflict is not None:
                self._learn(conflict)

        while True:
            self._propagate()
            self._put_culprits_first()
            yield from self._pause()

            package = self._queue.pop()
            if package is None:
                return self._result()

            yield from self._decide(package)

    def _pause(self) -> Generator[Need, None, None]:
        """Let the driver breathe, if it wants to, every so many steps."""
        if (
            self._limits.pause is not None
            and self._decisions + self._conflicts >= self._resumed + self._limits.pause
        ):
            self._resumed = self._decisions + self._conflicts
            yield Need()

    def _propagate(self) -> None:
        """Draw all conclusions, and learn from every conflict on the way."""
        while (conflict := self._propagation.run()) is not None:
            self._learn(conflict)

        self._queue.push(self._propagation.take_required())

    def _decide(self, package: int) -> Generator[Need, None, None]:
        """Select a version of the package, unless it is ruled out by what it needs."""
        solution, level = self._solution, self._solution.level
        version = choose_version(self._facts.universes[package], solution.allowed[package])
        conflict = yield from self._read(package, version, solution.allowed[package])
        if conflict is None and self._queue.has_affected:
            conflict = yield from self._look_ahead(package, version)

        if conflict is not None:
            self._learn(conflict)
        elif (
            solution.level == level
            and solution.allowed[package] & single(version)
            and not self._reject(package, version)
        ):
            self._decisions += 1
            self._spend_step()
            solution.decide(package, single(version))

        self._propagation.mark(package)

    def _read(
        self, package: int, version: int, allowed: VersionSet
    ) -> Generator[Need, None, Incompatibility | None]:
        """Read what a version needs, out of those still allowed."""
        read, bit = self._intake.read[package], single(version)
        self._provider.considering(self._facts.keys[package], allowed, (read & ~bit).bit_count())
        return None if read & bit else (yield from self._intake.read_dependencies(package, version))

    def _look_ahead(self, package: int, version: int) -> Generator[Need, None, Incompatibility | None]:
        """Rule out the one choice that a version leaves of an affected package, if it is none.

        It would be decided on right after the version, and both would be taken back.
        """
        solution, is_affected = self._solution, self._queue.is_affected

        for requirement in self._propagation.index.by_version[package].get(version, ()):
            needed = requirement.dependency
            left = solution.allowed[needed] & requirement.needed

            if not left or left & (left - 1) or solution.decided[needed] or not is_affected(needed):
                continue

            conflict = yield from self._read(needed, newest(left), left)
            if conflict is not None:
                return conflict

            if solution.allowed[needed] & left:
                self._reject(needed, newest(left))

        return None

    def _reject(self, package: int, version: int) -> bool:
        """Rule a version out, before it is selected, if something that it needs is out of reach.

        With it go all versions met so far that need the same.
        """
        allowed = self._solution.allowed

        for requirement in self._propagation.index.by_version[package].get(version, ()):
            if allowed[requirement.dependency] & requirement.needed:
                continue

            conflict = self._propagation.rule_out(requirement)
            if conflict is not None:
                self._learn(conflict)
            else:
                self._count_conflict(package, (requirement.dependency,) if requirement.needed else ())

            return True

        return False

    def _learn(self, conflict: Incompatibility) -> None:
        """Go back to where the conflict can still be avoided, and avoid it there."""
        resolved = resolve_conflict(conflict, self._solution, self._facts.full)
        learnt, package = resolved.incompatibility, resolved.package
        if not learnt.terms:
            from zephyr.solver.proof import build_proof

            raise NoSolution(build_proof(learnt, self._facts, self._roots))

        self._count_conflict(package, (other for other in learnt.terms if other != package))
        if learnt is not conflict and len(learnt.terms) > 1:
            self._propagation.index.watch(learnt, package, resolved.last)

        self._backjump(resolved.level)
        if len(learnt.terms) == 1:
            self._solution.assume(learnt)
        else:
            self._solution.derive(package, self._solution.allowed[package] & ~learnt.terms[package], learnt)

        self._propagation.mark(package)

    def _count_conflict(self, affected: int, others: Iterable[int]) -> None:
        self._conflicts += 1
        self._spend_step()
        self._culprits += self._queue.blame(affected, others)

    def _put_culprits_first(self) -> None:
        """Take back decisions on packages that have just been found to stand in the way of others."""
        for culprit in self._culprits:
            decision = self._solution.decided[culprit]
            if decision is not None:
                self._backjump(decision.level - 1)

        self._culprits.clear()

    def _backjump(self, level: int) -> None:
        if level < self._solution.level:
            undone = self._solution.backjump(level)
            self._propagation.forget(undone)
            self._queue.push(
                package for package in undone if not self._solution.allowed[package] & NOT_SELECTED
            )

    def _spend_step(self) -> None:
        if self._decisions + self._conflicts > self._limits.steps:
            keys = self._facts.keys
            decided = {keys[package]: newest(version) for package, version in self._solution.selected()}
            conflicts = {keys[package]: count for package, count in self._queue.conflicts.most_common()}
            raise GaveUp(self._limits.steps, decided, conflicts)

    def _result(self) -> Solution:
        keys, edges = self._facts.keys, self._intake.edges
        effort = Effort(self._decisions, self._conflicts, self._propagation.checks)
        selected = self._solution.selected()
        return Solution(
            {keys[package]: newest(version) for package, version in selected},
            {
                keys[package]: tuple(keys[target] for target in edges[package, newest(version)])
                for package, version in selected
            },
            effort,
        )
