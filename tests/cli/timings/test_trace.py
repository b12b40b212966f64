from __future__ import annotations

import itertools
import json
from collections import defaultdict
from typing import Any

from tests.support.timings import an_install
from zephyr.cli.timings.trace import trace_text


def events() -> list[dict[str, Any]]:
    document: dict[str, list[dict[str, Any]]] = json.loads(trace_text(an_install()))

    return document["traceEvents"]


def test_every_event_has_what_its_phase_needs() -> None:
    needed = {"M": {"name", "pid", "tid", "args"}, "X": {"name", "cat", "pid", "tid", "ts", "dur"}}

    for event in events():
        assert needed[event["ph"]] <= event.keys()
        assert all(
            isinstance(event[name], int) and event[name] >= 0 for name in ("ts", "dur") if name in event
        )


def test_every_thread_has_a_name_and_no_two_stretches_of_one_overlap() -> None:
    named = {event["tid"]: event["args"]["name"] for event in events() if event["name"] == "thread_name"}
    threads: dict[int, list[tuple[int, int]]] = defaultdict(list)

    for event in events():
        if event["ph"] == "X":
            threads[event["tid"]].append((event["ts"], event["ts"] + event["dur"]))

    assert list(named.values()) == ["critical path", "main", "network 1", "network 2", "disk", "link"]
    assert threads.keys() == named.keys()

    for stretches in threads.values():
        ordered = sorted(stretches)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(ordered))


def test_times_are_microseconds_since_the_process_began() -> None:
    (unpack,) = [event for event in events() if event["name"] == "unpack small-2.0-py3-none-any.whl"]

    assert (unpack["ts"], unpack["dur"], unpack["args"]["outcome"]) == (1_125_000, 125_000, "finished")


def test_the_critical_path_is_a_thread_of_its_own() -> None:
    path = [event["cat"] for event in events() if event["ph"] == "X" and event["tid"] == 0]

    assert path == ["start", "listing", "metadata", "download", "unpack", "stage", "commit"]
