"""``zephyr sync``: an environment made equal to a lock, by one transaction and without resolving.

What the lock has for this environment is compared with what is installed. Where nothing differs nothing else
is looked at; otherwise the missing wheels are brought into the cache (`acquire`), and one change adds,
replaces and removes.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from zephyr.dataclass import dataclass, field
from zephyr.environments.installed import read_installed
from zephyr.environments.selection import Choice, select_environment
from zephyr.environments.surroundings import Surroundings
from zephyr.graph.steps import step
from zephyr.install.changes import difference
from zephyr.install.destination import Destination
from zephyr.install.opening import recover_environment
from zephyr.lock.selection import select
from zephyr.model.resolution import Resolution
from zephyr.pipeline.acquired import already_cached
from zephyr.pipeline.binary_rules import refuse_builds, without_wheels
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.direct_url import Directs, is_same_origin
from zephyr.pipeline.locked import is_project, locked_set
from zephyr.pipeline.outcome import InstallOutcome, changes_of
from zephyr.pipeline.overtaken import until_not_overtaken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.graph.events import Listener
    from zephyr.install.changes import Changes
    from zephyr.lock.selection import Selected
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.model.interpreter import Interpreter
    from zephyr.model.resolution import Pin
    from zephyr.pipeline.acquired import Acquired
    from zephyr.pipeline.request import SyncRequest
    from zephyr.pipeline.requested_place import RequestedPlace
    from zephyr.pipeline.wanted import Wanted
    from zephyr_cache import Cache


@dataclass(frozen=True, slots=True)
class _Situation:
    """What a sync begins with."""

    environment: Environment
    installed: Mapping[NormalizedName, InstalledDistribution]
    """In the environment itself: what it shares of its base is no part of it."""
    resolution: Resolution
    """What the lock has for the environment, but for ``places``."""
    directs: Directs
    """Of what is installed by place just as the lock has it."""
    places: tuple[RequestedPlace, ...]
    """Those that have to be looked at."""
    warnings: list[str] = field(default_factory=list[str])


def run_sync(request: SyncRequest, environ: Mapping[str, str], listener: Listener) -> InstallOutcome:
    """Make an environment equal to the lock of ``request``, all or nothing.

    ``listener`` hears every step. With a dry run nothing changes, and the outcome says what would. Raises
    `ZephyrError` of whatever part fails; the environment is then as it was.
    """
    begin = time.monotonic()
    warnings: list[str] = []

    with open_cache(request.cache, warnings.append) as cache:
        return until_not_overtaken(
            lambda: _sync_once(request, environ, cache, listener, list(warnings), begin)
        )


def _sync_once(
    request: SyncRequest,
    environ: Mapping[str, str],
    cache: Cache,
    listener: Listener,
    warnings: list[str],
    begin: float,
) -> InstallOutcome:
    """Look, compare and change. Raises EnvironmentOvertaken where another process was quicker."""
    with step(listener, "look"):
        situation = _look(request, environ, cache, warnings, listener)

    resolution = situation.resolution
    changes = _changes(request, situation, resolution, Directs())
    refuse_builds(changes.install, situation.places, request.no_build)

    if situation.places or not (changes.is_empty or request.installation.dry_run):
        resolution, changes = _fill(request, situation, environ, cache, listener)

    return InstallOutcome(
        environment=situation.environment.root,
        changes=changes_of(changes.install, situation.installed, changes.removed),
        pins=resolution.pins,
        installed_pins=changes.install,
        checked=len(situation.installed),
        seconds=time.monotonic() - begin,
        resolved=None,
        warnings=tuple(situation.warnings),
        markers=situation.environment.interpreter.markers,
        dry_run=request.installation.dry_run,
    )


def _look(
    request: SyncRequest,
    environ: Mapping[str, str],
    cache: Cache,
    warnings: list[str],
    listener: Listener,
) -> _Situation:
    environment = _environment(request, Surroundings(os.getcwd(), environ, cache), listener)
    recover_environment(Destination.of(environment))
    found = read_installed((environment.scheme.purelib, environment.scheme.platlib))
    installed = {one.name: one for one in found.distributions}
    warnings += [finding.message for finding in found.findings]

    selected = _selected(request, environment.interpreter)
    locked = locked_set(selected, request.path, editable=request.editable)
    pins, directs, places = locked.pins, Directs(), locked.places

    if places and not request.installation.reinstall:
        from zephyr.pipeline.settled import settle

        settled = settle(places, installed, environment, cache)
        pins, directs, places = (*pins, *settled.pins), settled.directs, settled.remaining

    resolution = Resolution(tuple(sorted(pins, key=lambda pin: pin.name)))

    return _Situation(environment, installed, resolution, directs, places, warnings)


def _environment(request: SyncRequest, surroundings: Surroundings, listener: Listener) -> Environment:
    """Return the environment that is meant; that of a project is made if need be.

    A dry run makes none: it may be one that is not there yet.
    """
    wanted, dry_run = request.environment, request.installation.dry_run

    if isinstance(wanted, Choice):
        return select_environment(wanted, surroundings, changes=not dry_run)

    from zephyr.pipeline.project_environment import expected_environment, project_environment

    requires_python = request.document.requires_python
    python = str(requires_python) if requires_python is not None else None
    environment_of = expected_environment if dry_run else project_environment

    return environment_of(wanted.root, wanted.choice, python, surroundings, listener)


def _selected(request: SyncRequest, interpreter: Interpreter) -> list[Selected]:
    """Return what the lock has for an interpreter. Raises what `select` and the narrower choices raise."""
    selected = select(
        request.document,
        interpreter.markers,
        interpreter.tags,
        interpreter.version,
        extras=request.extras,
        groups=request.groups,
    )

    if request.only_group:
        from zephyr.lock.group_closure import needed_by_groups

        selected = needed_by_groups(request.document, selected, request.groups or (), interpreter.markers)

    return [
        without_wheels(one, request.no_binary)
        for one in selected
        if request.project or not is_project(one, request.path)
    ]


def _changes(
    request: SyncRequest, situation: _Situation, resolution: Resolution, directs: Directs
) -> Changes:
    """Compare; ``directs`` tells of the places that were looked at."""
    return difference(
        resolution.pins,
        situation.installed.values(),
        reinstall=None if request.installation.reinstall else directs.sources.keys(),
        exact=request.exact,
        directs={
            pin.name: _document(pin, situation, directs) if pin.direct else None for pin in resolution.pins
        },
    )


def _document(pin: Pin, situation: _Situation, directs: Directs) -> Mapping[str, Any]:
    """Return the direct_url.json that a pin is to have: the installed one, where it says the same."""
    wanted = (situation.directs if pin.artifact.url in situation.directs.documents else directs).document(pin)
    found = situation.installed.get(pin.name)
    recorded = found.direct_url if found is not None else None

    return recorded if recorded is not None and is_same_origin(recorded, wanted) else wanted


def _fill(
    request: SyncRequest,
    situation: _Situation,
    environ: Mapping[str, str],
    cache: Cache,
    listener: Listener,
) -> tuple[Resolution, Changes]:
    """Get what is missing and change the environment; with a dry run only look at the places."""
    from zephyr.pipeline.apply import Decided, apply
    from zephyr.pipeline.early_staging import EarlyStaging
    from zephyr.pipeline.wanted import Wanted

    options = request.installation

    def pick(resolution: Resolution, directs: Directs) -> tuple[Pin, ...]:
        return () if options.dry_run else _changes(request, situation, resolution, directs).install

    def get(resolution: Resolution) -> Acquired:
        # No version is decided on here: all wheels are known from the start.
        wanted = Wanted(pick, lambda _name, _version: False, resolution=resolution, on_wheel=early.stage)

        return _get(request, situation, wanted, environ, cache, listener)

    with EarlyStaging(situation.environment, options, cache) as early:
        acquired = get(situation.resolution)
        changes = _changes(request, situation, acquired.resolution, acquired.directs)

        if not options.dry_run:
            decided = Decided(situation.environment, situation.installed, changes.install, changes.removed)
            situation.warnings.extend(apply(decided, acquired, get, options, cache, listener, early))

    return acquired.resolution, changes


def _get(
    request: SyncRequest,
    situation: _Situation,
    wanted: Wanted,
    environ: Mapping[str, str],
    cache: Cache,
    listener: Listener,
) -> Acquired:
    """Return the wheels that are needed; of those that the cache has already nobody is asked."""
    if not (situation.places or request.building.package_settings):
        resolution = situation.resolution
        found = already_cached(resolution, wanted.pick(resolution, Directs()), cache)

        if found is not None:
            return found

    from zephyr.metadata.request import ResolveRequest, Rules
    from zephyr.pipeline.acquire import acquire

    # The lock says what there is to be had: what its places require now is nothing to it.
    question = ResolveRequest((), situation.environment.interpreter, rules=Rules(no_dependencies=True))

    return acquire(request, question, situation.places, wanted, cache, environ, listener)
