"""Phrases: version sets, external causes and conclusions in words.

Sets are shown as ranges over the universe, ``>=1.2,<2.0``. What a version depends on does not matter
if a restriction excludes it, so a range of versions that depend on something is drawn across
such versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.solver.cause import Depends, Required, Restricted, SameVersion, Unusable
from zephyr.solver.version_set import NOT_SELECTED, everything, is_positive, newest, oldest, runs

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from zephyr.solver.proof import Leaf, Proof
    from zephyr.solver.provider import Dependency, Universe
    from zephyr.solver.version_set import VersionSet

LONGEST = 4
"""So many ranges are written out; of a set with more of them, the first and how many versions follow."""


class Phrases:
    """Words for the steps of one proof. Subclass it to word packages and requirements otherwise."""

    def __init__(self, proof: Proof) -> None:
        self._universes = proof.universes

    def dependency(self, dependency: Dependency) -> str:
        """Return a requirement as it was written."""
        if dependency.label is not None:
            return dependency.label

        constraint = str(dependency.constraint)
        space = " " if constraint[:1].isalnum() else ""
        return f"{dependency.package}{space}{constraint}"

    def leaf(self, leaf: Leaf) -> str:
        """Return an external incompatibility as a clause of a sentence."""
        match leaf.cause:
            case Required(requirement):
                return f"you require {self.dependency(requirement)}{self._nothing_meets(requirement, leaf)}"
            case Depends(package, requirement, uniform):
                return (
                    f"{self.versions(package, leaf.terms[package])} {self._needs(requirement, uniform, leaf)}"
                )
            case Restricted(package, reason) | Unusable(package, reason):
                return f"{self.versions(package, leaf.terms[package], exact=True)} cannot be used ({reason})"
            case SameVersion(package, base):
                return f"{package} has the version of {base}"

    def conclusion(self, terms: Mapping[Hashable, VersionSet]) -> str:
        """Return what a set of terms that may not all hold comes to, as a clause of a sentence."""
        selected = [self.versions(package, term) for package, term in terms.items() if is_positive(term)]
        needed = [
            self.versions(package, self._full(package) ^ term)
            for package, term in terms.items()
            if not is_positive(term)
        ]

        if not terms:
            return "your requirements cannot be met"

        if not needed:
            together = " together" if len(selected) > 1 else ""
            return f"{_enumerate(selected)} cannot be used{together}"

        wanted = _enumerate(needed, "or")
        return f"{_enumerate(selected, 'with')} requires {wanted}" if selected else f"{wanted} is required"

    def versions(self, package: Hashable, versions: VersionSet, *, exact: bool = False) -> str:
        """Return a package with a set of its versions: ``b>=1.2,<2.0``, ``every version of b``."""
        universe = self._universes[package]
        if not exact:
            versions = self.spanned(package, versions)

        if not versions:
            return f"no version of {package}"

        if versions == self._full(package) & ~NOT_SELECTED:
            return (
                f"every version of {package}"
                if len(universe.versions) > 1
                else f"{package} {universe.versions[0]}"
            )

        ranges = [_range(universe, first, last) for first, last in runs(versions)]
        if len(ranges) > LONGEST:
            shown = " or ".join(ranges[: LONGEST - 1])
            return f"{package}{shown} or one of {versions.bit_count()} versions in all"

        return f"{package}{' or '.join(ranges)}"

    def spanned(self, package: Hashable, versions: VersionSet) -> VersionSet:
        """Return the set with the excluded versions that lie between two of its own."""
        excluded = 0
        for restriction in self._universes[package].restrictions:
            excluded |= restriction.excluded

        between = everything(newest(versions)) & ~everything(oldest(versions)) if versions else 0
        gaps = between & ~versions

        for first, last in runs(gaps):
            gap = everything(last + 1) & ~everything(first)
            if not gap & ~excluded:
                versions |= gap

        return versions

    def _needs(self, requirement: Dependency, uniform: bool, leaf: Leaf) -> str:
        target = requirement.package
        refused = leaf.terms.get(target)

        if uniform or refused is None:
            return f"depends on {self.dependency(requirement)}{self._nothing_meets(requirement, leaf)}"

        needed = self._full(target) ^ refused
        anything = needed == self._full(target) & ~NOT_SELECTED
        return f"depends on {target if anything else self.versions(target, needed)}"

    def _nothing_meets(self, requirement: Dependency, leaf: Leaf) -> str:
        package = requirement.package
        if package in leaf.terms:
            return ""

        exists = package in self._universes and self._universes[package].versions
        return " (which no version meets)" if exists else " (of which there is no version)"

    def _full(self, package: Hashable) -> VersionSet:
        return everything(len(self._universes[package].versions))


def _range(universe: Universe, first: int, last: int) -> str:
    """Return one unbroken run of versions, not all of them, as bounds."""
    versions = universe.versions
    if first == last:
        return f"=={versions[first]}"

    lower = f">={versions[first]}" if first else ""
    upper = f"<{versions[last + 1]}" if last + 1 < len(versions) else ""
    return ",".join(bound for bound in (lower, upper) if bound)


def _enumerate(parts: Sequence[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    *others, final = parts
    return f"{', '.join(others)} {last} {final}" if others else final
