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

from packaging.requirements import Requirement

from zephyr.environments.derivation import for_python_version
from zephyr.environments.selection import select_environment
from zephyr.environments.surroundings import Surroundings
from zephyr.install.changes import difference
from zephyr.install.destination import Destination
from zephyr.install.opening import recover_environment
from zephyr.metadata.request import ResolveRequest
from zephyr.metadata.requirements import parse_root
from zephyr.pipeline.acquire import Acquired, Wanted, acquire
from zephyr.pipeline.apply import Decided, apply
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.direct_url import Directs, local_digests
from zephyr.pipeline.outcome import InstallOutcome, changes_of
from zephyr.pipeline.overtaken import until_not_overtaken
from zephyr.pipeline.requested_place import RequestedPlace, is_place, places_of
from zephyr.pipeline.satisfied import first_unsatisfied
from zephyr.pipeline.visible import visible_distributions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.metadata.requirements import RootRequirement
    from zephyr.metadata.requirements_file import RequirementLine
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

    wanted = _wanted(request, situation)
    acquired = acquire(request, situation.question, situation.places, wanted, cache, environ, listener)
    pins = _changing(request, situation, acquired.resolution, acquired.directs)

    if pins and not request.installation.dry_run:
        warnings += _change(request, situation, acquired, pins, cache, environ, listener)

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
    warnings += [finding.message for finding in findings]

    question = _question(request, environment, installed)
    digests = local_digests(root.requirement.url for root in question.requirements)

    places = places_of(request.requirements)
    warnings += [warning for place in places for warning in place.reference.warnings]

    return _Situation(environment, installed, question, places, digests, warnings)


def _question(
    request: InstallRequest,
    environment: Environment,
    installed: Mapping[NormalizedName, InstalledDistribution],
) -> ResolveRequest:
    interpreter = environment.interpreter

    if request.python_version is not None:
        interpreter = for_python_version(interpreter, request.python_version)

    preferred: dict[NormalizedName, Version] = {}

    if not request.upgrade and request.python_version is None:
        preferred = {
            name: distribution.version
            for name, distribution in installed.items()
            if name not in request.upgrade_packages
        }

    return ResolveRequest(
        requirements=_roots(line for line in request.requirements if not is_place(line)),
        interpreter=interpreter,
        constraints=_roots(request.constraints),
        rules=request.rules,
        preferred=preferred,
    )


def _roots(lines: Iterable[RequirementLine]) -> tuple[RootRequirement, ...]:
    return tuple(parse_root(line.text, line.origin, hashes=line.hashes, folder=line.folder) for line in lines)


def _is_satisfied(request: InstallRequest, situation: _Situation) -> bool:
    """Whether there is nothing to do, as far as can be told without asking an index."""
    if (
        request.upgrade
        or request.upgrade_packages
        or request.installation.reinstall
        or request.python_version is not None
        or situation.places
    ):
        return False

    roots = [_as_packaging(root) for root in situation.question.requirements]
    constraints = [_as_packaging(root) for root in situation.question.constraints]
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


def _as_packaging(root: RootRequirement) -> Requirement:
    requirement = root.requirement
    marker = f" ; {requirement.marker}" if requirement.marker else ""

    return Requirement(f"{requirement}{marker}")


def _wanted(request: InstallRequest, situation: _Situation) -> Wanted:
    """Fetch what changes the environment; with a dry run nothing."""
    installed = situation.installed
    options = request.installation

    def pick(resolution: Resolution, directs: Directs) -> tuple[Pin, ...]:
        return () if options.dry_run else _changing(request, situation, resolution, directs)

    def is_likely(name: NormalizedName, version: Version) -> bool:
        same = name in installed and installed[name].version == version

        return not options.dry_run and (options.reinstall or not same)

    preferred = situation.question.preferred
    kept = {name: one for name, one in installed.items() if name in preferred and one.has_record}

    return Wanted(pick, is_likely, {} if options.reinstall else kept)


def _changing(
    request: InstallRequest, situation: _Situation, resolution: Resolution, directs: Directs
) -> tuple[Pin, ...]:
    """Return the pins that differ from what is installed."""
    return difference(
        resolution.pins,
        situation.installed.values(),
        reinstall=None if request.installation.reinstall else directs.sources.keys(),
        directs={
            pin.name: directs.document(pin, situation.local_digests.get(pin.artifact.url))
            for pin in resolution.pins
            if pin.direct
        },
    ).install


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
        markers=situation.question.interpreter.markers,
        dry_run=request.installation.dry_run,
    )
