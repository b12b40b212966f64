"""``python perf/compare.py``: its options."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from zephyr_perf.index import IndexNotServed
from zephyr_perf.peers import ToolNotMade
from zephyr_perf.scenarios import all_scenarios
from zephyr_perf.session import compare
from zephyr_perf.station import Effort

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Compare; return 0, or 1 where a row has no figures, or 2 where nothing could be run."""
    options = parser().parse_args(arguments)

    if options.list:
        for scenario in all_scenarios():
            print(f"{scenario.name:34} {scenario.title}")

        return 0

    try:
        return compare(options, arguments)
    except (IndexNotServed, ToolNotMade) as error:
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
    _add_effort(made)
    add("--zephyr", metavar="FILE", help="the zephyr program to measure (default: this checkout, installed)")
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


def _add_effort(parser: argparse.ArgumentParser) -> None:
    """Add the options on how much is measured."""
    add, usual = parser.add_argument, Effort()
    add(
        "--runs",
        type=int,
        default=usual.runs,
        metavar="N",
        help="runs of each tool in each scenario (default: %(default)s)",
    )
    add(
        "--budget",
        type=float,
        default=usual.budget,
        metavar="S",
        help="seconds after which a tool runs no more in a scenario (default: %(default)s)",
    )
    add(
        "--limit",
        type=float,
        default=usual.limit,
        metavar="S",
        help="seconds after which a command is killed (default: %(default)s)",
    )
    add(
        "--minutes",
        type=float,
        default=25,
        metavar="M",
        help="after so many, nothing is repeated that was timed once (default: %(default)s)",
    )
