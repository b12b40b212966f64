"""Gets what an install needs: a resolution, and the wheels of it in the cache.

A warm run finds everything in the cache (`from_cache`) and starts no event loop, imports no HTTP client
and waits for nobody. Otherwise `zephyr.pipeline.fetch` asks the network for whatever is missing.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, replace
from zephyr.errors import ZephyrError
from zephyr.graph.steps import step
from zephyr.model.index import Index, Sources
from zephyr.pipeline.acquired import Acquired
from zephyr.pipeline.allowed_hashes import allowed_hashes
from zephyr.pipeline.direct_url import Directs
from zephyr.pipeline.heap import leave_alone, without_collections
from zephyr.pipeline.installed_port import Kept
from zephyr.pipeline.supplies import supplies_for
from zephyr_workers.build_errors import BuildError
from zephyr_workers.index_client import IndexClient
from zephyr_workers.kept_listings import ListingLost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.utils import NormalizedName

    from zephyr.graph.events import Listener
    from zephyr.metadata.request import ResolveRequest
    from zephyr.model.resolution import Resolution
    from zephyr.pipeline.request import SupplyRequest
    from zephyr.pipeline.requested_place import RequestedPlace
    from zephyr.pipeline.supplies import Supplies
    from zephyr.pipeline.wanted import Wanted
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel

WORTH_A_PROCESS = 4 * 1024 * 1024
"""Bytes of wheels from which on other processes are started to unpack them: that takes some 50 ms."""
UNKNOWN_SIZE = 1024 * 1024
"""What a wheel counts of whose size nothing is said."""
MOST_PROCESSES = 8
"""More than one connection after the other can keep busy."""


@dataclass(frozen=True, slots=True)
class Sought:
    """One search: the question, and everything that is asked for answers."""

    question: ResolveRequest
    wanted: Wanted
    places: tuple[RequestedPlace, ...]
    kept: Kept
    supplies: Supplies
    mirrors: Mapping[str, IndexClient]
    """URL of an index, as a lock has it, to the index to get its files from."""


def acquire(
    request: SupplyRequest,
    question: ResolveRequest,
    places: tuple[RequestedPlace, ...],
    wanted: Wanted,
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
) -> Acquired:
    """Resolve and fetch, asking the network only for what the cache has not.

    Raises what resolving, downloading and unpacking raise; the cache stays usable whatever happens.
    """
    addresses = tuple(_addresses(request, question, wanted))
    hashes = allowed_hashes(question)

    def acquired() -> Acquired:
        supplies = supplies_for(request, question.interpreter, cache, environ, addresses, hashes)

        return _acquire(
            Sought(question, wanted, places, Kept(wanted.kept), supplies, _mirrors(supplies)), listener
        )

    try:
        return acquired()
    except ListingLost:
        # Another command has cleaned the cache meanwhile: what is gone is asked for again, once.
        return acquired()


def _mirrors(supplies: Supplies) -> dict[str, IndexClient]:
    request, cache = supplies.request, supplies.cache

    return {
        canonical: IndexClient(Sources((Index(mirror),)), supplies.client, cache, refresh=request.refresh)
        for canonical, mirror in request.mirrors.items()
    }


def _acquire(sought: Sought, listener: Listener) -> Acquired:
    supplies = sought.supplies

    try:
        return _found(sought, listener)
    except BuildError as error:
        from zephyr.pipeline.wheel_instead import add_wheel_hint

        add_wheel_hint(error, sought.question, supplies.index)
        raise
    finally:
        supplies.known.save()
        supplies.index.save()

        if sought.question.target is not None:
            sought.question.target.meanings.save()


def _found(sought: Sought, listener: Listener) -> Acquired:
    with step(listener, "resolve", "from what is cached"):
        found = from_cache(sought)

    if isinstance(found, Acquired):
        return found

    from zephyr.pipeline.event_loop import run_in_loop
    from zephyr.pipeline.fetch import fetch
    from zephyr.pipeline.heap import share_one_heap
    from zephyr_workers import kept_listings, unpack_processes
    from zephyr_workers.helper_processes import helper_processes

    share_one_heap()
    sought = replace(sought, wanted=replace(sought.wanted, resolution=found))

    resolves = found is None
    unpacks = not sought.supplies.request.installation.dry_run
    modules = (
        *(kept_listings.MODULES if resolves else ()),
        *(unpack_processes.MODULES if unpacks else ()),
    )

    with helper_processes(_processes_for(sought), modules) as helpers:
        sought.supplies.index.use(helpers)

        return run_in_loop(fetch, sought, unpack_processes.UnpackProcesses(helpers), listener)


def _processes_for(sought: Sought) -> int:
    """Return how many processes are to parse pages and unpack wheels: none for a few bytes."""
    wanted = sought.wanted

    if wanted.resolution is not None:
        pins = wanted.pick(wanted.resolution, Directs())

        if sum(pin.artifact.size or UNKNOWN_SIZE for pin in pins) < WORTH_A_PROCESS:
            return 0

    return min(os.cpu_count() or 1, MOST_PROCESSES)


def _addresses(request: SupplyRequest, question: ResolveRequest, wanted: Wanted) -> Iterator[str]:
    """Yield the addresses, beside the indexes that are asked, that a login may be needed for."""
    yield from (root.direct.given for root in question.requirements if root.direct)
    yield from request.mirrors.values()

    if wanted.resolution is not None:
        yield from sorted({pin.index for pin in wanted.resolution.pins if pin.index is not None})


def from_cache(sought: Sought) -> Acquired | Resolution | None:
    """Return everything, or only the resolution, or nothing, as far as the cache has it."""
    if sought.places or sought.supplies.request.building.package_settings:
        return sought.wanted.resolution

    begin = time.monotonic()
    resolution = sought.wanted.resolution or _resolved_from_cache(sought)

    if resolution is None:
        return None

    resolved = time.monotonic() - begin
    pins = sought.wanted.pick(resolution, Directs())
    wheels: dict[NormalizedName, UnpackedWheel] = {}

    for pin in pins:
        wheel = sought.supplies.find(pin.name, pin.artifact)

        if wheel is None:
            return resolution

        wheels[pin.name] = wheel

    return Acquired(resolution, pins, wheels, resolved)


def _resolved_from_cache(sought: Sought) -> Resolution | None:
    from zephyr.metadata.stored import resolve_stored
    from zephyr.pipeline.built_wheels import StoredSources
    from zephyr.pipeline.installed_port import InstalledFacts

    supplies = sought.supplies
    facts = InstalledFacts(StoredSources(supplies.index, supplies.built), sought.kept)

    try:
        with without_collections():
            resolution = resolve_stored(sought.question, facts, supplies.known)

            if resolution is not None:
                leave_alone()

            return resolution
    except ZephyrError:
        # The network's answer may differ, and an error deserves the whole truth: it is asked.
        return None
