"""The report: a proof told in sentences that a person can follow.

Every line is one inference, with as many facts as the reader can hold; it goes on from the line
before it, and refers to others by their number. No recursion: a long search makes a deep proof.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.solver.cause import Depends, Required, Restricted, SameVersion, Unusable
from zephyr.solver.phrases import Phrases
from zephyr.solver.proof import Inference, Leaf

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from zephyr.solver.proof import Proof
    from zephyr.solver.provider import Dependency

DEPENDENCIES_PER_LINE = 2
LONGEST = 40
"""Of a proof of more lines, only the facts that it rests on are listed: nobody follows a longer way."""


@dataclass(frozen=True, slots=True)
class _Line:
    """An inference from other lines and some facts; those on the way are not worth a line."""

    step: int
    lines: tuple[int, ...]
    """The places, in the proof, of the steps that it goes on from."""
    facts: tuple[Leaf, ...]


def render(proof: Proof, phrases: Phrases | None = None) -> tuple[str, ...]:
    """Return the lines of the report: sentences, or a list where there would be too many of them."""
    words = phrases or Phrases(proof)
    final = proof.steps[-1]
    if isinstance(final, Leaf):
        return (f"Because {words.leaf(final)}, {words.conclusion({})}.",)

    lines = list(_lines(proof))
    if len(lines) <= LONGEST:
        return tuple(_sentences(proof, lines, words))

    facts = _in_order(list(_merge({}, proof.leaves()).values()), proof.roots)
    listed = (f"- {words.leaf(fact)}" for fact in facts)
    return (f"Taken together, these {len(facts)} facts leave no solution:", *listed)


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
    """Tell the inferences behind a step on the same line, for as long as their facts fit on it."""
    lines: list[int] = []
    inferred, leaves = _split(proof, step)
    facts = _merge({}, leaves)

    while inferred:
        cause = inferred.pop(0)
        further, leaves = _split(proof, cause)
        merged = _merge(facts, leaves)

        if (used[cause] == 1 and _fits(merged)) or len(merged) == len(facts):
            facts = merged
            inferred[:0] = further
        elif cause not in lines:
            lines.append(cause)

    return _Line(step, tuple(lines), tuple(facts.values()))


def _split(proof: Proof, step: int) -> tuple[list[int], list[Leaf]]:
    """Return the causes of an inference that are inferred themselves, and those that are facts."""
    inference = proof.steps[step]
    assert isinstance(inference, Inference)
    causes = [(cause, proof.steps[cause]) for cause in inference.causes]
    inferred = [place for place, cause in causes if isinstance(cause, Inference)]
    return inferred, [cause for _, cause in causes if isinstance(cause, Leaf)]


def _fits(facts: Mapping[Hashable, Leaf]) -> bool:
    """Say whether a reader can hold so many facts."""
    return sum(isinstance(leaf.cause, Depends) for leaf in facts.values()) <= DEPENDENCIES_PER_LINE


def _merge(facts: Mapping[Hashable, Leaf], leaves: Iterable[Leaf]) -> dict[Hashable, Leaf]:
    """Add facts to others, each merged with one that says the same of other versions."""
    merged = dict(facts)
    for leaf in leaves:
        key = _subject(leaf)
        present = merged.get(key)
        merged[key] = leaf if present is None else _union(present, leaf)

    return merged


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
        said = [words.leaf(fact) for fact in _in_order(_telling(line.facts, words), proof.roots)]
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


def _in_order(facts: list[Leaf], roots: Sequence[Dependency]) -> list[Leaf]:
    """Order the facts as one would tell them: what is required, what that depends on, what is against it."""
    required: list[tuple[int, Leaf]] = []
    rest: list[tuple[Hashable, Leaf]] = []

    for fact in facts:
        if isinstance(fact.cause, Required):
            required.append((roots.index(fact.cause.requirement), fact))
        else:
            rest.append((fact.cause.package, fact))

    ordered = [fact for _, fact in sorted(required, key=lambda pair: pair[0])]
    mentioned = {roots[place].package for place, _ in required}

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
