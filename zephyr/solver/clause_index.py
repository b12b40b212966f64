"""Where to look when a package changes: incompatibilities indexed so that few are visited in vain.

*Requirements* (``{p in S, not q in T}``) are grouped: versions of ``p`` that need the same set of ``q``
share one. They are found from ``p`` by the version they belong to (if what is left of ``p`` lies
in ``S``, its newest version does), and from ``q`` through one version of ``T`` that is still allowed,
the *support*: while it is there, the requirement has nothing to say.

*Learnt* incompatibilities are watched through two of their terms that do not hold; while both do not,
nothing can follow. Neither index needs repair when the solver goes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.solver.cause import Depends
from zephyr.solver.incompatibility import Incompatibility
from zephyr.solver.version_set import newest

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from zephyr.solver.facts import Facts
    from zephyr.solver.provider import Dependency
    from zephyr.solver.version_set import VersionSet


class Requirement:
    """The versions of ``package`` met so far that need ``dependency`` to be inside ``needed``."""

    __slots__ = (
        "_incompatibility",
        "_key",
        "_uniform",
        "_written",
        "dependency",
        "needed",
        "package",
        "refused",
        "versions",
    )

    def __init__(
        self,
        package: int,
        dependency: int,
        needed: VersionSet,
        refused: VersionSet,
        key: Hashable,
        written: Dependency,
    ) -> None:
        self.package = package
        self.dependency = dependency
        self.needed = needed
        self.refused = refused
        """The term that may not hold together with the versions: not inside ``needed``."""
        self.versions: VersionSet = 0
        self._key = key
        self._written = written
        self._uniform = True
        self._incompatibility: Incompatibility | None = None

    def add(self, version: VersionSet, written: Dependency) -> None:
        """Take in a further version that has this requirement."""
        self.versions |= version
        self._incompatibility = None
        first = self._written

        if written is not first and self._uniform and written.constraint != first.constraint:
            self._uniform = False

    def incompatibility(self) -> Incompatibility:
        """Return the requirement of all versions met so far as one incompatibility."""
        if self._incompatibility is None:
            terms = {self.package: self.versions, self.dependency: self.refused}
            if not self.needed:
                del terms[self.dependency]

            key, written, uniform = self._key, self._written, self._uniform
            self._incompatibility = Incompatibility(terms, lambda: Depends(key, written, uniform))

        return self._incompatibility


class Learnt:
    """A derived incompatibility of two terms or more, and the two packages it is watched through."""

    __slots__ = ("incompatibility", "watched")

    def __init__(self, incompatibility: Incompatibility, first: int, second: int) -> None:
        self.incompatibility = incompatibility
        self.watched = (first, second)


class ClauseIndex:
    """All incompatibilities that propagation visits, by package number."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.by_version: list[dict[int, Sequence[Requirement]]] = []
        """Per package: the requirements of a version, by its place."""
        self.by_support: list[dict[int, list[Requirement]]] = []
        """Per package: the requirements on it, by the place of the version that supports them."""
        self.supports: list[VersionSet] = []
        """Per package: the versions that support any requirement on it."""
        self.learnt: list[list[Learnt]] = []
        """Per package: what is watched through it."""
        self.tied: list[list[int]] = []
        """Per package: those that must have its version."""
        self._grouped: list[dict[tuple[int, Hashable], Requirement]] = []

    def add_package(self) -> None:
        """Make room for the next package."""
        self.by_version.append({})
        self.by_support.append({})
        self.supports.append(0)
        self.learnt.append([])
        self.tied.append([])
        self._grouped.append({})

    def require(self, package: int, dependency: int, needed: VersionSet, written: Dependency) -> Requirement:
        """Return the requirement of versions that need ``dependency`` to be inside ``needed``.

        Dependencies that no version meets are told apart by their text: it is all the report can show.
        """
        key = (dependency, needed or (0, written.constraint))
        requirement = self._grouped[package].get(key)

        if requirement is None:
            facts = self._facts
            refused = facts.full[dependency] ^ needed
            requirement = Requirement(package, dependency, needed, refused, facts.keys[package], written)
            self._grouped[package][key] = requirement
            if needed:
                self.support(requirement, newest(needed))

        return requirement

    def take_in(
        self,
        package: int,
        version: int,
        requirements: Sequence[Requirement],
        written: Iterable[Dependency],
    ) -> None:
        """Note that a version has these requirements, each as it was ``written``."""
        bit = 1 << (version + 1)

        for requirement, dependency in zip(requirements, written, strict=True):
            requirement.add(bit, dependency)

        self.by_version[package][version] = requirements

    def support(self, requirement: Requirement, place: int) -> None:
        """Let the version at ``place`` of the dependency support the requirement."""
        package = requirement.dependency
        self.supports[package] |= 1 << (place + 1)
        self.by_support[package].setdefault(place, []).append(requirement)

    def watch(self, incompatibility: Incompatibility, first: int, second: int) -> None:
        """Watch a learnt incompatibility through two of its packages."""
        learnt = Learnt(incompatibility, first, second)
        self.learnt[first].append(learnt)
        self.learnt[second].append(learnt)
