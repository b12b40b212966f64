"""Whether tools did the same: what they installed and resolved, beside what the workload says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from zephyr_perf.workloads import pins_in

if TYPE_CHECKING:
    from collections.abc import Mapping


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Return the names that only one side has, or of which the versions differ."""
    return sorted(
        name
        for name in one.keys() | other.keys()
        if name not in one or name not in other or Version(one[name]) != Version(other[name])
    )


def resolved_in(path: str) -> dict[str, str]:
    """Return what an answer says, be it a requirements file or pip's JSON report.

    Raises OSError where there is none, and what JSON and its fields raise where it is neither.
    """
    with open(path, encoding="utf-8") as file:
        text = file.read()

    if not text.startswith("{"):
        return pins_in(text)

    items = json.loads(text)["install"]

    return {canonicalize_name(one["metadata"]["name"]): one["metadata"]["version"] for one in items}
