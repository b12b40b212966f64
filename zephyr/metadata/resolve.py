"""The whole of a resolve: from a request and a port to pins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from zephyr.metadata.search import Search
from zephyr.metadata.stream import Stream

if TYPE_CHECKING:
    from zephyr.metadata.known_documents import KnownDocuments
    from zephyr.metadata.port import IndexPort
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.stream import Listener
    from zephyr.model.resolution import Resolution


async def resolve(
    request: ResolveRequest,
    port: IndexPort,
    *,
    known: KnownDocuments | None = None,
    on_decided: Listener | None = None,
) -> Resolution:
    """Choose one version and file of everything that ``request`` needs.

    What is ``known`` is not fetched, and what is read is added to it. ``on_decided`` hears of every
    (name, version, artifact) that is decided on, in the order of decision, and of a version that the user
    has pinned as soon as it is listed as well; a decision can still be taken back. Raises `ResolutionError`
    where there is no solution, `zephyr.solver.errors.GaveUp` where the budget of steps is spent,
    `UsageError` for requirements that contradict each other, and the port's error where a fact that is
    needed cannot be had.
    """
    search = Search(request, known)
    outcome: Resolution | Exception | None = None

    async with anyio.create_task_group() as group:
        stream = Stream(search, port, group, on_decided)

        # Caught here, so that a failure does not leave the task group wrapped in a group of failures.
        try:
            outcome = await stream.run()
        except Exception as error:  # noqa: BLE001 - raised again below
            outcome = error

        group.cancel_scope.cancel()

    if isinstance(outcome, Exception):
        raise outcome

    assert outcome is not None, "the task group was left without an answer"

    return outcome
