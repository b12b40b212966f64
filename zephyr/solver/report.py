"""The report: a proof told in sentences that a person can follow.

Every line is one inference, with as many facts as the reader can hold; it goes on from the line
before it, and refers to others by their number. No recursion: a long search makes a deep proof.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr.solver.cause import Depends, Required, Restricted, SameVersion, Unusable
from zephyr.solver.phrases import Phrases
from zephyr.solver.proof import Inference, Leaf

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from zephyr.solver.proof import Proof

DEPENDENCIES_PER_LINE = 2
LONGEST = 40
"""A proof of more lines is told by the facts that it rests on, which is shorter and as true."""


@dataclass(frozen=True, slots=True)
class _Line:
    """An inference from other lines and some facts; those on the way are not worth a line."""

    step: int
    lines: tuple[int, ...]
    """The places, in the proof, of the steps that it goes on from."""
    facts: tuple[Leaf, ...]


def render(proof: Proof, phrases: Phrases | None = None) -> tuple[str, ...]:
    """Return the lines of the report; the last one says that there is no solution."""
    words = phrases or Phrases(proof)
    final = proof.steps[-1]
    if isinstance(final, Leaf):
        return (f"Because {words.leaf(final)}, {words.conclusion({})}.",)

    lines = list(_lines(proof))
    if len(lines) > LONGEST:
        lines = [_Line(len(proof.steps) - 1, (), _merge(proof.leaves()))]

    return tuple(_sentences(proof, lines, words))


def _lines(proof: Proof) -> Iterator[_Line]:
    """Yield the lines, each after those that it goes on from: the last of them directly before, if it can."""
    used = Counter(cause for step in proof.steps if isinstance(step, Inference) for cause in step.causes)
    told: set[int] = set()
    stack: list[_Line | int] = [len(proof.steps) - 1]

    while stack:
        item = stack.pop()

        if isinstance(item, _Line):
            yield item
        elif item not in told:
            told.add(item)
            line = _collapse(proof, item, used)
            stack.append(line)
            stack.extend(reversed(line.lines))


def _collapse(proof: Proof, step: int, used: Counter[int]) -> _Line:
    """Follow a chain of inferences down for as long as its facts fit on one line."""
    facts: dict[Hashable, Leaf] = {}
    place = step

    while True:
        inference = proof.steps[place]
        assert isinstance(inference, Inference)
        inferred = [cause for cause in inference.causes if isinstance(proof.steps[cause], Inference)]

        for cause in inference.causes:
            leaf = proof.steps[cause]
            if isinstance(leaf, Leaf):
                _add(facts, leaf)

        if len(inferred) != 1 or used[inferred[0]] > 1 or not _fits(proof, inferred[0], facts):
            return _Line(step, tuple(inferred), tuple(reversed(facts.values())))

        place = inferred[0]


def _fits(proof: Proof, step: int, facts: dict[Hashable, Leaf]) -> bool:
    """Say whether the facts of a further inference leave a line readable."""
    inference = proof.steps[step]
    assert isinstance(inference, Inference)
    further = dict(facts)

    for cause in inference.causes:
        leaf = proof.steps[cause]
        if isinstance(leaf, Leaf):
            _add(further, leaf)

    dependencies = sum(isinstance(leaf.cause, Depends) for leaf in further.values())
    return dependencies <= DEPENDENCIES_PER_LINE


def _merge(leaves: Iterable[Leaf]) -> tuple[Leaf, ...]:
    facts: dict[Hashable, Leaf] = {}
    for leaf in leaves:
        _add(facts, leaf)

    return tuple(facts.values())


def _add(facts: dict[Hashable, Leaf], leaf: Leaf) -> None:
    """Add a fact, merged with one that says the same of other versions."""
    key = _subject(leaf)
    present = facts.get(key)
    facts[key] = leaf if present is None else _union(present, leaf)


def _subject(leaf: Leaf) -> Hashable:
    match leaf.cause:
        case Required():
            return leaf.cause
        case Depends(package, requirement):
            exists = requirement.package in leaf.terms
            return (Depends, package, requirement.package, None if exists else requirement.constraint)
        case Restricted(package, reason) | Unusable(package, reason):
            return (type(leaf.cause), package, str(reason))
        case SameVersion(package, base):
            return (SameVersion, package, base)


def _union(one: Leaf, other: Leaf) -> Leaf:
    """Return the weaker fact that two of the same subject amount to: ``S1|S2`` needs ``T1|T2``."""
    cause = one.cause
    if isinstance(cause, Required | SameVersion):
        return one

    terms = {
        package: term | other.terms[package] if package == cause.package else term & other.terms[package]
        for package, term in one.terms.items()
    }
    if isinstance(cause, Depends) and isinstance(other.cause, Depends):
        uniform = cause.uniform and other.cause.uniform and cause.requirement == other.cause.requirement
        cause = Depends(cause.package, cause.requirement, uniform)

    return Leaf(terms, cause)


def _sentences(proof: Proof, lines: list[_Line], words: Phrases) -> Iterator[str]:
    numbers = _numbers(lines)
    previous = -1

    for line in lines:
        follows = previous in line.lines
        said = [words.leaf(fact) for fact in _in_order(_telling(line.facts, words))]
        recalled = [
            f"{words.conclusion(proof.steps[step].terms)} ({numbers[step]})"
            for step in line.lines
            if step != previous
        ]
        reasons = " and ".join([*recalled, *said])
        conclusion = words.conclusion(proof.steps[line.step].terms)
        number = f" ({numbers[line.step]})" if line.step in numbers else ""
        yield f"{'And because' if follows else 'Because'} {reasons}, {conclusion}{number}."
        previous = line.step


def _telling(facts: tuple[Leaf, ...], words: Phrases) -> list[Leaf]:
    """Leave out the facts that go without saying: ties, and exclusions inside a range of dependents."""
    depends = [fact for fact in facts if isinstance(fact.cause, Depends)]

    def goes_without_saying(fact: Leaf) -> bool:
        if isinstance(fact.cause, SameVersion):
            return True

        return isinstance(fact.cause, Restricted) and any(
            not fact.terms[package] & ~words.spanned(package, other.terms[package])
            for other in depends
            for package in fact.terms
            if isinstance(other.cause, Depends) and other.cause.package == package
        )

    return [fact for fact in facts if not goes_without_saying(fact)] or list(facts)


def _in_order(facts: list[Leaf]) -> list[Leaf]:
    """Order the facts as one would tell them: what is required, what that depends on, what is against it."""
    ordered: list[Leaf] = []
    rest: list[tuple[Hashable, Leaf]] = []
    mentioned: set[Hashable] = set()

    for fact in facts:
        if isinstance(fact.cause, Required):
            ordered.append(fact)
            mentioned.add(fact.cause.requirement.package)
        else:
            rest.append((fact.cause.package, fact))

    while rest:
        following = next((pair for pair in rest if pair[0] in mentioned), rest[0])
        rest.remove(following)
        ordered.append(following[1])
        mentioned.update(following[1].terms)

    return ordered


def _numbers(lines: list[_Line]) -> dict[int, int]:
    """Give numbers to the steps that a line refers to and does not directly follow."""
    referred: set[int] = set()
    previous = -1

    for line in lines:
        referred.update(step for step in line.lines if step != previous)
        previous = line.step

    ordered = [line.step for line in lines if line.step in referred]
    return {step: number for number, step in enumerate(ordered, 1)}
