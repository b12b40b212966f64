"""Why there is no solution, for a person: the proof in words, and hints that come of the facts behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError

if TYPE_CHECKING:
    from zephyr.metadata.world import World
    from zephyr.solver.errors import NoSolution


class ResolutionError(ZephyrError):
    """Raised where the requirements cannot be met together; ``details`` are the lines of the proof."""

    id = "no-solution"


def explained(failure: NoSolution, world: World) -> ResolutionError:
    """Put a proof into words."""
    return ResolutionError("The requirements cannot be met together")
