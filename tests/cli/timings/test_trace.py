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


ANY = {"ph": str, "name": str, "pid": int, "tid": int, "args": dict}
FIELDS: dict[str, dict[str, type]] = {"M": ANY, "X": {**ANY, "cat": str, "ts": int, "dur": int}}
"""The fields that the Trace Event Format has for these phases, metadata and complete events, by their types."""


def test_the_document_is_an_object_of_the_trace_event_format() -> None:
    document = json.loads(trace_text(an_install()))

    assert document.keys() == {"displayTimeUnit", "traceEvents"}
    assert document["displayTimeUnit"] in {"ms", "ns"}


def test_every_event_has_the_fields_of_its_phase_and_no_others() -> None:
    for event in events():
        fields = FIELDS[event["ph"]]

        assert event.keys() == fields.keys()
        assert all(type(event[name]) is kind for name, kind in fields.items())
        assert all(event[name] >= 0 for name in ("ts", "dur") if name in fields)


def test_metadata_names_the_process_and_each_thread_once_before_anything_happens_there() -> None:
    named: set[tuple[str, int, int]] = set()

    for event in events():
        if event["ph"] == "M":
            key = (event["name"], event["pid"], 0 if event["name"] == "process_name" else event["tid"])
            assert event["args"].keys() == {"name"}
            assert key not in named
            named.add(key)
        else:
            assert {("process_name", event["pid"], 0), ("thread_name", event["pid"], event["tid"])} <= named


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
