"""Resolving from what is stored already: no event loop, no task, no wait.

A warm run asks here first. The answer, or the failure, is the same as `zephyr.metadata.resolve` would
give, because a search decides the same whatever the order in which facts arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from zephyr.errors import ZephyrError
from zephyr.metadata.package import Package
from zephyr.metadata.reasons import FAULT_OF_THE_FILE, MetadataUnavailable
from zephyr.metadata.search import Search, Unread
from zephyr.model.resolution import Resolution

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.metadata.known_documents import KnownDocuments
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.world import Release, World
    from zephyr.model.artifact import Artifact, Listing
    from zephyr.solver.provider import Need


class StoredFacts(Protocol):
    """Listings and METADATA documents that are at hand and still fresh."""

    def stored_listing(self, name: NormalizedName, /) -> Listing | None:
        """Return all files of a project, None where that has to be asked."""
        ...

    def stored_metadata(self, artifact: Artifact, /) -> bytes | None:
        """Return the METADATA document of one wheel, None where that has to be asked.

        Raises the port's `ZephyrError` where it is known already that there is none.
        """
        ...


def resolve_stored(
    request: ResolveRequest, facts: StoredFacts, known: KnownDocuments | None = None
) -> Resolution | None:
    """Resolve as `zephyr.metadata.resolve.resolve` does; None as soon as a fact is not stored.

    Raises `ResolutionError`, `zephyr.solver.errors.GaveUp` and `UsageError` likewise, and what ``facts``
    raises: a caller that gets a `ZephyrError` of the latter kind can still ask the port.
    """
    search = Search(request, known)

    while True:
        step = search.go_on()

        if isinstance(step, Resolution):
            return step

        world = search.world
        found = _read(world, step, facts) if isinstance(step, Unread) else _supply(world, step, facts)

        if not found:
            return None


def _read(world: World, unread: Unread, facts: StoredFacts) -> bool:
    """Add what the documents say of the versions that were chosen; False where one is not stored."""
    for release in unread.releases:
        raw = facts.stored_metadata(world.file_describing(release))

        if raw is None:
            return False

        world.texts[release] = raw

    return True


def _supply(world: World, need: Need, facts: StoredFacts) -> bool:
    """Add the facts that are needed; False where one is not stored."""
    for package in need.universes:
        assert isinstance(package, Package)

        if package.name not in world.candidates:
            listing = facts.stored_listing(package.name)

            if listing is None:
                return False

            world.add_listing(listing)

    return all(
        _describe(world, (package.name, place), facts)
        for package, place in need.dependencies
        if isinstance(package, Package)
    )


def _describe(world: World, release: Release, facts: StoredFacts) -> bool:
    try:
        raw = facts.stored_metadata(world.file_describing(release))
    except ZephyrError as error:
        if error.id not in FAULT_OF_THE_FILE:
            raise

        world.add_unavailable(release, MetadataUnavailable(error.message))

        return True

    if raw is not None:
        world.add_metadata(release, raw)

    return raw is not None
