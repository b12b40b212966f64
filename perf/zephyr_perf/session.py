"""One comparison from end to end: tools, trees and servers, the scenarios one by one, and the telling."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from zephyr_perf.index import Index
from zephyr_perf.measuring import failed, measure
from zephyr_perf.peers import PEERS, ToolNotMade, make_tools
from zephyr_perf.record import record_of
from zephyr_perf.recording import tree_of
from zephyr_perf.scenarios import chosen
from zephyr_perf.sources import list_build_requirements
from zephyr_perf.station import Effort, Setting
from zephyr_perf.telling import tell
from zephyr_perf.upstream import seed
from zephyr_perf.workloads import SETUPTOOLS_SDISTS, Workload, make_workload
from zephyr_perf.workspace import Workspace

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from zephyr_perf.figures import Row
    from zephyr_perf.peers import Tool
    from zephyr_perf.scenario import Scenario

RECORDED = "recorded"
"""The tree that is recorded from the configured index."""

MEMORY = "/dev/shm"


def compare(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    """Compare as the options say; return 0, or 1 where a row has no figures.

    Raises `ToolNotMade` and `IndexNotServed` where nothing can be run.
    """
    begin = time.monotonic()
    asked = chosen(options.only, quick=options.quick, disk=options.disk is not None)
    scenarios = [_on_line(one, options) for one in asked]
    names = _tools_wanted(options)
    folder = options.folder or _cache_folder()

    with contextlib.ExitStack() as stack:
        base = tempfile.mkdtemp(prefix="zephyr-perf-", dir=MEMORY if os.path.isdir(MEMORY) else None)
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        _tell("making the tools")
        tools, lacking = make_tools(names, os.path.join(folder, "tools"), options.zephyr)
        root = os.path.join(folder, "trees")
        trees = _served_recordings(options, root)
        upstream = None if options.offline else _upstream()
        index = stack.enter_context(Index(root, os.path.join(base, "index"), upstream, pure=options.pure))
        workspaces = _Workspaces(base, options.disk or folder, tools["pip"], stack)
        effort = Effort(
            min(options.runs, 3) if options.quick else options.runs,
            options.budget,
            limit=options.limit,
            end=time.monotonic() + 60 * options.minutes,
        )
        compared = frozenset({*names, "python"})
        setting = Setting(tools, compared, lacking, index, root, workspaces, effort)
        rows = _measured(scenarios, setting, trees, base)
        # Where things lie on this machine is of no use to others.
        asked_for = tuple(os.path.basename(word) for word in arguments)
        seconds = time.monotonic() - begin
        used = {name: tool for name, tool in tools.items() if name in compared}
        record = record_of(scenarios, rows, used, index.server, asked_for, seconds)

        return tell(scenarios, record, options.output)


def _measured(
    scenarios: Sequence[Scenario], setting: Setting, trees: Sequence[str], scratch: str
) -> list[Row]:
    """Return the rows of all scenarios; of those that were measured, where the run is interrupted."""
    workloads = _Workloads(setting, trees, scratch)
    rows: list[Row] = []

    with contextlib.suppress(KeyboardInterrupt):
        for scenario in scenarios:
            try:
                workload = workloads(scenario.workload) if scenario.workload is not None else None
                rows += measure(scenario, workload, setting, _tell)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other scenarios are still wanted
                rows += failed(scenario, setting, str(error) or repr(error))

    return rows


class _Workloads:
    """The workloads by name; each is made when it is first asked for, and not tried again if it fails."""

    def __init__(self, setting: Setting, trees: Sequence[str], scratch: str) -> None:
        self._setting = setting
        self._trees = trees
        self._scratch = scratch
        self._made: dict[str, Workload | Exception] = {}

    def __call__(self, name: str) -> Workload:
        if name not in self._made:
            _tell(f"preparing {name}")

            try:
                self._made[name] = self._make(name)
            except Exception as error:  # noqa: BLE001 - whatever it is, each scenario is told of it
                self._made[name] = error

        made = self._made[name]

        if isinstance(made, Exception):
            raise made

        return made

    def _make(self, name: str) -> Workload:
        setting, tree = self._setting, name if name in self._trees else RECORDED

        return make_workload(name, tree, setting.index, setting.root, setting.tools["uv"], self._scratch)


def _served_recordings(options: argparse.Namespace, root: str) -> list[str]:
    """Return the trees of the recordings that are to be served, with what wheels there are."""
    trees = [tree_of(path, root) for path in options.snapshot]

    for wheels in options.wheels:
        list_build_requirements(os.path.join(root, SETUPTOOLS_SDISTS), wheels)

        for tree in trees:
            seed(os.path.join(root, tree), wheels)

    return trees


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
    """Show what is going on: on one line of a terminal, on lines of their own elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)


def _on_line(scenario: Scenario, options: argparse.Namespace) -> Scenario:
    line = scenario.line

    if options.round_trip is not None:
        line = replace(line, round_trip=options.round_trip / 1000)

    if options.rate is not None:
        line = replace(line, rate=options.rate * 125_000)

    return replace(scenario, line=replace(line, tls=line.tls or options.tls))
