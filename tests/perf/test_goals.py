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
    found = {one.what: one.is_reached for one in verdicts({"venv"}, walls, {})}

    assert found == {"venv against uv": True, "venv against python": False}


def test_a_ratio_has_the_spread_of_zephyrs_runs() -> None:
    walls = {("venv", "zephyr"): spread([1, 2, 4]), ("venv", "uv"): spread([2])}
    beside_uv, _ = verdicts({"venv"}, walls, {})

    assert beside_uv.found == spread([0.5, 1, 2])


def test_a_goal_without_figures_is_not_reached() -> None:
    assert [one.found for one in verdicts({"venv"}, {("venv", "uv"): spread([1])}, {})] == [None, None]
    assert not any(one.is_reached for one in verdicts(SCENARIOS, {}, {}))


def test_start_up_is_told_in_milliseconds_beyond_the_interpreters() -> None:
    walls = {("version", "zephyr"): spread([0.03125]), ("version", "python"): spread([0.015625])}
    (verdict,) = verdicts({"version"}, walls, {})

    assert verdict.found == spread([15.625])
    assert (verdict.limit, verdict.unit, verdict.is_reached) == (15, "ms", False)


def test_memory_and_growth_have_goals_too() -> None:
    walls = {("growth-link-100", "zephyr"): spread([1.0]), ("growth-link-1000", "zephyr"): spread([12.0])}
    peaks = {("install-cold-jupyter", "zephyr"): 90 * MEBIBYTE}
    scenarios = {"growth-link-100", "growth-link-1000", "install-cold-jupyter"}
    found = {one.what: (one.found, one.is_reached) for one in verdicts(scenarios, walls, peaks)}

    assert found["install-cold-jupyter, memory"] == (spread([90.0]), True)
    assert found["growth-link, 1,000 against 100"] == (spread([12.0]), False)
