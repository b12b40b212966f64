from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_perf.command_line import main, parser
from zephyr_perf.scenarios import all_scenarios
from zephyr_perf.station import Effort

if TYPE_CHECKING:
    import pathlib

    import pytest


def test_the_scenarios_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        one.name for one in all_scenarios()
    ]


def test_what_is_not_said_is_as_usual() -> None:
    options = parser().parse_args([])

    assert (options.runs, options.budget) == (Effort().runs, Effort().budget)
    assert (options.disk, options.only, options.output) == (None, [], None)


def test_a_disk_need_not_be_named() -> None:
    assert parser().parse_args(["--disk"]).disk == ""
    assert parser().parse_args(["--disk", "/srv"]).disk == "/srv"


def test_an_unknown_tool_is_refused_before_anything_is_made(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--tools", "zephyr,conda", "--folder", str(tmp_path)]) == 2
    assert "there is no tool named conda" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
