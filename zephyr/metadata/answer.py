"""From the solver's answer to pins."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from zephyr.metadata.demands import NOTHING
from zephyr.metadata.document import Document
from zephyr.metadata.package import Package
from zephyr.model.artifact import ProjectStatus
from zephyr.model.resolution import Pin, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.utils import NormalizedName

    from zephyr.metadata.world import World
    from zephyr.solver.solution import Solution

_LONGEST_REASON = 200


def read_solution(solution: Solution, world: World) -> Resolution:
    """Turn a solution over ``world`` into a resolution, pins sorted by name."""
    extras: dict[NormalizedName, set[NormalizedName]] = {}
    needed: dict[NormalizedName, set[NormalizedName]] = {}
    places: dict[NormalizedName, int] = {}

    for package, place in solution.versions.items():
        assert isinstance(package, Package)
        places[package.name] = place
        asked = extras.setdefault(package.name, set())

        if package.extra is not None:
            asked.add(package.extra)

        targets = (target.name for target in solution.edges[package] if isinstance(target, Package))
        needed.setdefault(package.name, set()).update(targets)

    pins = tuple(
        _pin(world, name, places[name], frozenset(extras[name]), needed[name] - {name})
        for name in sorted(places)
    )
    warnings = tuple(warning for pin in pins for warning in _warnings(pin, world, places[pin.name]))

    return Resolution(pins, solution.effort.decisions, solution.effort.conflicts, warnings)


def _pin(
    world: World,
    name: NormalizedName,
    place: int,
    extras: frozenset[NormalizedName],
    needed: set[NormalizedName],
) -> Pin:
    candidates = world.candidates[name]
    choice, document = candidates.choices[place], world.documents[name, place]
    demand = world.demands.get(name, NOTHING)
    assert choice is not None
    assert isinstance(document, Document)

    return Pin(
        name=name,
        version=candidates.versions[place],
        artifact=choice.artifact,
        index=candidates.listing.index,
        metadata=document.raw,
        extras=extras,
        requested=demand.required,
        direct=demand.direct is not None,
        dependencies=tuple(sorted(needed)),
    )


def _warnings(pin: Pin, world: World, place: int) -> Iterator[str]:
    document = world.documents[pin.name, place]
    assert isinstance(document, Document)

    for extra in sorted(pin.extras - document.extras):
        yield f"{pin.name} {pin.version} has no extra named {extra}"

    if pin.artifact.yanked is not None:
        yield f"{pin.name} {pin.version} was yanked{_because(pin.artifact.yanked)}"

    listing = world.candidates[pin.name].listing

    if listing.status in {ProjectStatus.ARCHIVED, ProjectStatus.DEPRECATED}:
        yield f"{pin.name} is {listing.status.value} on the index{_because(listing.status_reason)}"


def _because(reason: str | None) -> str:
    """Return an index's words, fit to print: one line without control characters, of limited length."""
    printable = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in reason or "")
    words = " ".join(printable.split())[:_LONGEST_REASON]

    return f": {words}" if words else ""
