"""Which environments a universal resolve is for, and in which order they are looked at."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from zephyr.markers.cuts import cuts_in
from zephyr.markers.literals import Literals, literals_in
from zephyr.markers.python_ranges import NEWEST_MINOR, python_ranges
from zephyr.markers.targets import declared, default_environments, expanded
from zephyr.metadata.requirements import UnusableLine, parse_line
from zephyr.metadata.universal.standing import read_pin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.version import Version

    from zephyr.markers.environments import MarkerEnvironment
    from zephyr.metadata.universal.answers import Answers
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.resolution import Pin


def all_environments(request: UniversalRequest, literals: Literals) -> tuple[MarkerEnvironment, ...]:
    """Return every environment that the project supports, told apart as finely as ``literals`` do."""
    ranges = python_ranges(request.requires_python, literals.cuts)

    return tuple(sorted(expanded(default_environments(ranges), literals), key=_turn))


def wanted_environments(request: UniversalRequest, literals: Literals) -> tuple[MarkerEnvironment, ...]:
    """Return those of `all_environments` that are declared; all where none is."""
    environments = all_environments(request, literals)

    if not request.targets:
        return environments

    return tuple(sorted(declared(request.targets, request.requires_python, literals), key=_turn))


def demanded_environments(request: UniversalRequest, literals: Literals) -> frozenset[MarkerEnvironment]:
    """Return the environments in which everything must have a file: those that targets declare.

    What only a marker of some dependency speaks of (``ppc64le``) is looked at, but nobody asked for it.
    """
    if not request.targets:
        return frozenset()

    return frozenset(declared(request.targets, request.requires_python, Literals(cuts=literals.cuts)))


def asked_literals(request: UniversalRequest) -> Literals:
    """Return what the user's own markers tell apart."""
    roots = [root for roots in request.requirements.values() for root in roots]
    markers = [root.requirement.marker for root in (*roots, *request.constraints, *request.overrides)]
    markers += [marker for assigned in request.package_indexes.values() for _, marker in assigned]

    return _joined(literals_in(marker) for marker in markers if marker is not None)


def met_literals(answers: Answers) -> Literals:
    """Return what the markers and Python bounds of everything that was chosen tell apart."""
    pins = {(pin.name, pin.version): pin for answer in answers.found for pin in answer.pins.values()}

    return _joined(_literals_of(pin) for pin in pins.values())


def _literals_of(pin: Pin) -> Literals:
    document = read_pin(pin)
    lines = (*document.lines, *(line for extra in document.extra_lines.values() for line in extra))
    requirements = (parse_line(line) for line in lines)
    found = [
        literals_in(requirement.marker)
        for requirement in requirements
        if not isinstance(requirement, UnusableLine) and requirement.marker is not None
    ]
    bounds = (document.requires_python, pin.artifact.requires_python)

    return _joined((*found, *(Literals(cuts=_known(bound)) for bound in bounds if bound)))


def _known(requires_python: str) -> frozenset[Version]:
    """Return the bounds of a Requires-Python among the Pythons that there are.

    That a release says ``<3.20`` tells nothing of the Pythons to come: they count as the newest one.
    """
    return frozenset(cut for cut in cuts_in(requires_python) if cut.minor <= NEWEST_MINOR)


def _joined(found: Iterable[Literals]) -> Literals:
    return reduce(Literals.__or__, found, Literals())


def _turn(environment: MarkerEnvironment) -> tuple[bool, bool]:
    """Put the Python before the newest first: everything that is maintained supports it.

    The versions chosen for it are preferred for all others; the newest Python, which many projects do not
    support yet, would make old versions the preferred ones.
    """
    minor = environment.python.lower.minor

    return minor != NEWEST_MINOR - 1, minor != NEWEST_MINOR
