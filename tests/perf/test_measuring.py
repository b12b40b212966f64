from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from zephyr_perf.measuring import failed, measure
from zephyr_perf.peers import Tool, without_bytecode
from zephyr_perf.scenario import Scenario
from zephyr_perf.station import Effort, Setting

if TYPE_CHECKING:
    from zephyr_perf.index import Index
    from zephyr_perf.workspace import Workspace

SCENARIO = Scenario("version", "--version", "start", "version", ("zephyr", "uv", "poetry"))


def no_workspace(is_disk: bool) -> Workspace:
    """Fail, as a full disk would."""
    raise OSError("no space")


def setting(*compared: str, **lacking: str) -> Setting:
    """Return a setting in which nothing can be begun."""
    tools = {name: Tool(name, f"/srv/{name}", "1") for name in compared if name not in lacking}
    index = cast("Index", None)

    return Setting(tools, frozenset(compared), lacking, index, "/srv", no_workspace, Effort())


def test_a_tool_that_could_not_be_installed_is_a_row_that_says_so() -> None:
    (row,) = measure(SCENARIO, None, setting("poetry", poetry="it needs a compiler"), lambda _: None)

    assert (row.tool, row.failure, row.samples) == ("poetry", "it needs a compiler", [])


def test_a_scenario_that_nobody_could_begin_has_a_row_for_each_tool_that_is_compared() -> None:
    rows = failed(SCENARIO, setting("zephyr", "uv"), "uv cannot resolve it")

    assert [(row.tool, row.failure) for row in rows] == [
        ("zephyr", "uv cannot resolve it"),
        ("uv", "uv cannot resolve it"),
    ]


def test_a_module_without_bytecode_is_found(tmp_path: Path) -> None:
    package = tmp_path / "lib" / "python3.12" / "site-packages" / "zephyr_cache"
    package.mkdir(parents=True)
    (package / "store.py").write_text("")

    assert [Path(path).name for path in without_bytecode(str(tmp_path))] == ["store.py"]
