"""Whether a lock is still what its project asks for, told without resolving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.lock.inputs import locked_inputs
from zephyr.lock.staleness import differences
from zephyr.pipeline.cache import open_cache
from zephyr.pipeline.lock_request import DYNAMIC, lock_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.pylock import Pylock

    from zephyr.graph.events import Listener
    from zephyr.lock.staleness import Difference
    from zephyr.pipeline.lock_request import LockRequest


def stale_inputs(
    request: LockRequest, document: Pylock, environ: Mapping[str, str], listener: Listener
) -> tuple[Difference, ...] | None:
    """Return in what a lock differs from what would be locked now; None where it does not say what it is of.

    Which indexes are asked is compared only where the project or the command line says it: a mirror in the
    settings of one user is no reason to lock anew. Only a project that leaves its dependencies to a build
    backend is built for this. Raises what that raises.
    """
    locked = locked_inputs(document)

    if locked is None:
        return None

    if request.project.dynamic & DYNAMIC:
        request = _completed(request, environ, listener)

    wanted = lock_inputs(request)

    if not request.stated_indexes:
        wanted = replace(wanted, indexes=locked.indexes)

    return differences(locked, wanted)


def _completed(request: LockRequest, environ: Mapping[str, str], listener: Listener) -> LockRequest:
    from zephyr.environments.surroundings import Surroundings
    from zephyr.pipeline.event_loop import run_in_loop
    from zephyr.pipeline.lock import building_interpreter
    from zephyr.pipeline.lock_answer import complete

    with open_cache(request.cache, lambda _: None) as cache:
        interpreter = building_interpreter(request, Surroundings(request.project.root, environ, cache))

        return run_in_loop(complete, request, interpreter, cache, environ, listener)
