"""The proof that there is no solution, as data: a derivation graph whose last step is "never".

`Proof.steps` are in topological order, causes before what follows from them, so that every walk over
them is a loop. A step used twice stands there once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from zephyr.dataclass import dataclass
from zephyr.solver.cause import Depends, Derived, Required

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from zephyr.solver.cause import External
    from zephyr.solver.facts import Facts
    from zephyr.solver.incompatibility import Incompatibility
    from zephyr.solver.provider import Dependency, Universe
    from zephyr.solver.version_set import VersionSet


@dataclass(frozen=True, slots=True)
class Leaf:
    """An incompatibility that comes from the world."""

    terms: Mapping[Hashable, VersionSet]
    cause: External


@dataclass(frozen=True, slots=True)
class Inference:
    """An incompatibility that follows from two earlier steps of the proof, given by their places."""

    terms: Mapping[Hashable, VersionSet]
    causes: tuple[int, int]


Step: TypeAlias = Leaf | Inference


@dataclass(frozen=True, slots=True)
class Proof:
    """Why there is no solution. The last step has no terms: it rules out everything."""

    steps: tuple[Step, ...]
    universes: Mapping[Hashable, Universe]
    """Of every package that the proof speaks of: what the version sets mean."""
    roots: tuple[Dependency, ...]
    """All that was required, also what the proof does not need."""

    def leaves(self) -> Iterator[Leaf]:
        """Yield the facts that the proof rests on: which packages, which rules emptied which set."""
        return (step for step in self.steps if isinstance(step, Leaf))


def build_proof(conclusion: Incompatibility, facts: Facts, roots: Sequence[Dependency]) -> Proof:
    """Lay out the derivation of ``conclusion`` as a proof."""
    steps: list[Step] = []
    place: dict[int, int] = {}
    universes: dict[Hashable, Universe] = {}

    for incompatibility in _causes_first(conclusion):
        terms = {facts.keys[package]: term for package, term in incompatibility.terms.items()}
        universes.update((facts.keys[package], facts.universes[package]) for package in incompatibility.terms)
        cause = incompatibility.cause
        if isinstance(cause, Required | Depends):
            target = cause.requirement.package
            universes[target] = facts.universes[facts.number(target)]

        place[id(incompatibility)] = len(steps)

        if isinstance(cause, Derived):
            steps.append(Inference(terms, (place[id(cause.conflict)], place[id(cause.other)])))
        else:
            steps.append(Leaf(terms, cause))

    return Proof(tuple(steps), universes, tuple(roots))


def _causes_first(conclusion: Incompatibility) -> Iterator[Incompatibility]:
    """Walk the derivation graph without recursion: long searches make deep ones."""
    met: set[int] = set()
    stack = [(conclusion, False)]

    while stack:
        incompatibility, expanded = stack.pop()
        cause = incompatibility.cause

        if expanded:
            yield incompatibility
        elif id(incompatibility) not in met:
            met.add(id(incompatibility))
            stack.append((incompatibility, True))

            if isinstance(cause, Derived):
                stack.append((cause.other, False))
                stack.append((cause.conflict, False))
