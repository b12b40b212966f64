from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from zephyr_perf.figures import Row, Sample
from zephyr_perf.plots import plots
from zephyr_perf.record import Record, as_json, read_record
from zephyr_perf.report import report, seconds, table
from zephyr_perf.scenarios import all_scenarios
from zephyr_perf.telling import tell

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS = [one for one in all_scenarios() if one.name in {"venv", "growth-link-10", "growth-link-100"}]


def row(scenario: str, tool: str, *walls: float) -> Row:
    """Return a row with runs of these times, which left nothing behind."""
    return Row(scenario, tool, [Sample(wall, wall, wall / 2, 3, 100) for wall in walls], 20 * 1024 * 1024)


ROWS = (
    row("venv", "zephyr", 0.012, 0.010, 0.011),
    row("venv", "uv", 0.022),
    replace(row("venv", "python"), failure="venv ended with 1: no room"),
    row("growth-link-10", "zephyr", 0.1),
    row("growth-link-100", "zephyr", 0.5),
)
RECORD = Record(
    "2030-01-01T00:00:00+00:00",
    {"cores": "2"},
    {"zephyr": "1.0", "uv": "0.9"},
    ("--quick",),
    60.0,
    ROWS,
    {"venv": "x"},
)


def test_a_row_has_its_median_its_spread_and_its_ratio() -> None:
    text = report(SCENARIOS[:1], ROWS[:2])
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| uv")
    ]

    assert cells == [["uv", "22.0 ms", "22.0 ms to 22.0 ms", "1", "11.0 ms", "20 MB", "3", "2.00"]]


def test_a_row_without_figures_says_why() -> None:
    text = report(SCENARIOS[:1], ROWS[:3])

    assert "| python | no figures |" in text
    assert "- python: venv ended with 1: no room" in text


def test_goals_are_told_of_where_there_are_figures() -> None:
    text = report(SCENARIOS[:1], ROWS)
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]

    assert ["venv against uv", "0.50", "0.45 to 0.55", "3", "1.50", "x", "yes"] in lines
    assert ["venv against python", "no figures", "", "", "0.50", "x", "no"] in lines
    assert "1 of 2 are reached." in text


def test_a_record_can_be_read_again() -> None:
    assert read_record(as_json(RECORD)) == RECORD


def test_a_record_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no record"):
        read_record('{"format": 99}')


def test_plots_are_svg_with_a_bar_for_each_tool_that_has_figures() -> None:
    drawn = plots(SCENARIOS, RECORD)
    bars = ET.fromstring(drawn["start.svg"])
    growth = ET.fromstring(drawn["growth.svg"])

    assert drawn.keys() == {"start.svg", "growth.svg"}
    assert len(bars.findall("{http://www.w3.org/2000/svg}rect")) == 2
    assert len(growth.findall("{http://www.w3.org/2000/svg}circle")) == 2


def test_a_run_is_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = tell(SCENARIOS, RECORD, str(tmp_path / "latest"))
    written = {path.name for path in (tmp_path / "latest").iterdir()}

    assert code == 1
    assert written == {"report.md", "record.json", "start.svg", "growth.svg"}
    assert capsys.readouterr().out.rstrip() == (tmp_path / "latest" / "report.md").read_text().rstrip()


def test_columns_are_even() -> None:
    lengths = {
        len(line) for line in table(("tool", "wall"), [("zephyr", "1"), ("uv", "1000 ms")]).splitlines()
    }

    assert len(lengths) == 1


def test_times_have_the_digits_that_count() -> None:
    assert [seconds(value) for value in (0.0123, 0.123, 1.234, 123.4)] == [
        "12.3 ms",
        "123 ms",
        "1.23 s",
        "123 s",
    ]
