"""The task graph: keyed work, run once, under limits, with structured cancellation.

It knows tasks, not packages, and speaks anyio only, so it runs on every async backend::

    async with TaskGraph(limits={Resource.NETWORK: 32}, listener=show) as graph:
        graph.start(Node(("listing", "dep"), Resource.NETWORK, fetch_dep))  # a guess
        page = await graph.get(Node(("listing", "demo"), Resource.NETWORK, fetch_demo))

`node` says what a task is, `work` what an action may do, `limits` who may run, `events` what is told,
`errors` what is raised, `run` how one execution is kept, and `graph` joins them.
"""

from __future__ import annotations

from zephyr.graph.errors import GraphClosed, NodeCancelled, TaskCycle, failure_path
from zephyr.graph.events import (
    Event,
    Listener,
    Notice,
    Step,
    TaskCancelled,
    TaskEvent,
    TaskFailed,
    TaskFinished,
    TaskProgressed,
    TaskQueued,
    TaskStarted,
)
from zephyr.graph.graph import TaskGraph
from zephyr.graph.limits import Statistics, default_limits
from zephyr.graph.node import Node, Resource
from zephyr.graph.work import Work

__all__ = [
    "Event",
    "GraphClosed",
    "Listener",
    "Node",
    "NodeCancelled",
    "Notice",
    "Resource",
    "Statistics",
    "Step",
    "TaskCancelled",
    "TaskCycle",
    "TaskEvent",
    "TaskFailed",
    "TaskFinished",
    "TaskGraph",
    "TaskProgressed",
    "TaskQueued",
    "TaskStarted",
    "Work",
    "default_limits",
    "failure_path",
]
