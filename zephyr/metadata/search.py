"""One search for a solution: the world, the solver that asks it, and what its end means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.metadata.amendments import Amendments
from zephyr.metadata.answer import read_solution, unread
from zephyr.metadata.demands import applies, dependencies_of
from zephyr.metadata.target import Target
from zephyr.metadata.world import World
from zephyr.solver.errors import NoSolution
from zephyr.solver.solution import Limits
from zephyr.solver.solver import solve

if TYPE_CHECKING:
    from zephyr.metadata.known_documents import KnownDocuments
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.world import Release
    from zephyr.model.resolution import Resolution
    from zephyr.solver.provider import Need
    from zephyr.solver.solution import Solution


@dataclass(frozen=True, slots=True)
class Unread:
    """Versions whose METADATA is still to be added to `World.texts`: they are the solution."""

    releases: tuple[Release, ...]


class Search:
    """Begins with nothing known; whoever drives it adds the facts that it needs to its world."""

    def __init__(self, request: ResolveRequest, known: KnownDocuments | None = None) -> None:
        """Raise `UsageError` for requirements that contradict each other or lack required hashes."""
        target = request.target or Target.of(request.interpreter)
        amendments = Amendments(request.overrides, request.excludes)
        applying = [root for root in amendments.roots(request.requirements) if applies(root, target)]
        self.world = World(request, target, amendments, known)

        if request.rules.require_hashes:
            from zephyr.metadata.hash_checking import require_hashes

            require_hashes(self.world.demands, applying)

        self.roots = [
            dependency for root in applying for dependency in dependencies_of(root.requirement, root.label)
        ]
        self._solver = solve(self.world, self.roots, limits=Limits(request.rules.steps))
        self._solution: Solution | None = None

    def go_on(self) -> Need | Unread | Resolution:
        """Search until facts are missing, or to the end.

        Raises `ResolutionError` where there is no solution, `zephyr.solver.errors.GaveUp` where the budget
        of steps is spent.
        """
        if self._solution is None:
            try:
                return next(self._solver)
            except StopIteration as end:
                self._solution = end.value
            except NoSolution as failure:
                from zephyr.metadata.explain import explained

                raise explained(failure, self.world) from failure

        assert self._solution is not None
        releases = unread(self._solution, self.world)

        return Unread(releases) if releases else read_solution(self._solution, self.world)
