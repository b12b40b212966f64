from __future__ import annotations

from zephyr_perf.goals import GOALS, GROWTHS, MEBIBYTE, PEAKS, verdicts
from zephyr_perf.scenarios import all_scenarios
from zephyr_perf.statistics import spread

SCENARIOS = {one.name: one for one in all_scenarios()}


def test_every_goal_is_about_a_scenario_that_both_tools_are_in() -> None:
    for goal in GOALS:
        assert {"zephyr", goal.against} <= set(SCENARIOS[goal.scenario].tools), goal


def test_the_other_goals_are_about_scenarios_too() -> None:
    assert PEAKS.keys() <= SCENARIOS.keys()
    assert all(f"{step}-{size}" in SCENARIOS for step in GROWTHS for size in (100, 1000))


def test_a_goal_is_reached_where_the_ratio_is_at_most_its_limit() -> None:
    walls = {
        ("venv", "zephyr"): spread([0.015]),
        ("venv", "uv"): spread([0.010]),
        ("venv", "python"): spread([0.020]),
    }
    found = {one.what: one.is_reached for one in verdicts(walls, {})}

    assert found == {"venv against uv": True, "venv against python": False}


def test_start_up_is_told_in_milliseconds_beyond_the_interpreters() -> None:
    walls = {("version", "zephyr"): spread([0.030]), ("version", "python"): spread([0.020])}
    (verdict,) = verdicts(walls, {})

    assert (round(verdict.found, 3), verdict.limit, verdict.unit, verdict.is_reached) == (10, 15, "ms", True)


def test_memory_and_growth_have_goals_too() -> None:
    walls = {("growth-link-100", "zephyr"): spread([1]), ("growth-link-1000", "zephyr"): spread([12])}
    found = verdicts(walls, {("install-cold-jupyter", "zephyr"): 90 * MEBIBYTE})

    assert [(one.found, one.is_reached) for one in found] == [(90, True), (12, False)]
