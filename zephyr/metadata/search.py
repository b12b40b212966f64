"""One search for a solution: the world, the solver that asks it, and what its end means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.metadata.amendments import Amendments
from zephyr.metadata.answer import read_solution
from zephyr.metadata.demands import applies, dependencies_of
from zephyr.metadata.explain import explained
from zephyr.metadata.hash_checking import require_hashes
from zephyr.metadata.target import Target
from zephyr.metadata.world import World
from zephyr.solver.errors import NoSolution
from zephyr.solver.solution import Limits
from zephyr.solver.solver import solve

if TYPE_CHECKING:
    from zephyr.metadata.request import ResolveRequest
    from zephyr.model.resolution import Resolution
    from zephyr.solver.provider import Need


class Search:
    """Begins with nothing known; whoever drives it adds the facts that it needs to its world."""

    def __init__(self, request: ResolveRequest) -> None:
        """Raise `UsageError` for requirements that contradict each other or lack required hashes."""
        target = request.target or Target.of(request.interpreter)
        amendments = Amendments(request.overrides, request.excludes)
        applying = [root for root in amendments.roots(request.requirements) if applies(root, target)]
        self.world = World(request, target, amendments)

        if request.rules.require_hashes:
            require_hashes(self.world.demands, applying)

        self.roots = [
            dependency for root in applying for dependency in dependencies_of(root.requirement, root.label)
        ]
        self._solver = solve(self.world, self.roots, limits=Limits(request.rules.steps))

    def go_on(self) -> Need | Resolution:
        """Search until facts are missing, or to the end.

        Raises `ResolutionError` where there is no solution, `zephyr.solver.errors.GaveUp` where the budget
        of steps is spent.
        """
        try:
            return next(self._solver)
        except StopIteration as end:
            return read_solution(end.value, self.world)
        except NoSolution as failure:
            raise explained(failure, self.world) from failure
