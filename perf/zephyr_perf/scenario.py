"""What a scenario is: one piece of work that every tool does in its own way."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from zephyr_perf.index import Line

DIRECT = Line()

FAST = ("zephyr", "uv")
INSTALLERS = ("zephyr", "uv", "pip")
ALL = ("zephyr", "uv", "pip", "poetry", "pdm")
LOCKERS = ("zephyr", "uv", "poetry", "pdm")


class Cache(enum.Enum):
    """What a tool's cache is before a run."""

    NONE = "none"
    """Of no matter: the command needs none."""
    COLD = "cold"
    """A new, empty folder each time."""
    WARM = "warm"
    """What earlier runs of the same work left."""
    COPIED = "copied"
    """A copy, new each time, of what the primer left: nothing that the work itself would add is there."""


class Place(enum.Enum):
    """Where a tool works."""

    FRESH = "fresh"
    """A new folder with an empty environment each time."""
    ANEW = "anew"
    """One folder, whose environment is removed and made anew, empty, each time."""
    KEPT = "kept"
    """One folder, as the preparation and earlier runs left it."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One piece of work. Verbs are those of `zephyr_perf.commands`."""

    name: str
    title: str
    group: str
    """Scenarios of one group share a plot."""
    verb: str
    tools: tuple[str, ...]
    workload: str | None = None
    cache: Cache = Cache.NONE
    place: Place = Place.FRESH
    before: tuple[str, ...] = ()
    """Verbs that make what the work in a kept place starts from, once, outside the clock."""
    primer: str | None = None
    """The verb that fills a cache that is not cold; by default the work itself."""
    after: tuple[str, ...] = ()
    """Verbs that undo the work in a kept place, outside the clock."""
    line: Line = DIRECT
    form: str = "simple"
    """``plain`` for an index that has HTML alone, without metadata siblings."""
    is_disk: bool = False
    """Whether caches and environments are on a disk instead of in memory."""
    size: int | None = None
    """Packages, where the scenario is one of several that differ in size alone."""
