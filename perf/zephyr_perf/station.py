"""One tool in one scenario: prepares, runs, checks what came of it, and keeps the figures."""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zephyr_perf.answers import differing, resolved_in
from zephyr_perf.commands import command, environment
from zephyr_perf.figures import Row, Sample
from zephyr_perf.peers import PERF, interpreter
from zephyr_perf.requests import FILE
from zephyr_perf.scenario import Cache, Place
from zephyr_perf.workspace import cache_path, inputs_in, installed_in, project_text, write_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zephyr_perf.index import Index
    from zephyr_perf.peers import Tool
    from zephyr_perf.requests import Requests
    from zephyr_perf.runner import Measured, Order
    from zephyr_perf.scenario import Scenario
    from zephyr_perf.workloads import Workload
    from zephyr_perf.workspace import Folder, Workspace

LOOK = 0.02
"""Seconds between two looks at the memory."""

INSTALLING = frozenset({"install-names", "install-lock", "install-compiled", "install-list", "sync", "add"})


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    runs: int = 5
    """At most so many of each tool."""
    budget: float = 8.0
    """Seconds of one tool in one scenario after which no further run is begun."""
    once: float = 20.0
    """A run that takes more seconds than this is not repeated."""
    limit: float = 300.0
    """Seconds after which a run is killed."""
    end: float = math.inf
    """When, on the monotonic clock, nothing is repeated any more."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that scenarios are run with."""

    tools: Mapping[str, Tool]
    compared: frozenset[str]
    """The names of those that are to be measured."""
    lacking: Mapping[str, str]
    """Of these, those that could not be installed, and why."""
    index: Index
    root: str
    """The folder that holds the index's trees."""
    workspaces: Callable[[bool], Workspace]
    """Gives the workspace in memory, or the one on a disk (True)."""
    effort: Effort


class NotDone(Exception):
    """Raised where a command fails."""


