"""Conflict resolution: from an incompatibility that has come true to the reason for it.

The incompatibility is resolved with the cause of its satisfier, again and again, until going back
to an earlier level leaves one term of it open. What is left is the *learnt* incompatibility: true
of every solution, and enough to keep the solver from walking into the same wall again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.solver.cause import Derived
from zephyr.solver.incompatibility import Incompatibility

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr.solver.partial_solution import Assignment, PartialSolution
    from zephyr.solver.version_set import VersionSet


@dataclass(frozen=True, slots=True)
class Resolved:
    """What to do about a conflict."""

    incompatibility: Incompatibility
    """What was learnt. Of one term, it is an axiom from now on; without terms, there is no solution."""
    package: int
    """Whose term opens once the level is reached (-1 without terms)."""
    level: int
    """To be gone back to."""
    last: int
    """The other package whose term was the last to hold, and opens first on the way back; else the same."""


def resolve_conflict(
    conflict: Incompatibility, solution: PartialSolution, full: Sequence[VersionSet]
) -> Resolved:
    """Find what to learn from ``conflict``, all of whose terms hold in ``solution``.

    ``full`` holds every package's term that is always true, by number. The solution is not changed.
    """
    while conflict.terms:
        satisfier = _most_recent_satisfier(conflict, solution)
        if satisfier is None:
            conflict = settle(conflict, None, solution, full)
            continue

        package = satisfier.package
        level, last = _previous(conflict, package, solution)

        if level < satisfier.level or satisfier.cause is None:
            if level > 0:
                return Resolved(conflict, package, level, last)

            # It rests on this one package alone: there is no need to take back all other decisions.
            return Resolved(settle(conflict, package, solution, full), package, satisfier.level - 1, package)

        conflict = resolve(conflict, satisfier.cause, package, full[package])

    return Resolved(conflict, -1, 0, -1)


def settle(
    incompatibility: Incompatibility,
    package: int | None,
    solution: PartialSolution,
    full: Sequence[VersionSet],
) -> Incompatibility:
    """Resolve away all terms but that of ``package``; they must hold at level 0."""
    while True:
        other = next((other for other in incompatibility.terms if other != package), None)
        if other is None:
            return incompatibility

        cause = solution.cause_at_start(other, incompatibility.terms[other])
        incompatibility = resolve(incompatibility, cause, other, full[other])


def resolve(
    conflict: Incompatibility, other: Incompatibility, package: int, full: VersionSet
) -> Incompatibility:
    """Combine two incompatibilities by the rule of resolution, on one package.

    Where all other terms of both hold, the package may be in neither of its two sets, so not in
    their union; on the other packages that both name, both terms must hold.
    """
    terms = dict(conflict.terms)
    union = terms.pop(package) | other.terms[package]

    for shared, term in other.terms.items():
        if shared != package:
            terms[shared] = terms[shared] & term if shared in terms else term

    if union != full:
        terms[package] = union

    return Incompatibility(terms, Derived(conflict, other))


def _most_recent_satisfier(conflict: Incompatibility, solution: PartialSolution) -> Assignment | None:
    """Return the assignment that made the conflict complete, None if axioms alone did."""
    latest: Assignment | None = None

    for package, term in conflict.terms.items():
        if solution.holds_at_start(package, term):
            continue

        satisfier = solution.satisfier(package, term)
        if latest is None or satisfier.index > latest.index:
            latest = satisfier

    return latest


def _previous(conflict: Incompatibility, package: int, solution: PartialSolution) -> tuple[int, int]:
    """Return the lowest level at which all terms but that of ``package`` hold, and the last one to do so.

    Whether the satisfier satisfies its own term alone or only completes it makes no difference: it is
    the whole term that is ruled out at that level.
    """
    return max(
        (
            (solution.level_satisfying(other, term), other)
            for other, term in conflict.terms.items()
            if other != package
        ),
        default=(0, package),
    )
