"""Which environments a universal resolve is for, and in which order they are looked at."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.markers.cuts import cuts_in
from zephyr.markers.literals import Literals, literals_in
from zephyr.markers.platforms import DEFAULT_PLATFORMS
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


@dataclass(frozen=True, slots=True)
class Space:
    """The environments of one round of a resolve, told apart as finely as the literals that were met do."""

    environments: tuple[MarkerEnvironment, ...]
    """All that have to be right, in the order in which they are looked at."""
    installable: frozenset[MarkerEnvironment]
    """Those of them in which everything should have a file: the default ones, or what is declared."""
    everywhere: tuple[MarkerEnvironment, ...]
    """The installable ones and the default ones."""
    is_declared: bool
    """Whether the project declares targets: what is missing in one is an error then."""


def space_of(request: UniversalRequest, literals: Literals) -> Space:
    """Return the environments that a request is about. Raises what `zephyr.markers.targets` raises.

    What only a marker of some dependency speaks of (PyPy, ``ppc64le``) has to be right, but nobody asked for
    files there.
    """
    ranges = python_ranges(request.requires_python, literals.cuts)
    default = default_environments(ranges)

    if not request.targets:
        environments, installable = expanded(default, literals), default
    else:
        environments = declared(request.targets, request.requires_python, literals)
        installable = declared(request.targets, request.requires_python, Literals(cuts=literals.cuts))

    return Space(
        tuple(sorted(environments, key=_turn)),
        frozenset(installable),
        tuple(dict.fromkeys((*default, *installable))),
        bool(request.targets),
    )


def asked_literals(request: UniversalRequest) -> Literals:
    """Return what the user's own markers tell apart."""
    roots = [root for roots in request.requirements.values() for root in roots]
    markers = [root.requirement.marker for root in (*roots, *request.constraints, *request.overrides)]
    markers += [marker for assigned in request.package_indexes.values() for _, marker in assigned]

    return _joined(literals_in(marker) for marker in markers if marker is not None)


def met_literals(answers: Answers) -> Literals:
    """Return what the markers and Python bounds of everything that was chosen tell apart."""
    pins = {(pin.name, pin.version): pin for answer in answers.found for pin in answer.pins.values()}

    markers: set[str] = set()
    bounds: set[str] = set()

    for pin in pins.values():
        its_markers, its_bounds = _telling(pin)
        markers |= its_markers
        bounds |= its_bounds

    return _joined((*map(literals_in, markers), *(Literals(cuts=_known(bound)) for bound in bounds)))


def _telling(pin: Pin) -> tuple[set[str], set[str]]:
    """Return the markers of what a pin may require, and the bounds of its Pythons."""
    document = read_pin(pin)
    lines = (*document.lines, *(line for extra in document.extra_lines.values() for line in extra))
    requirements = (parse_line(line) for line in lines)
    markers = {
        requirement.marker
        for requirement in requirements
        if not isinstance(requirement, UnusableLine) and requirement.marker is not None
    }
    bounds = {document.requires_python, pin.artifact.requires_python}

    return markers, {bound for bound in bounds if bound}


def _known(requires_python: str) -> frozenset[Version]:
    """Return the bounds of a Requires-Python among the Pythons that there are.

    That a release says ``<3.20`` tells nothing of the Pythons to come: they count as the newest one.
    """
    return frozenset(cut for cut in cuts_in(requires_python) if cut.minor <= NEWEST_MINOR)


def _joined(found: Iterable[Literals]) -> Literals:
    return reduce(Literals.__or__, found, Literals())


def _turn(environment: MarkerEnvironment) -> tuple[int, bool, bool]:
    """Put one platform after the other, and the Python before the newest first.

    The versions chosen first are preferred for all others: those of the usual platform, for a Python that
    everything maintained supports. The newest Python, which many projects do not support yet, would
    make old versions the preferred ones.
    """
    minor, platform = environment.python.lower.minor, environment.platform
    place = DEFAULT_PLATFORMS.index(platform) if platform in DEFAULT_PLATFORMS else len(DEFAULT_PLATFORMS)

    return place, minor != NEWEST_MINOR - 1, minor != NEWEST_MINOR