class Station:
    """One tool in one scenario."""

    def __init__(self, setting: Setting, scenario: Scenario, workload: Workload | None, tool: str) -> None:
        self._setting = setting
        self._scenario = scenario
        self._workload = workload
        self._workspace = setting.workspaces(scenario.is_disk)
        self._kept: Folder | None = None
        self._primed: str | None = None
        self._missing: set[str] = set()
        self.row = Row(scenario.name, tool)

    @property
    def wants_more(self) -> bool:
        """Whether another run is worth its time."""
        walls = [one.settled for one in self.row.samples]
        effort = self._setting.effort

        return (
            self.row.failure is None
            and len(walls) < effort.runs
            and sum(walls) < effort.budget
            and not (walls and (max(walls) > effort.once or time.monotonic() > effort.end))
        )

    def attempt(self, step: Callable[[], None]) -> None:
        """Do a step; where it fails, the row says why and nothing more is run."""
        try:
            if self.row.failure is None:
                step()
        except NotDone as error:
            self.row.failure = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other rows are still wanted
            self.row.failure = repr(error)

    def prepare(self) -> None:
        """Fill caches, record, and look at the memory; raises `NotDone`."""
        scenario = self._scenario

        if scenario.cache in {Cache.WARM, Cache.COPIED}:
            self._primed = cache_path(self._workspace.base, scenario, self.row.tool)

        if scenario.place is not Place.FRESH:
            self._kept = self._new_folder()

            for verb in scenario.before:
                self._command(verb, self._kept, self._primed or self._new_cache())

        if self._primed is not None and not scenario.before:
            folder = self._kept or self._new_folder()
            self._command(scenario.primer or scenario.verb, folder, self._primed)

            if folder is not self._kept:
                self._workspace.discard(folder.path)

        sample, requests = self._run(look=True)

        if requests.fetched:
            self.row.notes.append(f"recorded {requests.fetched} files first")

        if sample.wall > self._setting.effort.once and not requests.fetched:
            self._keep(sample, requests)

    def count(self) -> None:
        """Do the work once more, for the figures; raises `NotDone`."""
        self._keep(*self._run(look=False))

    def _keep(self, sample: Sample, requests: Requests) -> None:
        """Let a run count, if it was what it was meant to be; raises `NotDone`."""
        if requests.fetched:
            raise NotDone(f"the index had not everything: {requests.fetched} files were fetched")

        if requests.missing and not self._setting.index.is_closed:
            raise NotDone(f"the index had not everything: {requests.missing[0]}")

        self._missing |= set(requests.missing)

        self._check_temperature(requests)
        self.row.samples.append(sample)

    def close(self) -> None:
        """Tell of what the index lacked, and have no more use for what was kept."""
        if self._missing:
            self._note(f"the index lists and does not have {len(self._missing)} files that it asked for")

        if self._kept is not None:
            self._workspace.discard(self._kept.path)

    def _run(self, *, look: bool) -> tuple[Sample, Requests]:
        folder = self._kept or self._new_folder()

        if self._scenario.place is Place.ANEW:
            self._workspace.renew(self.row.tool, folder)

        cache = self._new_cache() if self._primed is None else self._primed

        if self._scenario.cache is Cache.COPIED:
            cache = self._workspace.copy(cache)

        if self._scenario.cache is Cache.COLD and os.path.exists(cache):
            raise NotDone(f"{cache} is not new")

        # An answer of before would be something to start from.
        with contextlib.suppress(FileNotFoundError):
            os.remove(folder.out)

        result = self._command(self._scenario.verb, folder, cache, look=look)
        self._check_answer(folder)

        for verb in self._scenario.after:
            self._command(verb, folder, cache)

        if folder is not self._kept:
            self._workspace.discard(folder.path)

        if cache != self._primed:
            self._workspace.discard(cache)

        return result

    def _command(
        self, verb: str, folder: Folder, cache: str, *, look: bool = False
    ) -> tuple[Sample, Requests]:
        """Run a command and everything that it starts; raises `NotDone` where it fails."""
        setting, tool = self._setting, self.row.tool
        fillings = self._fillings(folder, cache)
        order: Order = {
            "argv": command(verb, tool, fillings),
            "cwd": folder.project,
            "env": environment(
                verb, os.environ, fillings, setting.index.certificate if self._scenario.line.tls else None
            ),
            "log": folder.log,
            "limit": setting.effort.limit,
            "interval": LOOK if look else 0,
        }
        position = setting.index.requests.position()
        result = _measured(order)
        requests = setting.index.requests.since(position)

        if result["code"] != 0:
            reason = "took too long" if result["code"] is None else f"ended with {result['code']}"
            raise NotDone(f"{verb} {reason}: {_tail(folder.log)}")

        if look:
            self.row.peak = result["peak"]

        if result["left"]:
            self._note(f"left {result['left']} processes behind, which are counted")

        return (
            Sample(result["wall"], result["settled"], result["cpu"], requests.total, requests.transferred),
            requests,
        )

    def _check_temperature(self, requests: Requests) -> None:
        files = requests.kinds[FILE]

        if self._scenario.cache is Cache.WARM and files:
            self._note(f"downloaded {files} files although its cache is warm")

        wanted = len(self._workload.pins) if self._workload is not None else 0

        if self._scenario.cache is Cache.COLD and self._scenario.verb in INSTALLING and files < wanted:
            raise NotDone(f"its cache is not cold: it downloaded {files} of {wanted} files")

    def _check_answer(self, folder: Folder) -> None:
        if self._workload is None:
            return

        verb = self._scenario.verb

        if verb in INSTALLING:
            odd = differing(self._workload.pins, installed_in(folder.venv))

            if odd and verb in {"install-lock", "install-compiled", "install-list"}:
                raise NotDone(f"it installed another set: {', '.join(odd[:5])}")

            if odd:
                self._note(f"{len(odd)} packages differ from uv's choice: {', '.join(odd[:3])}")
        elif verb == "resolve":
            resolved = resolved_in(folder.out)
            odd = [name for name in differing(self._workload.pins, resolved) if name in self._workload.pins]

            if odd:
                self._note(f"{len(odd)} packages resolved otherwise than by uv: {', '.join(odd[:3])}")

    def _note(self, text: str) -> None:
        if text not in self.row.notes:
            self.row.notes.append(text)

    def _new_folder(self) -> Folder:
        workload, url = self._workload, self._url()

        # Without a workload there is no project either, which some tools would read.
        if workload is None:
            return self._workspace.new(self.row.tool, None)

        folder = self._workspace.new(self.row.tool, project_text(workload.requirements, url, _minor()))
        write_inputs(workload, folder.path, self._setting.root, url)

        return folder

    def _new_cache(self) -> str:
        return self._workspace.new_path(f"cache-{self.row.tool}")

    def _url(self) -> str:
        if self._workload is None:
            return "http://127.0.0.1:9/simple/"

        return self._setting.index.url(self._workload.tree, self._scenario.form, self._scenario.line)

    def _fillings(self, folder: Folder, cache: str) -> dict[str, str]:
        fillings = {name: tool.program for name, tool in self._setting.tools.items()}
        fillings |= {
            "zephyr_python": os.path.join(os.path.dirname(fillings["zephyr"]), "python"),
            "venv": folder.venv,
            "project": folder.project,
            "home": folder.home,
            "out": folder.out,
            "cache": cache,
            "index": self._url(),
        }

        if self._workload is not None:
            fillings |= inputs_in(self._workload, folder.path)

        return fillings


def _measured(order: Order) -> Measured:
    argv = [interpreter(), "-I", "-S", str(PERF / "zephyr_perf" / "runner.py")]
    pipe = subprocess.PIPE

    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as runner:
        try:
            out, said = runner.communicate(json.dumps(order))
        except BaseException:
            runner.terminate()
            raise

    if runner.returncode:
        raise NotDone(f"the runner failed: {said.strip()[-500:]}")

    result: Measured = json.loads(out)

    return result


def _tail(path: str) -> str:
    with open(path, errors="replace", encoding="utf-8") as file:
        return file.read().strip()[-600:]


def _minor() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"
