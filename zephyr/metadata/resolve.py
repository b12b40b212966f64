"""The whole of a resolve: from a request and a port to pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from zephyr.metadata.answer import read_solution
from zephyr.metadata.demands import applies, dependencies_of, require_hashes
from zephyr.metadata.explain import explained
from zephyr.metadata.stream import Stream
from zephyr.metadata.target import Target
from zephyr.metadata.world import World
from zephyr.solver.errors import NoSolution
from zephyr.solver.solution import Limits
from zephyr.solver.solver import solve

if TYPE_CHECKING:
    from zephyr.metadata.port import IndexPort
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.stream import Listener
    from zephyr.model.resolution import Resolution
    from zephyr.solver.provider import Dependency
    from zephyr.solver.solution import Solution


async def resolve(
    request: ResolveRequest, port: IndexPort, *, on_decided: Listener | None = None
) -> Resolution:
    """Choose one version and file of everything that ``request`` needs.

    ``on_decided`` hears of every (name, version, artifact) that is decided on, in the order of decision; a
    decision can still be taken back. Raises `ResolutionError` where there is no solution,
    `zephyr.solver.errors.GaveUp` where the budget of steps is spent, `UsageError` for requirements that
    contradict each other, and the port's error where a fact that is needed cannot be had.
    """
    target = Target.of(request.interpreter)
    world = World(request, target)
    roots = root_dependencies(request, target)

    if request.rules.require_hashes:
        require_hashes(world.demands, [root for root in request.requirements if applies(root, target)])

    solver = solve(world, roots, limits=Limits(request.rules.steps))
    outcome: Solution | Exception | None = None

    async with anyio.create_task_group() as group:
        stream = Stream(world, port, group, on_decided)

        # Caught here, so that a failure does not leave the task group wrapped in a group of failures.
        try:
            outcome = await stream.run(solver, roots)
        except Exception as error:  # noqa: BLE001 - raised again below
            outcome = error

        group.cancel_scope.cancel()

    if isinstance(outcome, NoSolution):
        raise explained(outcome, world) from outcome

    if isinstance(outcome, Exception):
        raise outcome

    assert outcome is not None, "the task group was left without an answer"

    return read_solution(outcome, world)


def root_dependencies(request: ResolveRequest, target: Target) -> list[Dependency]:
    """Return the requirements that apply to the target, as the solver takes them."""
    return [
        dependency
        for root in request.requirements
        if applies(root, target)
        for dependency in dependencies_of(root.requirement, root.label)
    ]
