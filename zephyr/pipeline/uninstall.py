"""``zephyr uninstall``, from a request to a changed environment."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Protocol

from zephyr.environments.installed import read_installed
from zephyr.environments.selection import select_environment
from zephyr.environments.surroundings import Surroundings
from zephyr.install.destination import Destination
from zephyr.install.opening import recover_environment
from zephyr.model.names import canonicalize_name
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.change import Ordered, change_environment
from zephyr.pipeline.outcome import Change, UninstallOutcome
from zephyr.pipeline.removal import removal_of
from zephyr.pipeline.request import Installation
from zephyr.pipeline.view import Scope, view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.graph.events import Listener
    from zephyr.model.environment import Environment, InstalledDistribution
    from zephyr.pipeline.removal import Removal
    from zephyr.pipeline.request import UninstallRequest


class Dialogue(Protocol):
    """Whoever is told of removals and asked for them."""

    def missing(self, name: str, elsewhere: InstalledDistribution | None) -> None:
        """Hear that ``name`` is not installed here; ``elsewhere`` is what the environment sees of it."""
        ...

    def agrees(self, removal: Removal) -> bool:
        """Say whether a distribution is to leave."""
        ...


def run_uninstall(
    request: UninstallRequest, environ: Mapping[str, str], dialogue: Dialogue, listener: Listener
) -> UninstallOutcome:
    """Remove what ``request`` names and the dialogue agrees to, all at once or nothing.

    The dialogue is asked of one distribution after the other, in the order of their names in the request,
    before anything is changed. Raises `ZephyrError` of whatever part fails; the environment is then as it
    was.
    """
    begin = time.monotonic()
    warnings: list[str] = []

    with open_cache(request.cache, warnings.append) as cache:
        surroundings = Surroundings(os.getcwd(), environ, cache)
        environment = select_environment(request.environment, surroundings, changes=not request.dry_run)
        recover_environment(Destination.of(environment))
        leaving = _agreed(request, environment, surroundings, dialogue)

        if leaving and not request.dry_run:
            ordered = Ordered(removed=frozenset(leaving))
            warnings += change_environment(environment, ordered, Installation(), cache, listener)

    changes = tuple(Change(name, one.version, None) for name, one in leaving.items())

    return UninstallOutcome(environment.root, changes, tuple(warnings), time.monotonic() - begin)


def _agreed(
    request: UninstallRequest, environment: Environment, surroundings: Surroundings, dialogue: Dialogue
) -> dict[NormalizedName, InstalledDistribution]:
    destination = Destination.of(environment)
    found = read_installed((environment.scheme.purelib, environment.scheme.platlib))
    leaving: dict[NormalizedName, InstalledDistribution] = {}

    for name, spelled in {canonicalize_name(name): name for name in request.names}.items():
        distribution = found.get(name)

        if distribution is None:
            dialogue.missing(spelled, view(environment, Scope.VISIBLE, surroundings).get(name))
        elif dialogue.agrees(removal_of(distribution, destination)):
            leaving[name] = distribution

    return leaving
