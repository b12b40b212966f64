"""Universal locks of recorded workloads: run where the variable SNAPSHOTS names a folder of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.workloads.locks import problems, request
from tests.workloads.run import WORKLOADS, open_snapshot
from zephyr.metadata.universal.resolve import resolve_universal

FOLDER = Path(os.environ.get("SNAPSHOTS", "snapshots"))
REQUIRES_PYTHON = ">=3.11"
ENTRIES = {
    "trio": 38,
    "jupyter": 101,
    "boto3": 7,
    "black": 7,
    "sentry": 6,
    "starlette-fastapi": 9,
    "airflow": 711,
}
"""How many entries a lock has; the reference has as many, and 719 for airflow."""

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not FOLDER.is_dir(), reason="SNAPSHOTS names no folder of recorded indexes"),
]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("name", WORKLOADS)
async def test_the_lock_of_a_recorded_workload_is_right_in_every_environment(name: str) -> None:
    snapshot = open_snapshot(FOLDER, name)
    resolution = await resolve_universal(request(snapshot.requirements, REQUIRES_PYTHON), snapshot)

    assert not list(problems(resolution, snapshot, snapshot.requirements, REQUIRES_PYTHON))
    assert len(resolution.pins) == ENTRIES[name]
