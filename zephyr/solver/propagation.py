"""Unit propagation: where all terms of an incompatibility hold but one, that one must not.

`Propagation.run` visits what changed until nothing follows any more or an incompatibility has
come true. Which incompatibilities a package's change concerns is `clause_index`'s knowledge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.solver.cause import SameVersion
from zephyr.solver.clause_index import ClauseIndex
from zephyr.solver.conflict import settle
from zephyr.solver.incompatibility import Incompatibility
from zephyr.solver.version_set import NOT_SELECTED, newest, places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zephyr.solver.cause import Cause
    from zephyr.solver.clause_index import Learnt, Requirement
    from zephyr.solver.facts import Facts
    from zephyr.solver.partial_solution import PartialSolution
    from zephyr.solver.version_set import VersionSet


class Propagation:
    """Draws conclusions from the incompatibilities of ``index`` into ``solution``."""

    def __init__(self, facts: Facts, solution: PartialSolution) -> None:
        self.index = ClauseIndex(facts)
        self.checks = 0
        """How many incompatibilities have been visited."""
        self._required: dict[int, None] = {}
        self._facts = facts
        self._solution = solution
        self._changed: dict[int, None] = {}
        self._seen: list[VersionSet] = []

    def add_package(self, full: VersionSet) -> None:
        """Make room for the next package."""
        self.index.add_package()
        self._seen.append(full)

    def mark(self, package: int) -> None:
        """Visit the package in the next run: it was changed, or got a new incompatibility."""
        self._changed[package] = None

    def tie(self, tied: int, base: int) -> None:
        """Let one package have the version of another one."""
        self.index.tied[base].append(tied)

    def take_required(self) -> list[int]:
        """Return the packages found to be required since the last call, and undecided when they were."""
        required = list(self._required)
        self._required.clear()
        return required

    def forget(self, packages: Iterable[int]) -> None:
        """Take the state of packages that the solver went back on as visited: it was, before."""
        self._changed.clear()
        for package in packages:
            self._seen[package] = self._solution.allowed[package]

    def run(self) -> Incompatibility | None:
        """Derive all that follows; return the incompatibility that came true, if one did."""
        changed = self._changed

        while changed:
            package = next(iter(changed))
            del changed[package]

            conflict = self._visit(package)
            if conflict is not None:
                return conflict

        return None

    def _visit(self, package: int) -> Incompatibility | None:
        allowed, index = self._solution.allowed[package], self.index
        unsupported = self._seen[package] & ~allowed & index.supports[package]
        self._seen[package] = allowed
        conflict: Incompatibility | None = None

        if self._facts.base[package] != package or index.tied[package]:
            conflict = self._visit_ties(package)

        if conflict is None and not allowed & NOT_SELECTED:
            conflict = self._visit_requirements_of(package)

        if conflict is None and unsupported:
            conflict = self._visit_requirements_on(package, unsupported)

        if conflict is None and index.learnt[package]:
            conflict = self._visit_learnt(package)

        return conflict

    def _visit_requirements_of(self, package: int) -> Incompatibility | None:
        """Where all that is left of the package needs something, that is needed."""
        allowed = self._solution.allowed
        left = allowed[package]
        if self._solution.decided[package] is None:
            self._required[package] = None

        requirements = self.index.by_version[package].get(newest(left), ())
        self.checks += len(requirements)

        for requirement in requirements:
            if left & ~requirement.versions:
                continue

            before = allowed[requirement.dependency]
            after = before & requirement.needed
            if not after:
                return requirement.incompatibility()

            if after != before:
                self._derive(requirement.dependency, after, requirement.incompatibility())

        return None

    def _visit_requirements_on(self, package: int, unsupported: VersionSet) -> Incompatibility | None:
        """Where no needed version is left of the package, those that need one are ruled out.

        ``unsupported`` are the versions that are gone and supported a requirement.
        """
        index = self.index
        index.supports[package] ^= unsupported
        left = self._solution.allowed[package]
        conflict: Incompatibility | None = None

        for place in places(unsupported):
            requirements = index.by_support[package].pop(place)
            self.checks += len(requirements)

            for requirement in requirements:
                still = requirement.needed & left
                if still:
                    index.support(requirement, newest(still))
                    continue

                conflict = conflict or self.rule_out(requirement)
                if self._solution.level and not self._is_final(requirement):
                    # It will matter again when the solver has gone back.
                    index.support(requirement, place)

        return conflict

    def rule_out(self, requirement: Requirement) -> Incompatibility | None:
        """Rule out the versions with a requirement that cannot be met; return it if no others are left."""
        package = requirement.package
        before = self._solution.allowed[package]
        after = before & ~requirement.versions

        if not after:
            return requirement.incompatibility()

        if after == before:
            return None

        if self._is_final(requirement):
            self._exclude(requirement)
            self._changed[package] = None
        else:
            self._derive(package, after, requirement.incompatibility())

        return None

    def _exclude(self, requirement: Requirement) -> None:
        """Rule the versions out for good: axioms alone keep the requirement from being met."""
        package, incompatibility = requirement.package, requirement.incompatibility()
        solution, full = self._solution, self._facts.full

        def why() -> Cause:
            return settle(incompatibility, package, solution, full).cause

        solution.assume(Incompatibility({package: incompatibility.terms[package]}, why))

    def _is_final(self, requirement: Requirement) -> bool:
        """Say whether no going back can ever bring a needed version back."""
        return self._solution.holds_at_start(requirement.dependency, requirement.refused)

    def _visit_ties(self, package: int) -> Incompatibility | None:
        """Keep packages that share one version in step."""
        base = self._facts.base[package]
        if base != package:
            conflict = self._tie(package, base)
            if conflict is not None:
                return conflict

        for tied in self.index.tied[package]:
            conflict = self._tie(tied, package)
            if conflict is not None:
                return conflict

        return None

    def _tie(self, tied: int, base: int) -> Incompatibility | None:
        self.checks += 1
        allowed = self._solution.allowed
        full = self._facts.full[base]
        gone = (full & ~allowed[base]) & ~NOT_SELECTED

        if allowed[tied] & gone:
            incompatibility = self._same_version(tied, base, gone)
            after = allowed[tied] & ~gone
            if not after:
                return incompatibility

            self._derive(tied, after, incompatibility)

        left = allowed[tied]
        if not left & NOT_SELECTED and allowed[base] & ~left:
            # Not empty: what the base has lost was taken from the tied one just before.
            self._derive(base, allowed[base] & left, self._same_version(tied, base, left))

        return None

    def _same_version(self, tied: int, base: int, versions: VersionSet) -> Incompatibility:
        facts = self._facts
        terms = {tied: versions, base: facts.full[base] ^ versions}
        return Incompatibility(terms, SameVersion(facts.keys[tied], facts.keys[base]))

    def _visit_learnt(self, package: int) -> Incompatibility | None:
        watching = self.index.learnt[package]
        kept: list[Learnt] = []
        self.index.learnt[package] = kept
        self.checks += len(watching)
        conflict: Incompatibility | None = None

        for learnt in watching:
            if conflict is not None or not self._move_watch(learnt, package):
                kept.append(learnt)
                conflict = conflict or self._conclude(learnt, package)

        return conflict

    def _move_watch(self, learnt: Learnt, package: int) -> bool:
        """Watch another open term if this package's holds by now; say whether the watch was moved."""
        allowed = self._solution.allowed
        terms = learnt.incompatibility.terms
        if allowed[package] & ~terms[package]:
            return False

        first, second = learnt.watched
        other = second if first == package else first
        if not allowed[other] & terms[other]:
            return False

        for candidate, term in terms.items():
            if candidate not in learnt.watched and allowed[candidate] & ~term:
                learnt.watched = (other, candidate)
                self.index.learnt[candidate].append(learnt)
                return True

        return False

    def _conclude(self, learnt: Learnt, package: int) -> Incompatibility | None:
        """Derive the last open term's opposite, where the watch of ``package`` could not be moved."""
        allowed = self._solution.allowed
        incompatibility = learnt.incompatibility
        terms = incompatibility.terms
        if allowed[package] & ~terms[package]:
            return None

        first, second = learnt.watched
        other = second if first == package else first
        after = allowed[other] & ~terms[other]
        if not after:
            return incompatibility

        if after != allowed[other]:
            self._derive(other, after, incompatibility)

        return None

    def _derive(self, package: int, after: VersionSet, cause: Incompatibility) -> None:
        self._solution.derive(package, after, cause)
        self._changed[package] = None
