"""From the solver's answer to pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.demands import NOTHING
from zephyr.metadata.package import Package
from zephyr.model.artifact import ProjectStatus
from zephyr.model.resolution import Pin, Resolution
from zephyr.solver.provider import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.utils import NormalizedName

    from zephyr.metadata.document import Document
    from zephyr.metadata.world import Release, World
    from zephyr.model.artifact import Listing
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
    warnings = tuple(
        warning
        for pin in pins
        for warning in pin_warnings(
            pin, pin.extras, _document(world, pin.name, places[pin.name]), world.candidates[pin.name].listing
        )
    )

    passed_over = tuple(_passed_over(world))
    effort = solution.effort

    return Resolution(pins, effort.decisions, effort.conflicts, (*warnings, *passed_over), passed_over)


def unread(solution: Solution, world: World) -> tuple[Release, ...]:
    """Return the chosen versions whose METADATA was known and not read: a pin says what was believed."""
    places = {
        package.name: place for package, place in solution.versions.items() if isinstance(package, Package)
    }

    return tuple(
        release for release in places.items() if release in world.documents and release not in world.texts
    )


def _pin(
    world: World,
    name: NormalizedName,
    place: int,
    extras: frozenset[NormalizedName],
    needed: set[NormalizedName],
) -> Pin:
    candidates = world.candidates[name]
    choice = candidates.choices[place]
    demand = world.demands.get(name, NOTHING)
    assert choice is not None

    return Pin(
        name=name,
        version=candidates.versions[place],
        artifact=choice.artifact,
        index=candidates.listing.index,
        metadata=world.texts.get((name, place)),
        extras=extras,
        requested=demand.required,
        direct=demand.direct is not None,
        dependencies=tuple(sorted(needed)),
    )


def _passed_over(world: World) -> Iterator[str]:
    """Yield a warning for each project of which versions were wanted whose files are not there."""
    by_name: dict[NormalizedName, list[int]] = {}

    for name, place in world.passed_over:
        by_name.setdefault(name, []).append(place)

    for name, places in sorted(by_name.items()):
        newest = max(places)
        others = "" if len(places) == 1 else f" (with older ones, {len(places)} versions)"
        reason = str(world.passed_over[name, newest]).removesuffix(".")
        yield f"{name} {world.candidates[name].versions[newest]}{others} was passed over, {reason}"


def pin_warnings(
    pin: Pin, extras: Iterable[NormalizedName], document: Document | None, listing: Listing
) -> Iterator[str]:
    """Yield what the user should know of a pin of which ``extras`` are asked (none without a document)."""
    for extra in sorted({*extras} - document.extras) if document is not None else ():
        yield f"{pin.name} {pin.version} has no extra named {extra}"

    if pin.artifact.yanked is not None:
        yield f"{pin.name} {pin.version} was yanked{_because(pin.artifact.yanked)}"

    if listing.status in {ProjectStatus.ARCHIVED, ProjectStatus.DEPRECATED}:
        yield f"{pin.name} is {listing.status.value} on the index{_because(listing.status_reason)}"


def _document(world: World, name: NormalizedName, place: int) -> Document | None:
    document = world.documents.get((name, place))
    assert not isinstance(document, Unavailable)

    return document


def _because(reason: str | None) -> str:
    """Return an index's words, fit to print: one line without control characters, of limited length."""
    import unicodedata

    printable = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in reason or "")
    words = " ".join(printable.split())[:_LONGEST_REASON]

    return f": {words}" if words else ""
