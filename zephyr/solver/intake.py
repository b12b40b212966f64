"""Intake: the provider's answers turned into incompatibilities, once each.

Facts about one package become axioms of the partial solution, dependencies become requirements in
the clause index. Where an axiom leaves nothing of its package, it is returned: it has come true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.solver.cause import Depends, Required, Restricted, Unusable
from zephyr.solver.incompatibility import Incompatibility
from zephyr.solver.provider import Unavailable
from zephyr.solver.version_set import NOT_SELECTED, single

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable, Iterable

    from zephyr.solver.facts import Facts
    from zephyr.solver.partial_solution import PartialSolution
    from zephyr.solver.propagation import Propagation
    from zephyr.solver.provider import Dependency, Need
    from zephyr.solver.version_set import VersionSet


class Intake:
    """Reads facts as the search comes to need them."""

    def __init__(self, facts: Facts, solution: PartialSolution, propagation: Propagation) -> None:
        self.read: list[VersionSet] = []
        """Per package: the versions whose dependencies have been read."""
        self.edges: dict[tuple[int, int], tuple[int, ...]] = {}
        """Package and place of a version to the packages it depends on, in the order it names them."""
        self._facts = facts
        self._solution = solution
        self._propagation = propagation
        self._unusable: dict[int, Incompatibility] = {}

    def introduce(self, keys: Iterable[Hashable]) -> Generator[Need, None, None]:
        """Make packages known to every part of the solver, with the restrictions on their versions."""
        facts = self._facts

        for package in (yield from facts.introduce(keys)):
            self._solution.add_package(facts.full[package])
            self._propagation.add_package(facts.full[package])
            self.read.append(0)

            if facts.base[package] != package:
                self._propagation.tie(package, facts.base[package])

            for restriction in facts.universes[package].restrictions:
                excluded = restriction.excluded & facts.full[package] & ~NOT_SELECTED
                if self._solution.allowed[package] & excluded:
                    cause = Restricted(facts.keys[package], restriction.reason)
                    self._assume(Incompatibility({package: excluded}, cause))

    def require(self, root: Dependency) -> Incompatibility | None:
        """Take in a requirement of the caller; return it if it cannot be met."""
        package = self._facts.number(root.package)
        full = self._facts.full[package]
        needed = self._facts.lower(package, root.constraint)
        incompatibility = Incompatibility({package: full ^ needed} if needed else {}, Required(root))
        return self._assume(incompatibility) if needed else incompatibility

    def read_dependencies(self, package: int, version: int) -> Generator[Need, None, Incompatibility | None]:
        """Read what a version depends on, unless that was done before."""
        bit = single(version)
        if self.read[package] & bit:
            return None

        dependencies = yield from self._facts.dependencies(package, version)
        if isinstance(dependencies, Unavailable):
            self.read[package] |= bit
            return self._exclude(package, bit, dependencies.reason)

        yield from self.introduce(dependency.package for dependency in dependencies)
        self.read[package] |= bit
        return self._depend(package, version, dependencies)

    def _depend(
        self, package: int, version: int, dependencies: Iterable[Dependency]
    ) -> Incompatibility | None:
        facts = self._facts
        bit = single(version)
        targets: dict[int, None] = {}
        conflict: Incompatibility | None = None

        for dependency in dependencies:
            target = facts.number(dependency.package)
            needed = facts.lower(target, dependency.constraint)

            if target != package:
                targets[target] = None
                self._propagation.index.require(package, version, target, needed, dependency)
            elif not needed & bit:
                cause = Depends(dependency.package, dependency)
                conflict = conflict or self._assume(Incompatibility({package: bit}, cause))

        base = facts.base[package]
        if base != package:
            targets[base] = None

        self.edges[package, version] = tuple(targets)
        return conflict

    def _exclude(self, package: int, versions: VersionSet, reason: object) -> Incompatibility | None:
        """Rule out versions for good, together with those that were ruled out for the same reason."""
        earlier = self._unusable.get(package)
        if earlier is not None and isinstance(earlier.cause, Unusable) and earlier.cause.reason == reason:
            versions |= earlier.terms[package]
        else:
            earlier = None

        axiom = Incompatibility({package: versions}, Unusable(self._facts.keys[package], reason))
        self._unusable[package] = axiom
        return self._assume(axiom, earlier)

    def _assume(
        self, axiom: Incompatibility, replaces: Incompatibility | None = None
    ) -> Incompatibility | None:
        (package,) = axiom.terms
        self._solution.assume(axiom, replaces)
        self._propagation.mark(package)
        return None if self._solution.allowed[package] else axiom
