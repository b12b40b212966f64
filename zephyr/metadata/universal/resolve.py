"""The whole of a universal resolve: from a request and a port to pins with markers.

The environments are cut into cells wherever something that was met tells them apart: the minors of
Python and the default platforms at first, then every Python bound and every literal in the markers of
what was chosen. As each of them can bring others, the resolve is repeated until there are no new ones:
the facts and most of the answers are at hand by then.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from zephyr.errors import ZephyrError
from zephyr.markers.grid import Grid
from zephyr.metadata.universal.answers import Answering, merged
from zephyr.metadata.universal.coverage import Coverage
from zephyr.metadata.universal.facts import Facts, NotStored
from zephyr.metadata.universal.outcome import Outcome
from zephyr.metadata.universal.space import asked_literals, met_literals, space_of
from zephyr.metadata.universal.standing import Standing

if TYPE_CHECKING:
    from zephyr.markers.literals import Literals
    from zephyr.metadata.known_documents import KnownDocuments
    from zephyr.metadata.port import IndexPort
    from zephyr.metadata.stored import StoredFacts
    from zephyr.metadata.universal.answers import Answers
    from zephyr.metadata.universal.facts import NamedIndexPort
    from zephyr.metadata.universal.request import UniversalRequest
    from zephyr.model.universal import UniversalResolution


MOST_CELLS = 100_000
"""Real projects have some hundred: more is a mistake, or metadata that is meant to take for ever."""


class TooManyEnvironments(ZephyrError):
    """Raised where markers or conflicts tell more environments apart than can be looked at."""

    id = "too-many-environments"


async def resolve_universal(
    request: UniversalRequest,
    port: IndexPort,
    named: NamedIndexPort | None = None,
    *,
    stored: StoredFacts | None = None,
    known: KnownDocuments | None = None,
) -> UniversalResolution:
    """Choose what to install in every environment that a project supports.

    ``named`` is asked for projects that are assigned to an index; what is ``stored`` is not asked for, and
    what documents say is looked up in, and added to, what is ``known``. Raises `ResolutionError` where some
    environment has no solution (in a declared one with files that can be used there, elsewhere with any
    files), `UndeclaredConflict` where two extras or groups are the reason, `NothingInstallable`,
    `TooManyEnvironments`, and what `zephyr.metadata.resolve.resolve` raises.
    """
    return await _resolve(request, Facts(port, named, stored, known))


def resolve_universal_stored(
    request: UniversalRequest, stored: StoredFacts, known: KnownDocuments | None = None
) -> UniversalResolution | None:
    """Resolve as `resolve_universal` does, without an event loop; None as soon as a fact is not stored.

    Raises likewise, and what ``stored`` raises.
    """
    resolving = _resolve(request, Facts(None, stored=stored, known=known))

    # It has nobody to wait for, so it comes to its end at once.
    try:
        resolving.send(None)
    except StopIteration as end:
        resolution: UniversalResolution = end.value

        return resolution
    except NotStored:
        return None

    raise AssertionError("nothing that is stored is waited for")


async def _resolve(request: UniversalRequest, facts: Facts) -> UniversalResolution:
    literals = asked_literals(request)
    answers: Answers | None = None

    while True:
        _check_size(literals, request)
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


def _check_size(literals: Literals, request: UniversalRequest) -> None:
    """Raise `TooManyEnvironments` before a grid is made that could have too many cells."""
    platforms = literals.sys_platforms | literals.platform_machines | literals.platform_systems
    counts = (
        20 + len(literals.cuts),
        5 + len(platforms) * (1 + len(literals.os_names)),
        1 + len(literals.implementations),
        *(1 + len(conflict) for conflict in request.conflicts),
    )

    if prod(counts) > MOST_CELLS:
        raise TooManyEnvironments(
            "Markers and conflicts tell more environments apart than can be looked at",
            hint="Declare fewer conflicts under [tool.zephyr], or exclude what has such markers.",
        )
