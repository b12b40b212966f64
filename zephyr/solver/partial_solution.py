"""The partial solution: what has been decided and derived so far, in order, and how to take it back.

Every package has a history: its assignments with the version set that is left after each, which can
only shrink. That makes the satisfier of a term a bisection of one short list. *Axioms* stand before
the history: incompatibilities of one term, from the world (a restriction, a requirement of the caller,
an unusable version) or derived. They hold at level 0, whenever they were learnt.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zephyr.solver.incompatibility import Incompatibility
    from zephyr.solver.version_set import VersionSet


class Assignment:
    """One step of the trail: a decision (no cause), or a derivation with the incompatibility behind it."""

    __slots__ = ("after", "cause", "index", "level", "package")

    def __init__(
        self, package: int, index: int, level: int, after: VersionSet, cause: Incompatibility | None
    ) -> None:
        self.package = package
        self.index = index
        self.level = level
        self.after = after
        """What is left of the package once this assignment is made."""
        self.cause = cause


class PartialSolution:
    """The trail of assignments, with what is left of every package by number in ``allowed``."""

    def __init__(self) -> None:
        self.allowed: list[VersionSet] = []
        self.decided: list[Assignment | None] = []
        self.level = 0
        self._trail: list[Assignment] = []
        self._starts: list[int] = [0]
        self._full: list[VersionSet] = []
        self._history: list[list[Assignment]] = []
        self._axioms: list[list[Incompatibility]] = []
        self._after_axioms: list[list[VersionSet]] = []

    def add_package(self, full: VersionSet) -> None:
        """Make room for the next package; ``full`` is its term that is always true."""
        self.allowed.append(full)
        self.decided.append(None)
        self._full.append(full)
        self._history.append([])
        self._axioms.append([])
        self._after_axioms.append([])

    def assume(self, axiom: Incompatibility, replaces: Incompatibility | None = None) -> None:
        """Take an incompatibility of one term as true from the beginning.

        ``replaces`` is an earlier axiom of the package that the new one includes.
        """
        ((package, excluded),) = axiom.terms.items()
        axioms, afters = self._axioms[package], self._after_axioms[package]

        if replaces is None:
            axioms.append(axiom)
            afters.append(self._before_history(package) & ~excluded)
        else:
            place = axioms.index(replaces)
            axioms[place] = axiom
            afters[place:] = [after & ~excluded for after in afters[place:]]

        # What was true all along narrows every step that was taken without knowing it.
        for assignment in self._history[package]:
            assignment.after &= ~excluded

        self.allowed[package] &= ~excluded

    def decide(self, package: int, version: VersionSet) -> None:
        """Select a version: a new level begins."""
        self.level += 1
        self._starts.append(len(self._trail))
        self.decided[package] = self._assign(package, version, None)

    def derive(self, package: int, after: VersionSet, cause: Incompatibility) -> None:
        """Narrow a package to ``after``, which ``cause`` forces: all its other terms are satisfied."""
        self._assign(package, after, cause)

    def backjump(self, level: int) -> set[int]:
        """Take back every assignment above ``level`` and return the packages concerned."""
        start = self._starts[level + 1]
        undone = {assignment.package for assignment in self._trail[start:]}

        while len(self._trail) > start:
            assignment = self._trail.pop()
            self._history[assignment.package].pop()

            if assignment.cause is None:
                self.decided[assignment.package] = None

        for package in undone:
            history = self._history[package]
            self.allowed[package] = history[-1].after if history else self._before_history(package)

        del self._starts[level + 1 :]
        self.level = level
        return undone

    def selected(self) -> list[tuple[int, VersionSet]]:
        """Return the decided packages with their versions, in the order of decision."""
        return [
            (assignment.package, assignment.after) for assignment in self._trail if assignment.cause is None
        ]

    def holds_at_start(self, package: int, term: VersionSet) -> bool:
        """Say whether axioms alone satisfy the term."""
        return not self._before_history(package) & ~term

    def cause_at_start(self, package: int, term: VersionSet) -> Incompatibility:
        """Return what made the term hold at level 0: the first axiom with which it does, or a derivation."""
        if self.holds_at_start(package, term):
            afters = self._after_axioms[package]
            return self._axioms[package][bisect_left(afters, True, key=lambda after: not after & ~term)]

        cause = self.satisfier(package, term).cause
        assert cause is not None, "a decision at level 0"
        return cause

    def satisfier(self, package: int, term: VersionSet) -> Assignment:
        """Return the earliest assignment after which the term holds; no axiom may satisfy it."""
        history = self._history[package]
        return history[bisect_left(history, True, key=lambda assignment: not assignment.after & ~term)]

    def level_satisfying(self, package: int, term: VersionSet) -> int:
        """Return the level from which on the term holds; it must hold now."""
        return 0 if self.holds_at_start(package, term) else self.satisfier(package, term).level

    def _before_history(self, package: int) -> VersionSet:
        afters = self._after_axioms[package]
        return afters[-1] if afters else self._full[package]

    def _assign(self, package: int, after: VersionSet, cause: Incompatibility | None) -> Assignment:
        assignment = Assignment(package, len(self._trail), self.level, after, cause)
        self._trail.append(assignment)
        self._history[package].append(assignment)
        self.allowed[package] = after
        return assignment
