"""Which hashes the wheel of a project may have, where requirements give some."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from zephyr.metadata.request import ResolveRequest


def allowed_hashes(question: ResolveRequest) -> dict[NormalizedName, frozenset[str]]:
    """Return the hashes that requirements and constraints give, by project."""
    if not any(root.hashes for root in (*question.requirements, *question.constraints)):
        return {}

    from zephyr.metadata.demands import gather
    from zephyr.metadata.target import Target

    target = question.target or Target.of(question.interpreter)
    demands = gather(question.requirements, question.constraints, target)

    return {name: demand.hashes for name, demand in demands.items() if demand.hashes}
