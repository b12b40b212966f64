"""What is to be reached: ratios of medians in one run on a machine of two cores, lower is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr_perf.statistics import Spread, spread

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Goal:
    """Zephyr's median of one scenario is at most ``limit`` times that of a peer."""

    scenario: str
    against: str
    limit: float


GOALS = (
    Goal("venv", "uv", 1.5),
    Goal("venv", "python", 0.5),
    Goal("noop-sync", "uv", 1.0),
    Goal("noop-install", "uv", 1.0),
    Goal("noop-install", "pip", 1 / 20),
    Goal("install-warm-jupyter", "uv", 0.9),
    Goal("install-warm-jupyter", "pip", 1 / 30),
    Goal("install-warm-airflow", "uv", 0.9),
    Goal("install-warm-compiled-jupyter", "uv", 0.1),
    Goal("install-warm-compiled-jupyter", "pip", 1 / 30),
    Goal("install-first-compiled-jupyter", "uv", 1.0),
    Goal("install-cold-jupyter", "uv", 1.2),
    Goal("install-cold-jupyter", "pip", 1 / 7),
    Goal("install-cold-airflow", "uv", 1.0),
    Goal("install-cold-airflow", "pip", 1 / 12),
    Goal("install-names-jupyter-20ms", "uv", 0.9),
    Goal("install-names-jupyter-20ms", "pip", 1 / 8),
    Goal("resolve-cold-trio-20ms", "uv", 1.0),
    Goal("resolve-cold-jupyter-20ms", "uv", 1.0),
    Goal("resolve-cold-trio-20ms", "pip", 1 / 6),
    Goal("resolve-cold-jupyter-20ms", "pip", 1 / 6),
    Goal("resolve-cold-trio", "uv", 2.0),
    Goal("resolve-cold-jupyter", "uv", 2.0),
    Goal("resolve-cold-trio", "pip", 1 / 5),
    Goal("resolve-cold-jupyter", "pip", 1 / 5),
    Goal("resolve-warm-jupyter", "uv", 1.5),
    Goal("resolve-warm-boto3", "uv", 1.0),
    Goal("resolve-warm-airflow", "uv", 1.0),
    Goal("resolve-warm-jupyter", "pip", 1 / 20),
    Goal("relock-jupyter", "uv", 1.0),
    Goal("relock-airflow", "uv", 1.0),
    Goal("lock-warm-airflow", "uv", 0.7),
)

START_UP = 0.015
"""Seconds that ``--version`` may take beyond an interpreter that does nothing."""

PEAKS = {"install-cold-jupyter": 100 * MEBIBYTE, "install-cold-airflow": 250 * MEBIBYTE}
"""Scenario to the bytes that all processes together may use."""

GROWTHS = {"growth-plan": 11.0, "growth-link": 11.0, "growth-resolve": 15.0}
"""How many times as much 1,000 packages may cost as 100."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a goal is reached."""

    what: str
    limit: float
    found: Spread | None
    """Of Zephyr's runs, each as a ratio to the median that it is compared with; None without figures."""
    unit: str = "x"

    @property
    def is_reached(self) -> bool:
        """Whether what was found is within the limit."""
        return self.found is not None and self.found.median <= self.limit


def verdicts(
    scenarios: Collection[str],
    walls: Mapping[tuple[str, str], Spread],
    peaks: Mapping[tuple[str, str], float],
) -> list[Verdict]:
    """Return a verdict on each goal of ``scenarios``; both mappings are by scenario and tool."""
    return [
        *_start_up(scenarios, walls),
        *(
            Verdict(
                f"{goal.scenario} against {goal.against}",
                goal.limit,
                _beside(walls, (goal.scenario, "zephyr"), (goal.scenario, goal.against)),
            )
            for goal in GOALS
            if goal.scenario in scenarios
        ),
        *(
            Verdict(f"{scenario}, memory", limit / MEBIBYTE, _peak(peaks, scenario), "MB")
            for scenario, limit in PEAKS.items()
            if scenario in scenarios
        ),
        *(
            Verdict(
                f"{step}, 1,000 against 100",
                limit,
                _beside(walls, (f"{step}-1000", "zephyr"), (f"{step}-100", "zephyr")),
            )
            for step, limit in GROWTHS.items()
            if {f"{step}-100", f"{step}-1000"} <= {*scenarios}
        ),
    ]


def _start_up(scenarios: Collection[str], walls: Mapping[tuple[str, str], Spread]) -> Iterator[Verdict]:
    if "version" in scenarios:
        mine, nothing = walls.get(("version", "zephyr")), walls.get(("version", "python"))
        found = mine.beyond(nothing.median).times(1000) if mine and nothing else None

        yield Verdict("--version beyond -c pass", 1000 * START_UP, found, "ms")


def _beside(
    walls: Mapping[tuple[str, str], Spread], mine: tuple[str, str], theirs: tuple[str, str]
) -> Spread | None:
    if mine not in walls or theirs not in walls:
        return None

    return walls[mine].times(1 / walls[theirs].median)


def _peak(peaks: Mapping[tuple[str, str], float], scenario: str) -> Spread | None:
    peak = peaks.get((scenario, "zephyr"))

    return spread([peak / MEBIBYTE]) if peak else None
