"""What indexes offer of some projects: asked all at once, judged for one interpreter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, replace
from zephyr.metadata.candidates import read_candidates
from zephyr.metadata.request import PreReleases
from zephyr.metadata.target import Target
from zephyr.pipeline.cache import open_cache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.graph.events import Listener
    from zephyr.metadata.request import Rules
    from zephyr.model.artifact import Artifact, Listing
    from zephyr.model.interpreter import Interpreter
    from zephyr.pipeline.request import SupplyRequest
    from zephyr_cache import Cache


@dataclass(frozen=True, slots=True)
class Offer:
    """One version that can be had."""

    version: Version
    artifact: Artifact
    """The file that would be taken."""

    @property
    def file_type(self) -> str:
        """``wheel`` or ``sdist``."""
        return "wheel" if self.artifact.is_wheel else "sdist"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a version has to be like."""

    interpreter: Interpreter
    """What it has to suit."""
    rules: Callable[[NormalizedName], Rules]
    """How to choose among the files of each project."""
    any_python: bool = False
    """Leave Requires-Python out of account."""


def find_offers(
    names: Iterable[NormalizedName],
    wish: Wish,
    request: SupplyRequest,
    environ: Mapping[str, str],
    listener: Listener,
    warn: Callable[[str], None],
) -> dict[NormalizedName, tuple[Offer, ...]]:
    """Return the versions of each project that are as wished, ascending.

    A project that no index knows has none. Raises what asking an index raises.
    """
    target = Target.of(wish.interpreter)

    with open_cache(request.cache, warn) as cache:
        listings = _listings(tuple(names), request, wish.interpreter, cache, environ, listener)

    if wish.any_python:
        listings = [_for_any_python(listing) for listing in listings]

    return {listing.name: offers_of(listing, target, wish.rules(listing.name)) for listing in listings}


def _for_any_python(listing: Listing) -> Listing:
    files = tuple(replace(artifact, requires_python=None) for artifact in listing.artifacts)

    return replace(listing, artifacts=files)


def offers_of(listing: Listing, target: Target, rules: Rules) -> tuple[Offer, ...]:
    """Return the versions in ``listing`` that nothing speaks against, ascending. Pure."""
    candidates = read_candidates(listing, target, rules)
    chosen = zip(candidates.versions, candidates.choices, strict=True)
    stable_only = rules.pre_releases is PreReleases.DISALLOW

    return tuple(
        Offer(version, choice.artifact)
        for version, choice in chosen
        if choice is not None and not (stable_only and version.is_prerelease)
    )


def _listings(
    names: tuple[NormalizedName, ...],
    request: SupplyRequest,
    interpreter: Interpreter,
    cache: Cache,
    environ: Mapping[str, str],
    listener: Listener,
) -> list[Listing]:
    import anyio

    from zephyr.pipeline.supplies import supplies_for
    from zephyr.pipeline.workshop import open_workshop

    supplies = supplies_for(request, interpreter, cache, environ)
    found: list[Listing] = []

    async def ask() -> None:
        async with open_workshop(supplies, listener) as workshop, anyio.create_task_group() as group:

            async def one(name: NormalizedName) -> None:
                found.append(await workshop.tasks.listing(name))

            for name in names:
                group.start_soon(one, name)

    anyio.run(ask)

    return found
