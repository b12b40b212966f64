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
    from collections.abc import Generator, Hashable, Iterable, Sequence

    from zephyr.solver.clause_index import Requirement
    from zephyr.solver.facts import Facts
    from zephyr.solver.partial_solution import PartialSolution
    from zephyr.solver.propagation import Propagation
    from zephyr.solver.provider import Dependency, Need
    from zephyr.solver.version_set import VersionSet


class Needs:
    """What versions of a package need that have the same dependencies."""

    __slots__ = ("dependencies", "own", "requirements", "targets", "written")

    def __init__(
        self,
        dependencies: Sequence[Dependency],
        requirements: tuple[Requirement, ...],
        written: tuple[Dependency, ...],
        targets: tuple[int, ...],
        own: Sequence[tuple[VersionSet, Dependency]],
    ) -> None:
        self.dependencies = dependencies
        """As the provider has them; kept, so that they keep their identity."""
        self.requirements = requirements
        self.written = written
        """The first dependency that comes to each of the requirements."""
        self.targets = targets
        self.own = own
        """Which versions those on the package itself let through."""


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
        self._needs: dict[tuple[int, int], Needs] = {}
        """By package and identity of what the provider answered: many versions have the same answer."""

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

        dependencies = self._facts.known_dependencies(package, version)
        if dependencies is None:
            dependencies = yield from self._facts.dependencies(package, version)

        if isinstance(dependencies, Unavailable):
            self.read[package] |= bit
            return self._exclude(package, bit, dependencies.reason)

        needs = self._needs.get((package, id(dependencies)))
        if needs is None:
            yield from self.introduce(dependency.package for dependency in dependencies)
            needs = self._needs[package, id(dependencies)] = self._lower(package, dependencies)

        self.read[package] |= bit
        return self._take_in(package, version, needs)

    def _lower(self, package: int, dependencies: Sequence[Dependency]) -> Needs:
        facts, index = self._facts, self._propagation.index
        requirements: dict[Requirement, Dependency] = {}
        own: list[tuple[VersionSet, Dependency]] = []

        for dependency in dependencies:
            target = facts.number(dependency.package)
            needed = facts.lower(target, dependency.constraint)

            if target == package:
                own.append((needed, dependency))
            else:
                requirements.setdefault(index.require(package, target, needed, dependency), dependency)

        targets = dict.fromkeys(requirement.dependency for requirement in requirements)
        base = facts.base[package]
        if base != package:
            targets[base] = None

        return Needs(dependencies, tuple(requirements), tuple(requirements.values()), tuple(targets), own)

    def _take_in(self, package: int, version: int, needs: Needs) -> Incompatibility | None:
        """Note what a version needs; return it if it needs another version of itself."""
        self._propagation.index.take_in(package, version, needs.requirements, needs.written)
        self.edges[package, version] = needs.targets
        bit = single(version)

        for needed, dependency in needs.own:
            if not needed & bit:
                cause = Depends(dependency.package, dependency)
                return self._assume(Incompatibility({package: bit}, cause))

        return None

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
