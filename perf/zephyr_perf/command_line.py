"""``python perf/compare.py``: options, and the run from end to end."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from zephyr_perf.index import Index, IndexNotServed
from zephyr_perf.measuring import Bench, Effort
from zephyr_perf.peers import PEERS, ToolNotMade, make_tools
from zephyr_perf.record import record_of
from zephyr_perf.recording import tree_of
from zephyr_perf.scenarios import all_scenarios, chosen
from zephyr_perf.telling import tell
from zephyr_perf.upstream import seed
from zephyr_perf.workloads import Workload, WorkloadNotLocked, make_workload
from zephyr_perf.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zephyr_perf.measuring import Row
    from zephyr_perf.peers import Tool
    from zephyr_perf.scenarios import Scenario

RECORDED = "recorded"
"""The tree that is recorded from the configured index."""

MEMORY = "/dev/shm"


def main(arguments: Sequence[str]) -> int:
    """Compare; return 0, or 1 where a row has no figures, or 2 where nothing could be run."""
    options = parser().parse_args(arguments)

    if options.list:
        for scenario in all_scenarios():
            print(f"{scenario.name:34} {scenario.title}")

        return 0

    try:
        return _compare(options, arguments)
    except (IndexNotServed, ToolNotMade, WorkloadNotLocked) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    made = argparse.ArgumentParser(
        prog="compare.py", description="Zephyr beside its peers, on the same work."
    )
    add = made.add_argument
    add(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="scenarios with NAME in their names; repeatable",
    )
    add("--list", action="store_true", help="list the scenarios and end")
    add("--quick", action="store_true", help="without the large workloads, three runs of each")
    add(
        "--tools",
        default="zephyr,uv,pip,poetry,pdm",
        metavar="A,B",
        help="which tools run (default: %(default)s)",
    )
    add("--zephyr", metavar="FILE", help="the zephyr program to measure (default: this checkout, installed)")
    add(
        "--runs",
        type=int,
        default=5,
        metavar="N",
        help="runs of each tool in each scenario (default: %(default)s)",
    )
    add(
        "--budget",
        type=float,
        default=10,
        metavar="S",
        help="seconds after which a tool runs no more in a scenario",
    )
    add(
        "--disk",
        nargs="?",
        const="",
        metavar="DIR",
        help="the installs once more on a disk (default: the cache folder)",
    )
    add("--round-trip", type=float, metavar="MS", help="a round trip for every scenario, instead of its own")
    add("--rate", type=float, metavar="MBIT", help="a rate for every scenario, in Mbit/s")
    add("--tls", action="store_true", help="HTTPS and HTTP/2 for every scenario")
    add("--pure", action="store_true", help="the server in pure Python, even if there is nginx")
    add("--snapshot", nargs="+", default=[], metavar="FILE", help="recordings to serve instead of recording")
    add("--wheels", nargs="+", default=[], metavar="DIR", help="folders with wheels of the recordings")
    add("--offline", action="store_true", help="ask no index for what was not recorded")
    add(
        "--folder",
        metavar="DIR",
        help="where tools and recordings are kept (default: the user's cache folder)",
    )
    add("--output", metavar="DIR", help="where the record and the plots go (default: none are written)")

    return made


def _compare(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    scenarios = [
        _on_line(one, options)
        for one in chosen(options.only, quick=options.quick, disk=options.disk is not None)
    ]
    begin = time.monotonic()

    with contextlib.ExitStack() as stack:
        folder = options.folder or _cache_folder()
        root = os.path.join(folder, "trees")
        base = tempfile.mkdtemp(prefix="zephyr-perf-", dir=MEMORY if os.path.isdir(MEMORY) else None)
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        _tell("making the tools")
        tools = make_tools(_tools_wanted(options), os.path.join(folder, "tools"), options.zephyr)
        trees = {tree: tree for tree in (tree_of(path, root) for path in options.snapshot)}

        for tree in trees:
            for wheels in options.wheels:
                seed(os.path.join(root, tree), wheels)

        upstream = None if options.offline else _upstream()
        index = stack.enter_context(Index(root, os.path.join(base, "index"), upstream, pure=options.pure))
        bench = Bench(
            {name: tool for name, tool in tools.items() if name in {*_tools_wanted(options), "python"}},
            index,
            root,
            _Workspaces(base, options.disk or folder, tools["pip"], stack),
            Effort(min(options.runs, 3) if options.quick else options.runs, options.budget),
        )
        workloads: dict[str, Workload] = {}
        rows: list[Row] = []

        for scenario in scenarios:
            name = scenario.workload

            if name is not None and name not in workloads:
                _tell(f"preparing {name}")
                workloads[name] = make_workload(
                    name, trees.get(name, RECORDED), index, root, tools["uv"], base
                )

            rows += bench.measure(scenario, workloads.get(name or ""), _tell)

        record = record_of(scenarios, rows, tools, index.server, tuple(arguments), time.monotonic() - begin)

        return tell(scenarios, record, options.output)


class _Workspaces:
    """The workspace in memory, and that on a disk; each is made when it is first asked for."""

    def __init__(self, memory: str, disk: str, pip: Tool, stack: contextlib.ExitStack) -> None:
        self._parents = {False: memory, True: disk}
        self._pip = pip
        self._stack = stack
        self._made: dict[bool, Workspace] = {}

    def __call__(self, is_disk: bool) -> Workspace:
        if is_disk not in self._made:
            base = tempfile.mkdtemp(prefix="zephyr-perf-", dir=self._parents[is_disk])
            self._stack.callback(shutil.rmtree, base, ignore_errors=True)
            self._made[is_disk] = Workspace(base, self._pip, keeps_used=is_disk)

        return self._made[is_disk]


def _tools_wanted(options: argparse.Namespace) -> list[str]:
    """Return the names of the tools; raises `ToolNotMade` for an unknown one."""
    names = [name.strip() for name in options.tools.split(",")]
    unknown = sorted(set(names) - {*PEERS, "zephyr"})

    if unknown:
        raise ToolNotMade(f"there is no tool named {unknown[0]}: {', '.join(('zephyr', *PEERS))}")

    return names


def _upstream() -> str:
    """Return the index that the user's settings name."""
    from zephyr.settings import DEFAULT_INDEX_URL, configured_options

    return str(configured_options(os.environ).get("index-url", DEFAULT_INDEX_URL))


def _cache_folder() -> str:
    from platformdirs import user_cache_path

    return str(user_cache_path("zephyr-perf", appauthor=False))


def _tell(text: str) -> None:
    """Show what is going on, on one line of a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _on_line(scenario: Scenario, options: argparse.Namespace) -> Scenario:
    line = scenario.line

    if options.round_trip is not None:
        line = replace(line, round_trip=options.round_trip / 1000)

    if options.rate is not None:
        line = replace(line, rate=options.rate * 125_000)

    return replace(scenario, line=replace(line, tls=line.tls or options.tls))
