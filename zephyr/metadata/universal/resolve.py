"""The whole of a universal resolve: from a request and a port to pins with markers.

The environments are cut into cells wherever something that was met tells them apart: the minors of
Python and the default platforms at first, then every Python bound and every literal in the markers of
what was chosen. As each of them can bring others, the resolve is repeated until there are no new ones:
the facts and most of the answers are at hand by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.markers.grid import Grid
from zephyr.metadata.universal.answers import Answering, merged
from zephyr.metadata.universal.coverage import Coverage
from zephyr.metadata.universal.facts import Facts
from zephyr.metadata.universal.outcome import Outcome
from zephyr.metadata.universal.space import asked_literals, met_literals, space_of
from zephyr.metadata.universal.standing import Standing

if TYPE_CHECKING:
    from zephyr.metadata.port import IndexPort
    from zephyr.metadata.universal.answers import Answers
    from zephyr.metadata.universal.facts import NamedIndexPort
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.universal import UniversalResolution


async def resolve_universal(
    request: UniversalRequest, port: IndexPort, named: NamedIndexPort | None = None
) -> UniversalResolution:
    """Choose what to install in every environment that a project supports.

    ``named`` is asked for projects that are assigned to an index. Raises `ResolutionError` where some
    environment has no solution (in a declared one with files that can be used there, elsewhere with any
    files), `UndeclaredConflict` where two extras or groups are the reason, `NothingInstallable`, and what
    `zephyr.metadata.resolve.resolve` raises.
    """
    facts = Facts(port, named)
    literals = asked_literals(request)
    answers: Answers | None = None

    while True:
        space = space_of(request, literals)
        grid = Grid(space.environments, request.conflicts)
        standing = Standing(grid, request, facts)
        coverage = Coverage(grid, request, standing)
        answering = Answering(grid, request, facts, standing, coverage)
        answers = merged(await answering.answers(space, answers))
        met = literals | met_literals(answers)

        if met == literals:
            return Outcome(grid, request, standing, coverage).of(answers, space)

        literals = met
