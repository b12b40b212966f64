"""``zephyr install``, from a request to a changed environment.

What is installed already may be enough: then nothing is asked of the network and no event loop starts.
Otherwise versions are chosen and their wheels brought into the cache (`acquire`), and then the
environment is changed by one transaction (`change`), here in the main thread, where a signal reaches it.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.environments.selection import select_environment
from zephyr.environments.surroundings import Surroundings
from zephyr.graph.steps import step
from zephyr.install.destination import Destination
from zephyr.install.opening import recover_environment
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.direct_url import Directs, local_digests
from zephyr.pipeline.document_packs import CachedPacks
from zephyr.pipeline.outcome import InstallOutcome, changes_of
from zephyr.pipeline.overtaken import until_not_overtaken
from zephyr.pipeline.question import may_stay, names_as_asked, places_for, question_of
from zephyr.pipeline.standing import Standing
from zephyr.pipeline.visible import visible_distributions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.pipeline.acquired import Acquired
    from zephyr.pipeline.early_staging import EarlyStaging
    from zephyr.pipeline.request import InstallRequest
    from zephyr.pipeline.wanted import Wanted
    from zephyr_cache import Cache


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
    with step(listener, "look"):
        standing = _look(request, environ, cache, warnings)

    if standing.is_enough:
        return _outcome(request, standing, None, (), begin)

    from zephyr.pipeline.early_staging import EarlyStaging
    from zephyr.pipeline.hash_rules import check_hash_rules

    check_hash_rules(standing.question, standing.places)

    with EarlyStaging(standing.environment, request.installation, cache) as early:
        acquired, pins, told = _fill(request, standing, early, cache, environ, listener)

    warnings += told

    if pins and _may_conflict(request):
        from zephyr.pipeline.conflicts import conflicts

        warnings += conflicts(pins, standing.installed.values(), standing.question.interpreter.markers)

    return _outcome(request, standing, acquired, pins, begin)


def _may_conflict(request: InstallRequest) -> bool:
    return request.warn_conflicts and not (request.rules.no_dependencies or request.installation.dry_run)


def _look(request: InstallRequest, environ: Mapping[str, str], cache: Cache, warnings: list[str]) -> Standing:
    surroundings = Surroundings(os.getcwd(), environ, cache)
    environment = select_environment(
        request.environment, surroundings, changes=not request.installation.dry_run
    )
    recover_environment(Destination.of(environment))
    installed, findings = visible_distributions(environment, surroundings)
    warnings += [*request.warnings, *(finding.message for finding in findings)]

    question = question_of(request, environment, installed, CachedPacks(cache))
    digests = local_digests(root.requirement.url for root in question.requirements)

    places = places_for(request, question)
    warnings += [warning for place in places for warning in place.reference.warnings]

    return Standing(request, environment, installed, question, places, digests, warnings)


def _wanted(request: InstallRequest, standing: Standing) -> Wanted:
    """Fetch what changes the environment; with a dry run nothing."""
    from zephyr.pipeline.allowed_hashes import allowed_hashes
    from zephyr.pipeline.wanted import Wanted

    installed = standing.installed
    options = request.installation
    named = {root.requirement.name for root in standing.question.requirements}
    hashed = allowed_hashes(standing.question)
    unwanted = named if request.only_dependencies else frozenset[str]()

    def pick(resolution: Resolution, directs: Directs) -> tuple[Pin, ...]:
        changing = standing.changing(resolution, directs)

        # A dry run needs no files, but those whose hashes are given and nobody else tells.
        return tuple(pin for pin in changing if not options.dry_run or _is_unproven(pin, hashed))

    def is_likely(name: NormalizedName, version: Version) -> bool:
        same = name in installed and installed[name].version == version

        return not options.dry_run and (options.is_anew or not same) and name not in unwanted

    return Wanted(pick, is_likely, may_stay(request, installed))


def _is_unproven(pin: Pin, hashed: Collection[NormalizedName]) -> bool:
    return pin.name in hashed and pin.artifact.is_wheel and not pin.artifact.hashes


def _kept_warnings(standing: Standing, acquired: Acquired) -> list[str]:
    return [
        f"Target directory {one.location}/{one.metadata_folder} already exists. Specify --upgrade to force "
        "replacement."
        for one in standing.kept(acquired.resolution, acquired.directs)
    ]


def _fill(
    request: InstallRequest,
    standing: Standing,
    early: EarlyStaging,
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
) -> tuple[Acquired, tuple[Pin, ...], list[str]]:
    """Get what is missing and change the environment; return what was got, what is new, and warnings.

    With a dry run nothing changes, and what would be new is returned.
    """
    from zephyr.pipeline.acquire import acquire

    wanted = replace(_wanted(request, standing), on_wheel=early.stage)

    def get(resolution: Resolution | None) -> Acquired:
        now = replace(wanted, resolution=resolution)

        return acquire(request, standing.question, standing.places, now, cache, environ, listener)

    acquired = get(None)
    pins = standing.changing(acquired.resolution, acquired.directs)
    warnings = _kept_warnings(standing, acquired)

    if pins and not request.installation.dry_run:
        from zephyr.pipeline.apply import Decided, apply

        decided = Decided(standing.environment, standing.installed, pins)
        warnings += apply(decided, acquired, get, request.installation, cache, listener, early)

    return acquired, pins, warnings


def _outcome(
    request: InstallRequest,
    standing: Standing,
    acquired: Acquired | None,
    pins: tuple[Pin, ...],
    begin: float,
) -> InstallOutcome:
    resolution_warnings = acquired.resolution.warnings if acquired else ()

    return InstallOutcome(
        environment=standing.environment.root,
        changes=changes_of(pins, standing.installed),
        pins=acquired.resolution.pins if acquired else (),
        installed_pins=_described(pins, acquired),
        checked=len(standing.installed),
        seconds=time.monotonic() - begin,
        resolved=acquired.resolved if acquired else None,
        warnings=(*standing.warnings, *resolution_warnings),
        markers=standing.question.interpreter.markers,
        dry_run=request.installation.dry_run,
        satisfied=standing.satisfied({pin.name for pin in pins}),
        asked=names_as_asked(request.requirements),
        documents={pin.name: acquired.directs.document(pin) for pin in pins if acquired and pin.direct},
    )


def _described(pins: tuple[Pin, ...], acquired: Acquired | None) -> tuple[Pin, ...]:
    """Return ``pins`` with what their wheels themselves say."""
    if acquired is None:
        return pins

    from zephyr.pipeline.believed import described

    return described(pins, acquired.wheels)
