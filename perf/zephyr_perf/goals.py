"""What is to be reached: ratios of medians in one run on a machine of two cores, lower is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr_perf.statistics import Spread, growth, ratio

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    Goal("resolve-cold-jupyter-20ms", "pip", 1 / 6),
    Goal("resolve-cold-trio", "uv", 2.0),
    Goal("resolve-cold-jupyter", "uv", 2.0),
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
    found: float
    limit: float
    unit: str = "x"

    @property
    def is_reached(self) -> bool:
        """Whether what was found is within the limit."""
        return self.found <= self.limit


def verdicts(
    walls: Mapping[tuple[str, str], Spread], peaks: Mapping[tuple[str, str], float]
) -> list[Verdict]:
    """Return a verdict on each goal of which there are figures; both mappings are by scenario and tool."""
    found = [
        Verdict(f"{goal.scenario} against {goal.against}", ratio(mine, theirs), goal.limit)
        for goal in GOALS
        if (mine := walls.get((goal.scenario, "zephyr")))
        and (theirs := walls.get((goal.scenario, goal.against)))
    ]

    version, nothing = walls.get(("version", "zephyr")), walls.get(("version", "python"))

    if version and nothing:
        found.insert(
            0,
            Verdict(
                "--version beyond -c pass", 1000 * (version.median - nothing.median), 1000 * START_UP, "ms"
            ),
        )

    found += [
        Verdict(f"{scenario}, memory", peak / MEBIBYTE, limit / MEBIBYTE, "MB")
        for scenario, limit in PEAKS.items()
        if (peak := peaks.get((scenario, "zephyr")))
    ]
    found += [
        Verdict(f"{step}, 1,000 against 100", growth(smaller, larger), limit)
        for step, limit in GROWTHS.items()
        if (smaller := walls.get((f"{step}-100", "zephyr")))
        and (larger := walls.get((f"{step}-1000", "zephyr")))
    ]

    return found
