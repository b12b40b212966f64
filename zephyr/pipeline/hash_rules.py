"""Hash-checking mode before anything is fetched: everything that could not be checked, told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.demands import NOTHING, applies, gather
from zephyr.metadata.hash_checking import HashesIncomplete, problem_of_place, problem_of_root
from zephyr.metadata.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.metadata.demands import Demand
    from zephyr.metadata.hash_checking import HashProblem
    from zephyr.metadata.request import ResolveRequest
    from zephyr.pipeline.requested_place import RequestedPlace


def check_hash_rules(question: ResolveRequest, places: Iterable[RequestedPlace]) -> None:
    """Raise `HashesIncomplete` where hashes are required, and some requirements have none."""
    if not question.rules.require_hashes:
        return

    target = question.target or Target.of(question.interpreter)
    demands = gather(question.requirements, question.constraints, target)
    problems = (*_of_roots(question, places, demands, target), *_of_places(places, demands, target))

    if problems:
        raise HashesIncomplete(problems)


def _of_roots(
    question: ResolveRequest,
    places: Iterable[RequestedPlace],
    demands: Mapping[NormalizedName, Demand],
    target: Target,
) -> Iterator[HashProblem]:
    # Where a constraint says which file it is, its own hash counts.
    placed = {place.reference.name for place in places if place.bounds and _has_hashes(place, demands)}

    for root in question.requirements:
        name = root.requirement.name
        problem = problem_of_root(root, demands[name]) if applies(root, target) else None

        if problem is not None and name not in placed:
            yield problem


def _of_places(
    places: Iterable[RequestedPlace], demands: Mapping[NormalizedName, Demand], target: Target
) -> Iterator[HashProblem]:
    for place in places:
        marker = place.reference.marker

        if place.bounds or (marker is not None and not target.holds(marker)):
            continue

        problem = problem_of_place(place.reference, place.origin, has_hashes=_has_hashes(place, demands))

        if problem is not None:
            yield problem


def _has_hashes(place: RequestedPlace, demands: Mapping[NormalizedName, Demand]) -> bool:
    name = place.reference.name
    demand = demands.get(name, NOTHING) if name is not None else NOTHING

    return bool(place.hashes or place.reference.hashes or demand.hashes)
