"""Recorded workloads: run where the variable SNAPSHOTS names a folder of them, skipped elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.fake_port import pins
from tests.workloads.run import (
    CLOSED,
    DIFFERENT,
    WORKLOADS,
    differences,
    open_snapshot,
    read_reference,
    request,
)
from zephyr.metadata.resolve import resolve

FOLDER = Path(os.environ.get("SNAPSHOTS", "snapshots"))

DECISIONS = {
    "trio": 37,
    "jupyter": 99,
    "boto3": 13,
    "black": 7,
    "sentry": 7,
    "starlette-fastapi": 10,
    "airflow": 6101,
}
"""How many versions are decided on: a search that grows is slower everywhere."""

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="SNAPSHOTS names no folder of recorded indexes"),
]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("name", WORKLOADS)
async def test_a_recorded_workload_resolves_to_the_reference_answer(name: str) -> None:
    snapshot = open_snapshot(FOLDER, name)
    resolution = await resolve(request(snapshot.requirements, "3.11.7"), snapshot)
    expected = read_reference(FOLDER / "reference" / f"{name}.py311.txt")

    assert list(differences(pins(resolution), expected)) == DIFFERENT.get(name, [])
    assert resolution.decisions <= DECISIONS[name]
    assert name not in CLOSED or snapshot.misses == []
