"""``zephyr uninstall``, from a request to a changed environment."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from zephyr.environments.installed import read_installed
from zephyr.environments.selection import select_environment
from zephyr.environments.surroundings import Surroundings
from zephyr.install.destination import Destination
from zephyr.install.opening import recover_environment
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.change import Ordered, change_environment
from zephyr.pipeline.outcome import Change, UninstallOutcome
from zephyr.pipeline.request import Installation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zephyr.graph.events import Listener
    from zephyr.pipeline.request import UninstallRequest


def run_uninstall(
    request: UninstallRequest,
    environ: Mapping[str, str],
    agreed: Callable[[tuple[str, ...]], bool],
    listener: Listener,
) -> UninstallOutcome:
    """Remove what ``request`` names, all or nothing; a name that is not installed is a warning.

    ``agreed`` is asked once, with what would be removed. Raises `ZephyrError` of whatever part fails;
    the environment is then as it was.
    """
    begin = time.monotonic()
    warnings: list[str] = []

    with open_cache(request.cache, warnings.append) as cache:
        environment = select_environment(
            request.environment, Surroundings(os.getcwd(), environ, cache), changes=not request.dry_run
        )
        recover_environment(Destination.of(environment))
        found = read_installed((environment.scheme.purelib, environment.scheme.platlib))
        wanted = dict.fromkeys(canonicalize_name(name) for name in request.names)
        leaving = [distribution for distribution in found.distributions if distribution.name in wanted]
        present = frozenset(distribution.name for distribution in leaving)
        warnings += [f"{name} is not installed" for name in wanted if name not in present]
        shown = tuple(f"{distribution.display_name}=={distribution.version}" for distribution in leaving)

        if not leaving or not agreed(shown):
            return UninstallOutcome(environment.root, (), tuple(warnings), time.monotonic() - begin)

        if not request.dry_run:
            ordered = Ordered(removed=present)
            warnings += change_environment(environment, ordered, Installation(), cache, listener)

    changes = tuple(Change(distribution.name, distribution.version, None) for distribution in leaving)

    return UninstallOutcome(environment.root, changes, tuple(warnings), time.monotonic() - begin)
