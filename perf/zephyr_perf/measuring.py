"""Takes the tools of a scenario in turn, as often as is worth their time.

Before the runs that count each tool does the work once or twice: that fills a warm cache, has everything
recorded that the tool asks for, and shows its memory, which is looked at in no run that is timed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_perf.figures import Row
from zephyr_perf.station import Station

if TYPE_CHECKING:
    from collections.abc import Callable

    from zephyr_perf.scenario import Scenario
    from zephyr_perf.station import Setting
    from zephyr_perf.workloads import Workload


def measure(
    scenario: Scenario, workload: Workload | None, setting: Setting, told: Callable[[str], None]
) -> list[Row]:
    """Return a row for each tool of the scenario that is compared; ``told`` hears what is going on."""
    names = [name for name in scenario.tools if name in setting.compared]
    stations = [Station(setting, scenario, workload, name) for name in names if name in setting.tools]

    for station in stations:
        told(f"{scenario.name}: {station.row.tool} prepares")
        station.attempt(station.prepare)

    for turn in range(setting.effort.runs):
        # Whoever was first is last the next time: no tool always follows the same other.
        ordered = stations if turn % 2 == 0 else stations[::-1]

        for station in ordered:
            if station.wants_more:
                told(f"{scenario.name}: {station.row.tool}, run {turn + 1}")
                station.attempt(station.count)

    for station in stations:
        station.close()

    return [station.row for station in stations] + [
        Row(scenario.name, name, failure=setting.lacking[name]) for name in names if name not in setting.tools
    ]


def failed(scenario: Scenario, setting: Setting, reason: str) -> list[Row]:
    """Return the rows of a scenario that nobody could begin."""
    return [Row(scenario.name, name, failure=reason) for name in scenario.tools if name in setting.compared]
