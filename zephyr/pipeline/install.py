"""``zephyr install``, from a request to a changed environment.

What is installed already may be enough: then nothing is asked of the network and no event loop starts.
Otherwise versions are chosen and their wheels brought into the cache (`acquire`), and then the
environment is changed by one transaction (`change`), here in the main thread, where a signal reaches it.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zephyr.environments.selection import select_environment
from zephyr.environments.surroundings import Surroundings
from zephyr.install.changes import difference
from zephyr.install.destination import Destination
from zephyr.install.opening import recover_environment
from zephyr.model.environment import EnvironmentKind
from zephyr.pipeline.acquire import Acquired, Wanted, acquire
from zephyr.pipeline.apply import Decided, apply
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.conflicts import conflicts
from zephyr.pipeline.direct_url import Directs, local_digests
from zephyr.pipeline.hash_rules import allowed_hashes, check_hash_rules
from zephyr.pipeline.outcome import InstallOutcome, changes_of
from zephyr.pipeline.overtaken import until_not_overtaken
from zephyr.pipeline.question import as_packaging, may_stay, question_of
from zephyr.pipeline.requested_place import RequestedPlace, places_of
from zephyr.pipeline.satisfied import first_unsatisfied, satisfied_by
from zephyr.pipeline.visible import visible_distributions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.metadata.request import ResolveRequest
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.pipeline.request import InstallRequest
    from zephyr_cache import Cache


@dataclass(frozen=True, slots=True)
class _Situation:
    """What an install begins with."""

    environment: Environment
    installed: Mapping[NormalizedName, InstalledDistribution]
    question: ResolveRequest
    places: tuple[RequestedPlace, ...]
    local_digests: Mapping[str, str]
    """URL to SHA-256 of the local files that are asked for."""
    warnings: list[str]


def run_install(request: InstallRequest, environ: Mapping[str, str], listener: Listener) -> InstallOutcome:
    """Install what ``request`` asks for, all or nothing.

    ``listener`` hears every step. Raises `ZephyrError` of whatever part fails; the environment is then
    as it was.
    """
    begin = time.monotonic()
    warnings: list[str] = []

    with open_cache(request.cache, warnings.append) as cache:
        return until_not_overtaken(
            lambda: _install_once(request, environ, cache, listener, list(warnings), begin)
        )


def _install_once(
    request: InstallRequest,
    environ: Mapping[str, str],
    cache: Cache,
    listener: Listener,
    warnings: list[str],
    begin: float,
) -> InstallOutcome:
    """Look, choose and change. Raises EnvironmentOvertaken where another process was quicker."""
    situation = _look(request, environ, cache, warnings)

    if _is_satisfied(request, situation):
        return _outcome(request, situation, None, (), begin)

    check_hash_rules(situation.question, situation.places)
    wanted = _wanted(request, situation)
    acquired = acquire(request, situation.question, situation.places, wanted, cache, environ, listener)
    pins = _changing(request, situation, acquired.resolution, acquired.directs)

    warnings += _left_warnings(request, situation, acquired)

    if pins and not request.installation.dry_run:
        warnings += _change(request, situation, acquired, pins, cache, environ, listener)

        if request.warn_conflicts and not request.rules.no_dependencies:
            warnings += conflicts(pins, situation.installed.values(), situation.question.interpreter.markers)

    return _outcome(request, situation, acquired, pins, begin)


def _look(
    request: InstallRequest, environ: Mapping[str, str], cache: Cache, warnings: list[str]
) -> _Situation:
    surroundings = Surroundings(os.getcwd(), environ, cache)
    environment = select_environment(
        request.environment, surroundings, changes=not request.installation.dry_run
    )
    recover_environment(Destination.of(environment))
    installed, findings = visible_distributions(environment, surroundings)
    warnings += [*request.warnings, *(finding.message for finding in findings)]

    question = question_of(request, environment, installed)
    digests = local_digests(root.requirement.url for root in question.requirements)

    places = (*places_of(request.requirements), *places_of(request.constraints, bounds=True))
    warnings += [warning for place in places for warning in place.reference.warnings]

    return _Situation(environment, installed, question, places, digests, warnings)


def _is_satisfied(request: InstallRequest, situation: _Situation) -> bool:
    """Whether there is nothing to do, as far as can be told without asking an index."""
    options = request.installation

    if (
        request.upgrade
        or request.upgrade_packages
        or request.only_dependencies
        or request.overrides
        or request.excludes
        or request.target
        or options.reinstall
        or options.ignore_installed
        or situation.places
    ):
        return False

    roots = [as_packaging(root) for root in situation.question.requirements]
    constraints = [as_packaging(root) for root in situation.question.constraints]
    markers = situation.environment.interpreter.markers

    return (
        first_unsatisfied(
            roots,
            constraints,
            situation.installed,
            markers,
            local_digests=situation.local_digests,
            with_dependencies=not request.rules.no_dependencies,
        )
        is None
    )


def _wanted(request: InstallRequest, situation: _Situation) -> Wanted:
    """Fetch what changes the environment; with a dry run nothing."""
    installed = situation.installed
    options = request.installation
    named = {root.requirement.name for root in situation.question.requirements}
    hashed = allowed_hashes(situation.question)
    unwanted = named if request.only_dependencies else frozenset[str]()

    def pick(resolution: Resolution, directs: Directs) -> tuple[Pin, ...]:
        changing = _changing(request, situation, resolution, directs)

        # A dry run needs no files, but those whose hashes are given and nobody else tells.
        return tuple(pin for pin in changing if not options.dry_run or _is_unproven(pin, hashed))

    def is_likely(name: NormalizedName, version: Version) -> bool:
        same = name in installed and installed[name].version == version

        return not options.dry_run and (options.reinstall or not same) and name not in unwanted

    return Wanted(pick, is_likely, may_stay(request, installed))


def _is_unproven(pin: Pin, hashed: Collection[NormalizedName]) -> bool:
    return pin.name in hashed and pin.artifact.is_wheel and not pin.artifact.hashes


def _changing(
    request: InstallRequest, situation: _Situation, resolution: Resolution, directs: Directs
) -> tuple[Pin, ...]:
    """Return the pins to install: those that differ from what is installed, and may take its place."""
    differing = _differing(request, situation, resolution, directs)

    return tuple(pin for pin in differing if not _is_left(request, situation, pin))


def _differing(
    request: InstallRequest, situation: _Situation, resolution: Resolution, directs: Directs
) -> tuple[Pin, ...]:
    options = request.installation
    pins = [pin for pin in resolution.pins if not (request.only_dependencies and pin.requested)]

    return difference(
        pins,
        situation.installed.values(),
        reinstall=None if options.reinstall or options.ignore_installed else directs.sources.keys(),
        directs={
            pin.name: directs.document(pin, situation.local_digests.get(pin.artifact.url))
            for pin in pins
            if pin.direct
        },
    ).install


def _is_left(request: InstallRequest, situation: _Situation, pin: Pin) -> bool:
    """Tell whether a pin is not installed because of what a ``--target`` has: only an upgrade replaces it."""
    is_target = situation.environment.kind is EnvironmentKind.TARGET
    upgrades = request.upgrade or pin.name in request.upgrade_packages

    return is_target and pin.name in situation.installed and not upgrades


def _left_warnings(request: InstallRequest, situation: _Situation, acquired: Acquired) -> list[str]:
    differing = _differing(request, situation, acquired.resolution, acquired.directs)
    left = [situation.installed[pin.name] for pin in differing if _is_left(request, situation, pin)]

    return [
        f"Target directory {one.location}/{one.metadata_folder} already exists. Specify --upgrade to force "
        "replacement."
        for one in left
    ]


def _change(
    request: InstallRequest,
    situation: _Situation,
    acquired: Acquired,
    pins: tuple[Pin, ...],
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
) -> list[str]:

    def again(resolution: Resolution) -> Acquired:
        wanted = replace(_wanted(request, situation), resolution=resolution)

        return acquire(request, situation.question, situation.places, wanted, cache, environ, listener)

    decided = Decided(situation.environment, situation.installed, pins)

    return apply(decided, acquired, again, request.installation, cache, listener)


def _outcome(
    request: InstallRequest,
    situation: _Situation,
    acquired: Acquired | None,
    pins: tuple[Pin, ...],
    begin: float,
) -> InstallOutcome:
    question = situation.question
    resolution_warnings = acquired.resolution.warnings if acquired else ()

    return InstallOutcome(
        environment=situation.environment.root,
        changes=changes_of(pins, situation.installed),
        pins=acquired.resolution.pins if acquired else (),
        installed_pins=pins,
        checked=len(situation.installed),
        seconds=time.monotonic() - begin,
        resolved=acquired.resolved if acquired else None,
        warnings=(*situation.warnings, *resolution_warnings),
        markers=question.interpreter.markers,
        dry_run=request.installation.dry_run,
        satisfied=satisfied_by(
            [] if request.only_dependencies else [as_packaging(root) for root in question.requirements],
            situation.installed,
            {pin.name for pin in pins},
            question.interpreter.markers,
        ),
        documents={pin.name: acquired.directs.document(pin) for pin in pins if acquired and pin.direct},
    )
