"""What to take where a source cannot be built: the nearest version that has a wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.errors import ZephyrError
from zephyr.metadata.candidates import read_candidates
from zephyr.metadata.demands import demand_on
from zephyr.metadata.request import ALL
from zephyr.metadata.target import Target
from zephyr.model.filenames import parse_filename

if TYPE_CHECKING:
    from packaging.version import Version

    from zephyr.metadata.candidates import Candidates
    from zephyr.metadata.request import ResolveRequest
    from zephyr.metadata.stored import StoredFacts
    from zephyr_workers.build_errors import BuildError


def add_wheel_hint(error: BuildError, question: ResolveRequest, facts: StoredFacts) -> None:
    """Say in the hint of ``error`` which version has a wheel for the interpreter, where one is known."""
    parsed = parse_filename(error.archive or "")

    if parsed is None or question.rules.forbids_wheels(parsed.name):
        return

    try:
        listing = facts.stored_listing(parsed.name)
    except ZephyrError:
        return

    if listing is None:
        return

    rules = replace(question.rules, no_build=frozenset({ALL}))
    target = question.target or Target.of(question.interpreter)
    demand = demand_on(parsed.name, question.requirements, question.constraints, target.meanings)
    version = nearest_usable(read_candidates(listing, target, rules, demand), parsed.version)

    if version is not None:
        pin = f"{parsed.name}=={version}"
        says = f"{parsed.name} {version} has a wheel for this Python: require {pin} to take it."
        error.hint = f"{error.hint}\n{says}" if error.hint else says


def nearest_usable(candidates: Candidates, version: Version) -> Version | None:
    """Return the newest usable version up to ``version``, or else the oldest above it."""
    usable = [one for place, one in enumerate(candidates.versions) if candidates.usable >> (place + 1) & 1]
    older = [one for one in usable if one <= version]

    return older[-1] if older else next(iter(usable), None)
